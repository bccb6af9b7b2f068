//! What a host function is; nothing after this looks at an attribute or a signature again.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Ident, ImplItem, ImplItemFn, ItemFn, ItemImpl, LitStr, Meta, Path, Signature, Type, ext::IdentExt,
    parse::Parser,
};

use super::{
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
    /// The name that plug-ins import it by.
    pub(super) name: String,
    /// The namespace that they import it from.
    pub(super) namespace: String,
    /// Where the runtime is.
    pub(super) runtime: Path,
    /// The arguments, without `&self`.
    pub(super) arguments: Vec<Argument>,
    /// The result's type; `()` for none.
    pub(super) result: Type,
}

/// An argument of a host function.
pub(super) struct Argument {
    /// Its name, for errors; its place where it has none.
    pub(super) name: String,
    /// Where its value comes from.
    pub(super) kind: ArgumentKind,
}

pub(super) enum ArgumentKind {
    /// `&mut CurrentPlugin`; holds what is behind the reference.
    Exclusive(Type),
    /// Anything else: the traits of the runtime decide. Named lifetimes are replaced by `'_`.
    Taken(Type),
}

/// The host functions of an `impl` block.
pub(super) struct FunctionSet {
    pub(super) runtime: Path,
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
    /// Takes the helper attributes off the block's methods.
    pub(super) fn of_impl(block: &mut ItemImpl, options: &Options, errors: &mut Errors) -> Self {
        if let Some((path, _)) = &block.trait_ {
            errors.at(
                path,
                "`#[host_fn]` goes on an `impl` block of the type itself, not of a trait: \
                 write `impl Type { .. }` with methods that call the trait's",
            );
        }
        let runtime = runtime_path(options.runtime.clone());
        let namespace = options.namespace.as_ref().map(LitStr::value);
        let mut names = HashMap::new();
        let mut functions = Vec::new();
        for item in &mut block.items {
            let ImplItem::Fn(method) = item else { continue };
            let Some(options) = method_options(method, errors) else { continue };
            let span = options.name.as_ref().map_or_else(|| method.sig.ident.span(), LitStr::span);
            signature::check(&method.sig, errors);
            signature::check_receiver(&method.sig, errors);
            let function =
                Function::new(&method.sig, &method.attrs, options, namespace.as_deref(), runtime.clone(), errors);
            note_name(&mut names, &function, span, errors);
            functions.push(function);
        }
        if functions.is_empty() && errors.is_empty() {
            errors.at_span(block.impl_token.span, "this `impl` block has no methods that become host functions");
        }
        Self { runtime, functions }
    }
}

/// The method's options; `None` when it is to be skipped.
fn method_options(method: &mut ImplItemFn, errors: &mut Errors) -> Option<Options> {
    let mut all = Options::default();
    for (index, attribute) in take_attributes(&mut method.attrs, "host_fn").into_iter().enumerate() {
        if index > 0 {
            errors.at(&attribute, "`#[host_fn(..)]` is there twice: put all options into one");
            continue;
        }
        let tokens = match &attribute.meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens.clone(),
            Meta::NameValue(_) => {
                errors.at(&attribute, "expected `#[host_fn(name = \"..\")]` or `#[host_fn(skip)]`");
                continue;
            }
        };
        let options = Options::parser(Place::Method).parse2(tokens);
        all = errors.absorb(options).unwrap_or_default();
    }
    if all.skip.is_some() { None } else { Some(all) }
}

fn note_name(names: &mut HashMap<(String, String), bool>, function: &Function, span: Span, errors: &mut Errors) {
    let conditional = !function.cfgs.is_empty();
    let key = (function.namespace.clone(), function.name.clone());
    match names.insert(key, conditional) {
        // Of two that depend on `#[cfg]`, at most one may be there.
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
