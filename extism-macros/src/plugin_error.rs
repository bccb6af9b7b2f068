//! `derive(PluginError)`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Fields, Ident, LitInt, Meta, Path, Token, Variant,
    parse::{Parse, ParseStream},
};

use crate::common::{Errors, KeyValue, Side, each_option, runtime_path};

mod keyword {
    syn::custom_keyword!(code);
    syn::custom_keyword!(other);
}

/// The contents of `#[plugin_error(..)]`.
#[derive(Default)]
struct Options {
    /// What the export returns.
    code: Option<KeyValue<Code>>,
    /// The variant for everything else.
    other: Option<KeyValue<()>>,
    /// The path of the runtime.
    runtime: Option<KeyValue<Path>>,
}

/// The code that an export returns with an error.
struct Code {
    value: i32,
    span: Span,
}

impl Parse for Code {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let minus: Option<Token![-]> = input.parse()?;
        let digits: LitInt =
            input.parse().map_err(|error| syn::Error::new(error.span(), "expected a number, such as `code = 2`"))?;
        let value: i64 = digits.base10_parse()?;
        let value = if minus.is_some() { -value } else { value };
        match i32::try_from(value) {
            Ok(value) => Ok(Self { value, span: digits.span() }),
            Err(_) => Err(syn::Error::new(digits.span(), "a code is an `i32`")),
        }
    }
}

/// What the derive says of an error.
struct Model {
    runtime: Path,
    /// The variants that cross as a value, with their codes.
    crossing: Vec<(Ident, i32)>,
    /// The variant for everything else.
    other: Ident,
}

pub(crate) fn expand(side: Side, item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let model = read(side, &item, &mut errors);
    let implementation = match model {
        Ok(model) if errors.is_empty() => implementation(&item, &model),
        Ok(Model { runtime, .. }) | Err(runtime) => unreachable(&item, &runtime),
    };
    let errors = errors.into_tokens();
    quote!(#errors #implementation)
}

/// Reads the enum; if there is nothing to generate, returns the path of the runtime.
fn read(side: Side, item: &DeriveInput, errors: &mut Errors) -> Result<Model, Path> {
    let mut options = options(&item.attrs, Place::Enum, errors);
    side.locate(&mut options.runtime);
    let runtime = runtime_path(options.runtime.map(KeyValue::into_value));
    if let Some(parameter) = item.generics.params.first() {
        errors.at(
            parameter,
            "an error that crosses as a value cannot be generic, because the other side has to know its type",
        );
    }
    let Data::Enum(data) = &item.data else {
        errors.at(&item.ident, "`derive(PluginError)` goes on an enum, which has a variant for errors of another kind");
        return Err(runtime);
    };
    let default = options.code.as_ref().map_or(1, |code| checked(&code.value, errors));
    let mut crossing = Vec::new();
    let mut other: Option<&Variant> = None;
    for variant in &data.variants {
        let options = self::options(&variant.attrs, Place::Variant, errors);
        let Some(key) = &options.other else {
            crossing.push((variant.ident.clone(), options.code.map_or(default, |code| checked(&code.value, errors))));
            continue;
        };
        check_other(variant, &options, errors);
        if other.is_some() {
            errors.at_span(key.key, "only one variant is for errors of another kind: remove one `other`");
        }
        other = Some(variant);
    }
    match other {
        Some(other) => Ok(Model { runtime, crossing, other: other.ident.clone() }),
        None => {
            errors.at(
                &item.ident,
                "errors of another kind, such as a trap or a timeout, need a variant: add \
                 `#[serde(skip)] #[plugin_error(other)] Other(extism_runtime::Error)`",
            );
            Err(runtime)
        }
    }
}

fn checked(code: &Code, errors: &mut Errors) -> i32 {
    if code.value == 0 {
        errors.at_span(code.span, "the code 0 means success: choose another");
    }
    code.value
}

fn check_other(variant: &Variant, options: &Options, errors: &mut Errors) {
    if let Some(code) = &options.code {
        errors.at_span(code.key, "errors of another kind have codes of their own: remove `code`");
    }
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {}
        _ => errors.at(variant, "the variant for errors of another kind holds one: `Other(extism_runtime::Error)`"),
    }
    let skips = |attribute: &Attribute| {
        attribute.path().is_ident("serde")
            && matches!(&attribute.meta, Meta::List(list) if list.tokens.to_string().split(',').any(|option| option.trim() == "skip"))
    };
    if !variant.attrs.iter().any(skips) {
        errors.at(&variant.ident, "an error of another kind does not cross as a value: add `#[serde(skip)]`");
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Enum,
    Variant,
}

fn options(attributes: &[Attribute], place: Place, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("plugin_error")) {
        let Meta::List(list) = &attribute.meta else {
            errors.at(attribute, "expected `#[plugin_error(code = 2)]` or `#[plugin_error(other)]`");
            continue;
        };
        each_option(list.tokens.clone(), errors, |next| {
            Ok(next.value(keyword::code, &mut options.code)?
                || place == Place::Variant && next.flag(keyword::other, &mut options.other)?
                || place == Place::Enum && next.runtime(&mut options.runtime)?)
        });
    }
    options
}

fn implementation(item: &DeriveInput, Model { runtime, crossing, other }: &Model) -> TokenStream {
    let ident = &item.ident;
    let codes = crossing.iter().map(|(variant, code)| quote!(Self::#variant { .. } => #code,));
    let code_of_other = quote!(Self::#other(__extism_error) => #runtime::code_of(__extism_error),);
    quote! {
        #[automatically_derived]
        impl #runtime::PluginError for #ident {
            fn code(&self) -> i32 {
                match self {
                    #(#codes)*
                    #code_of_other
                }
            }

            fn from_other(__extism_error: #runtime::Error) -> Self {
                Self::#other(__extism_error)
            }

            fn into_other(self) -> ::core::result::Result<#runtime::Error, Self> {
                match self {
                    Self::#other(__extism_error) => ::core::result::Result::Ok(__extism_error),
                    #[allow(unreachable_patterns)]
                    __extism_value => ::core::result::Result::Err(__extism_value),
                }
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<#runtime::Error> for #ident {
            fn from(__extism_error: #runtime::Error) -> Self {
                #runtime::error_of(__extism_error)
            }
        }
    }
}

/// The implementation that is generated despite a mistake, so that code that needs it does not cause more errors.
fn unreachable(item: &DeriveInput, runtime: &Path) -> TokenStream {
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<#runtime::Error> for #ident #ty_generics #where_clause {
            fn from(_: #runtime::Error) -> Self {
                ::core::unreachable!()
            }
        }
    }
}
