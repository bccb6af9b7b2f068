//! The options of `#[host_fn(..)]`.

use proc_macro2::TokenStream;
use syn::{Attribute, ImplItemFn, LitInt, LitStr, Meta, Path, Token, parse_quote, punctuated::Punctuated};

use crate::common::{Errors, KeyValue, check_permission, each_option, parse_codec, take_attributes};

mod keyword {
    syn::custom_keyword!(codec);
    syn::custom_keyword!(name);
    syn::custom_keyword!(namespace);
    syn::custom_keyword!(part);
    syn::custom_keyword!(permission);
    syn::custom_keyword!(skip);
}

/// What the attribute is applied to, which decides the options that it accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Function,
    Impl,
    Method,
}

/// `#[host_fn(..)]`'s options.
#[derive(Default)]
pub(crate) struct Options {
    /// The name under which plug-ins import the function.
    pub(crate) name: Option<KeyValue<LitStr>>,
    /// The namespace that they import it from.
    pub(crate) namespace: Option<KeyValue<LitStr>>,
    /// The permission that plug-ins need to import the function, or the functions of the block.
    pub(crate) permission: Option<KeyValue<LitStr>>,
    /// The codec of arguments and results with types that name no codec.
    pub(crate) codec: Option<KeyValue<Path>>,
    /// The number of this block among the type's blocks with host functions.
    pub(crate) part: Option<KeyValue<LitInt>>,
    /// Marks a method that is not a host function.
    pub(crate) skip: Option<KeyValue<()>>,
    /// The path of the runtime.
    pub(crate) runtime: Option<KeyValue<Path>>,
}

impl Options {
    pub(crate) fn read(place: Place, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        each_option(tokens, errors, |next| {
            Ok(place != Place::Impl && next.value(keyword::name, &mut options.name)?
                || next.value(keyword::namespace, &mut options.namespace)?
                || next.value_with(keyword::codec, &mut options.codec, parse_codec)?
                || next.value(keyword::permission, &mut options.permission)?
                || place == Place::Impl && next.value(keyword::part, &mut options.part)?
                || place == Place::Method && next.flag(keyword::skip, &mut options.skip)?
                || place != Place::Method && next.runtime(&mut options.runtime)?)
        });
        if let Some(permission) = &options.permission {
            check_permission(&permission.value, errors);
        }
        options
    }

    pub(crate) fn of_meta(meta: &Meta, errors: &mut Errors) -> Self {
        let tokens = match meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens.clone(),
            Meta::NameValue(_) => {
                errors.at(meta, "expected `#[host_fn(name = \"..\")]` or `#[host_fn(skip)]`");
                return Self::default();
            }
        };
        Self::read(Place::Method, tokens, errors)
    }
}

const DUPLICATE: &str = "duplicate `#[host_fn(..)]`: put all options into one";

/// Removes the attribute from a method. Returns the method's sets of options, each with the condition under which it
/// applies; none if the method is skipped.
pub(crate) fn of_method(method: &mut ImplItemFn, errors: &mut Errors) -> Vec<(Option<Attribute>, Options)> {
    let mut all = Options::default();
    for (index, attribute) in take_attributes(&mut method.attrs, "host_fn").into_iter().enumerate() {
        if index > 0 {
            errors.at(&attribute, DUPLICATE);
            continue;
        }
        all = Options::of_meta(&attribute.meta, errors);
    }
    let conditional = conditional(method, errors);
    let variants = match conditional {
        None => vec![(None, all)],
        Some((condition, options)) => {
            vec![(Some(parse_quote!(#[cfg(#condition)])), options), (Some(parse_quote!(#[cfg(not(#condition))])), all)]
        }
    };
    variants.into_iter().filter(|(_, options)| options.skip.is_none()).collect()
}

/// Reads `#[cfg_attr(condition, host_fn(..))]`, which the compiler resolves only after this macro has run.
fn conditional(method: &mut ImplItemFn, errors: &mut Errors) -> Option<(Meta, Options)> {
    let mut found = None;
    for attribute in &mut method.attrs {
        if !attribute.path().is_ident("cfg_attr") {
            continue;
        }
        // If it cannot be parsed, the compiler explains why.
        let Ok(metas) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { continue };
        let mut metas = metas.into_iter();
        let Some(condition) = metas.next() else { continue };
        let (own, others): (Vec<_>, Vec<_>) = metas.partition(|meta| meta.path().is_ident("host_fn"));
        if own.is_empty() {
            continue;
        }
        *attribute = parse_quote!(#[cfg_attr(#condition, #(#others),*)]);
        for meta in own {
            if found.is_some() {
                errors.at(meta, DUPLICATE);
                continue;
            }
            found = Some((condition.clone(), Options::of_meta(&meta, errors)));
        }
    }
    found
}
