//! The model of a host function. Later stages do not look at attributes or signatures again.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Ident, ImplItem, ImplItemFn, ItemFn, ItemImpl, LitInt, LitStr, Meta, Path, Signature, Token, Type,
    ext::IdentExt, parse::Parser, parse_quote, punctuated::Punctuated,
};

use super::{
    argument::Argument,
    options::{Options, Place},
    signature,
};
use crate::common::{Errors, cfgs, runtime_path, take_attributes};

/// The namespace that PDKs import from by default.
const DEFAULT_NAMESPACE: &str = "extism:host/user";

/// A host function.
pub(super) struct Function {
    /// The Rust function's name.
    pub(super) ident: Ident,
    /// The conditions under which it exists.
    pub(super) cfgs: Vec<Attribute>,
    /// The name that plug-ins import.
    pub(super) name: String,
    /// The namespace that they import it from.
    pub(super) namespace: String,
    /// The path of the runtime.
    pub(super) runtime: Path,
    /// The arguments, without `&self`.
    pub(super) arguments: Vec<Argument>,
    /// The result's type; `()` if there is no result.
    pub(super) result: Type,
}

/// The host functions of an `impl` block.
pub(super) struct FunctionSet {
    pub(super) runtime: Path,
    /// The number of this block among the type's blocks with host functions, with its span; `None` for the first.
    pub(super) part: Option<(usize, Span)>,
    /// Whether the type borrows from something, so that its values cannot provide host functions.
    pub(super) borrows: bool,
    pub(super) functions: Vec<Function>,
}

impl Function {
    pub(super) fn of_fn(item: &ItemFn, options: Options, errors: &mut Errors) -> Self {
        signature::check(&item.sig, errors);
        let runtime = runtime_path(options.runtime.clone());
        Self::new(&item.sig, &item.attrs, options, None, runtime, errors)
    }

    fn new(
        sig: &Signature,
        attributes: &[Attribute],
        options: Options,
        namespace: Option<&str>,
        runtime: Path,
        errors: &mut Errors,
    ) -> Self {
        let named = |name: LitStr| name.value();
        Self {
            ident: sig.ident.clone(),
            cfgs: cfgs(attributes),
            name: options.name.map_or_else(|| sig.ident.unraw().to_string(), named),
            namespace: options.namespace.map_or_else(|| namespace.unwrap_or(DEFAULT_NAMESPACE).to_owned(), named),
            runtime,
            arguments: signature::arguments(sig, errors),
            result: signature::result(sig, errors),
        }
    }
}

impl FunctionSet {
    /// Removes the helper attributes from the block's methods.
    pub(super) fn of_impl(block: &mut ItemImpl, options: &Options, errors: &mut Errors) -> Self {
        if let Some((path, _)) = &block.trait_ {
            errors.at(
                path,
                "`#[host_fn]` goes on an `impl` block of the type itself, not of a trait: \
                 write `impl Type { .. }` with methods that call the trait's",
            );
        }
        let borrows = !signature::check_self(block, errors);
        let runtime = runtime_path(options.runtime.clone());
        let namespace = options.namespace.as_ref().map(LitStr::value);
        let mut names = HashMap::new();
        let mut functions = Vec::new();
        for item in &mut block.items {
            let ImplItem::Fn(method) = item else { continue };
            let variants = method_options(method, errors);
            if !variants.is_empty() {
                signature::check(&method.sig, errors);
                signature::check_receiver(&method.sig, errors);
            }
            for (condition, options) in variants {
                let span = options.name.as_ref().map_or_else(|| method.sig.ident.span(), LitStr::span);
                // Mistakes in the signature are recorded once.
                let first = functions.last().is_none_or(|last: &Function| last.ident != method.sig.ident);
                let noted = if first { &mut *errors } else { &mut Errors::default() };
                let namespace = namespace.as_deref();
                let mut function =
                    Function::new(&method.sig, &method.attrs, options, namespace, runtime.clone(), noted);
                function.cfgs.extend(condition);
                note_name(&mut names, &function, span, errors);
                functions.push(function);
            }
        }
        if functions.is_empty() && errors.is_empty() {
            errors.at_span(block.impl_token.span, "this `impl` block has no methods that become host functions");
        }
        let part = options.part.as_ref().map(|part| (part_number(part, errors), part.span()));
        Self { runtime, part, borrows, functions }
    }
}

/// The method's sets of options, each with the condition under which it applies; empty if the method is skipped.
fn method_options(method: &mut ImplItemFn, errors: &mut Errors) -> Vec<(Option<Attribute>, Options)> {
    let mut all = Options::default();
    for (index, attribute) in take_attributes(&mut method.attrs, "host_fn").into_iter().enumerate() {
        if index > 0 {
            errors.at(&attribute, TWICE);
            continue;
        }
        all = read_options(&attribute.meta, errors);
    }
    let conditional = conditional_options(method, errors);
    let variants = match conditional {
        None => vec![(None, all)],
        Some((condition, options)) => {
            vec![(Some(parse_quote!(#[cfg(#condition)])), options), (Some(parse_quote!(#[cfg(not(#condition))])), all)]
        }
    };
    variants.into_iter().filter(|(_, options)| options.skip.is_none()).collect()
}

const TWICE: &str = "`#[host_fn(..)]` is there twice: put all options into one";

fn read_options(meta: &Meta, errors: &mut Errors) -> Options {
    let tokens = match meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(_) => {
            errors.at(meta, "expected `#[host_fn(name = \"..\")]` or `#[host_fn(skip)]`");
            return Options::default();
        }
    };
    let options = Options::parser(Place::Method).parse2(tokens);
    errors.absorb(options).unwrap_or_default()
}

/// Reads `#[cfg_attr(condition, host_fn(..))]`, which the compiler resolves only after this macro has run.
fn conditional_options(method: &mut ImplItemFn, errors: &mut Errors) -> Option<(Meta, Options)> {
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
                errors.at(meta, TWICE);
                continue;
            }
            found = Some((condition.clone(), read_options(&meta, errors)));
        }
    }
    found
}

/// The number of a part, or 0, which no part has, if it is wrong.
fn part_number(part: &LitInt, errors: &mut Errors) -> usize {
    match part.base10_parse() {
        Ok(number) if (2..usize::MAX).contains(&number) => number,
        _ => {
            errors.at(
                part,
                "the first `#[host_fn] impl` block of a type has no `part`, \
                 the next ones have `part = 2`, `part = 3` and so on",
            );
            0
        }
    }
}

fn note_name(names: &mut HashMap<(String, String), bool>, function: &Function, span: Span, errors: &mut Errors) {
    let conditional = !function.cfgs.is_empty();
    let key = (function.namespace.clone(), function.name.clone());
    match names.insert(key, conditional) {
        // Two functions under `#[cfg]` may exclude each other.
        Some(before) if !(before && conditional) => errors.at_span(
            span,
            format!(
                "a host function `{}` is already in `{}`: give one another name by `#[host_fn(name = \"..\")]`",
                function.name, function.namespace
            ),
        ),
        _ => {}
    }
}
