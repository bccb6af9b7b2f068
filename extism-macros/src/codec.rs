//! `derive(Encode, Decode)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    DeriveInput, GenericParam, Generics, Lifetime, LifetimeParam, Meta, Path, Token, WherePredicate, parse_quote,
};

use crate::common::{Errors, KeyValue, Side, codec_path, each_option, runtime_path};

/// The contents of `#[codec(..)]`.
struct Codec {
    /// The path of the runtime.
    runtime: Path,
    /// The newtype.
    newtype: Path,
}

pub(crate) fn expand_encode(side: Side, item: TokenStream) -> TokenStream {
    expand(side, item, "Encode", encode)
}

pub(crate) fn expand_decode(side: Side, item: TokenStream) -> TokenStream {
    expand(side, item, "Decode", decode)
}

fn expand(
    side: Side,
    item: TokenStream,
    derived: &str,
    generate: fn(&DeriveInput, &Codec) -> TokenStream,
) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    match Codec::read(side, &item, derived, &mut errors) {
        Some(codec) if errors.is_empty() => generate(&item, &codec),
        _ => {
            let errors = errors.into_tokens();
            let implementation = unreachable(side, &item, derived);
            quote!(#errors #implementation)
        }
    }
}

impl Codec {
    /// Whether the newtype around a reference does not implement the codec, so that it has a separate form for
    /// references.
    fn has_borrowed_form(&self) -> bool {
        self.newtype.segments.last().is_some_and(|last| last.ident == "Prost" || last.ident == "Raw")
    }

    /// The constant that says what the bytes are, for the codecs of the runtime; nothing is known of others.
    fn format(&self) -> Option<TokenStream> {
        let Self { runtime, newtype } = self;
        let format = match newtype.segments.last()?.ident.to_string().as_str() {
            "Json" => quote!(Json),
            "Msgpack" => quote!(Msgpack),
            "Prost" => quote!(Protobuf),
            "Raw" => quote!(Raw(::core::mem::size_of::<Self>())),
            _ => return None,
        };
        Some(quote!(const FORMAT: #runtime::Format = #runtime::Format::#format;))
    }

    fn read(side: Side, item: &DeriveInput, derived: &str, errors: &mut Errors) -> Option<Self> {
        let mut attributes = item.attrs.iter().filter(|attribute| attribute.path().is_ident("codec"));
        let Some(attribute) = attributes.next() else {
            errors.at_span(
                item.ident.span(),
                format!("`derive({derived})` needs a codec: add one, such as `#[codec(Json)]`"),
            );
            return None;
        };
        for duplicate in attributes {
            errors.at(duplicate, "duplicate `#[codec(..)]`: remove one");
        }
        let Meta::List(list) = &attribute.meta else {
            errors.at(attribute, "expected a codec in parentheses, such as `#[codec(Json)]`");
            return None;
        };
        let (mut codec, mut runtime) = (None, None);
        each_option(list.tokens.clone(), errors, |next| {
            // A path may begin with `crate` too.
            if next.input.peek(Token![crate]) && next.input.peek2(Token![=]) {
                return next.runtime(&mut runtime);
            }
            let path = Path::parse_mod_style(next.input).map_err(|error| syn::Error::new(error.span(), EXPECTED))?;
            if codec.is_some() {
                return Err(syn::Error::new_spanned(path, "a type can have only one codec: remove one"));
            }
            codec = Some(path);
            Ok(true)
        });
        side.locate(&mut runtime);
        let runtime = runtime_path(runtime.map(KeyValue::into_value));
        if codec.is_none() && errors.is_empty() {
            errors.at(attribute, EXPECTED);
        }
        Some(Self { newtype: codec_path(&runtime, codec?), runtime })
    }
}

const EXPECTED: &str =
    "expected a codec: `Json`, `Msgpack`, `Prost`, `Raw`, or the path of a newtype `W<T>` with one public field";

fn encode(item: &DeriveInput, codec @ Codec { runtime, newtype }: &Codec) -> TokenStream {
    let ident = &item.ident;
    let by_reference = !codec.has_borrowed_form();
    let value = if by_reference { quote!(#newtype(self)) } else { quote!(#newtype::<()>::borrowed(self)) };
    let bound = if by_reference {
        parse_quote!(for<'__extism_value> #newtype<&'__extism_value Self>: #runtime::Encode)
    } else {
        parse_quote!(#newtype<Self>: #runtime::Encode)
    };
    let generics = bounded(&item.generics, bound);
    let format = codec.format();
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Encode for #ident #ty_generics #where_clause {
            #format

            fn encode(
                &self,
                out: &mut #runtime::Writer<'_>,
            ) -> ::core::result::Result<(), #runtime::CodecError> {
                #runtime::Encode::encode(&#value, out)
            }

            fn size_hint(&self) -> usize {
                #runtime::Encode::size_hint(&#value)
            }
        }
    }
}

fn decode(item: &DeriveInput, codec @ Codec { runtime, newtype }: &Codec) -> TokenStream {
    let ident = &item.ident;
    let format = codec.format();
    let bytes = Lifetime::new("'__extism_bytes", ident.span());
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let mut generics = bounded(&item.generics, parse_quote!(#newtype<Self>: #runtime::Decode<#bytes>));
    let mut parameter = LifetimeParam::new(bytes.clone());
    // A value can only borrow from the bytes.
    parameter.bounds.extend(item.generics.lifetimes().map(|own| own.lifetime.clone()));
    generics.params.insert(0, GenericParam::Lifetime(parameter));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Decode<#bytes> for #ident #ty_generics #where_clause {
            #format

            fn decode(bytes: &#bytes [u8]) -> ::core::result::Result<Self, #runtime::CodecError> {
                <#newtype<Self> as #runtime::Decode<#bytes>>::decode(bytes).map(|value| value.0)
            }
        }
    }
}

/// The implementation that is generated despite a mistake, so that code that needs it does not cause more errors.
fn unreachable(side: Side, item: &DeriveInput, derived: &str) -> TokenStream {
    let mut runtime = None;
    side.locate(&mut runtime);
    let runtime = runtime_path(runtime.map(KeyValue::into_value));
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    if derived == "Encode" {
        return quote! {
            #[automatically_derived]
            impl #impl_generics #runtime::Encode for #ident #ty_generics #where_clause {
                fn encode(
                    &self,
                    _: &mut #runtime::Writer<'_>,
                ) -> ::core::result::Result<(), #runtime::CodecError> {
                    ::core::unreachable!()
                }
            }
        };
    }
    let mut generics = item.generics.clone();
    generics.params.insert(0, parse_quote!('__extism_bytes));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Decode<'__extism_bytes> for #ident #ty_generics #where_clause {
            fn decode(_: &'__extism_bytes [u8]) -> ::core::result::Result<Self, #runtime::CodecError> {
                ::core::unreachable!()
            }
        }
    }
}

/// Adds the codec's bound to the generics of a type that has type parameters. For other types, the compiler reports
/// missing implementations at the derive itself.
fn bounded(generics: &Generics, bound: WherePredicate) -> Generics {
    let mut generics = generics.clone();
    if generics.type_params().next().is_some() {
        generics.make_where_clause().predicates.push(bound);
    }
    generics
}
