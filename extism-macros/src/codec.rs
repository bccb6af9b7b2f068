//! `derive(Encode, Decode)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, DeriveInput, GenericParam, Generics, Lifetime, LifetimeParam, Meta, Path, Token, WherePredicate,
    parse::ParseStream, parse_quote,
};

use crate::common::{codec_path, parse_crate, runtime_path, set_once};

/// The contents of `#[codec(..)]`.
struct Codec {
    /// The path of the runtime.
    runtime: Path,
    /// The newtype.
    wrapper: Path,
}

pub(crate) fn expand_encode(item: TokenStream) -> TokenStream {
    expand(item, "Encode", encode)
}

pub(crate) fn expand_decode(item: TokenStream) -> TokenStream {
    expand(item, "Decode", decode)
}

fn expand(item: TokenStream, derived: &str, generate: fn(&DeriveInput, &Codec) -> TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    match Codec::read(&item, derived) {
        Ok(codec) => generate(&item, &codec),
        Err(error) => {
            let error = error.into_compile_error();
            let implementation = unreachable(&item, derived);
            quote!(#error #implementation)
        }
    }
}

impl Codec {
    /// Whether the newtype around a reference does not implement the codec, so that it has a separate form for
    /// references.
    fn has_borrowed_form(&self) -> bool {
        self.wrapper.segments.last().is_some_and(|last| last.ident == "Prost" || last.ident == "Raw")
    }

    fn read(item: &DeriveInput, derived: &str) -> syn::Result<Self> {
        let mut attributes = item.attrs.iter().filter(|attribute| attribute.path().is_ident("codec"));
        let Some(attribute) = attributes.next() else {
            return Err(syn::Error::new(
                item.ident.span(),
                format!("`derive({derived})` needs to know how: add `#[codec(Json)]`, or another codec"),
            ));
        };
        if let Some(second) = attributes.next() {
            return Err(syn::Error::new_spanned(second, "`#[codec(..)]` is there twice: remove one"));
        }
        Self::parse(attribute)
    }

    fn parse(attribute: &Attribute) -> syn::Result<Self> {
        if !matches!(attribute.meta, Meta::List(_)) {
            return Err(syn::Error::new_spanned(
                attribute,
                "expected `#[codec(Json)]`, or another codec in parentheses",
            ));
        }
        let (mut codec, mut runtime) = (None, None);
        attribute.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                if input.peek(Token![crate]) && input.peek2(Token![=]) {
                    let (span, path) = parse_crate(input)?;
                    set_once(&mut runtime, "crate", span, path)?;
                } else {
                    let path = Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), EXPECTED))?;
                    if codec.is_some() {
                        return Err(syn::Error::new_spanned(path, "a type has one codec: remove one"));
                    }
                    codec = Some(path);
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })?;
        let runtime = runtime_path(runtime);
        let codec = codec.ok_or_else(|| syn::Error::new_spanned(attribute, EXPECTED))?;
        Ok(Self { wrapper: codec_path(&runtime, codec), runtime })
    }
}

const EXPECTED: &str =
    "expected a codec: `Json`, `Msgpack`, `Prost`, `Raw`, or the path of a wrapper type `W<T>` with one public field";

fn encode(item: &DeriveInput, codec @ Codec { runtime, wrapper }: &Codec) -> TokenStream {
    let ident = &item.ident;
    let by_reference = !codec.has_borrowed_form();
    let value = if by_reference { quote!(#wrapper(self)) } else { quote!(#wrapper::<()>::borrowed(self)) };
    let bound = if by_reference {
        parse_quote!(for<'__extism_value> #wrapper<&'__extism_value Self>: #runtime::Encode)
    } else {
        parse_quote!(#wrapper<Self>: #runtime::Encode)
    };
    let generics = bounded(&item.generics, bound);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Encode for #ident #ty_generics #where_clause {
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

fn decode(item: &DeriveInput, Codec { runtime, wrapper }: &Codec) -> TokenStream {
    let ident = &item.ident;
    let bytes = Lifetime::new("'__extism_bytes", ident.span());
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let mut generics = bounded(&item.generics, parse_quote!(#wrapper<Self>: #runtime::Decode<#bytes>));
    let mut parameter = LifetimeParam::new(bytes.clone());
    // A value can only borrow from the bytes.
    parameter.bounds.extend(item.generics.lifetimes().map(|own| own.lifetime.clone()));
    generics.params.insert(0, GenericParam::Lifetime(parameter));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Decode<#bytes> for #ident #ty_generics #where_clause {
            fn decode(bytes: &#bytes [u8]) -> ::core::result::Result<Self, #runtime::CodecError> {
                <#wrapper<Self> as #runtime::Decode<#bytes>>::decode(bytes).map(|value| value.0)
            }
        }
    }
}

/// The implementation that is generated despite a mistake, so that code that needs it does not cause more errors.
fn unreachable(item: &DeriveInput, derived: &str) -> TokenStream {
    let runtime = runtime_path(None);
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
