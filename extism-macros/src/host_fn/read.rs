//! From the annotated item to the model.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::{Attribute, ImplItem, ItemFn, ItemImpl, LitInt, LitStr, Path, Signature, ext::IdentExt};

use super::{
    model::{Function, FunctionSet, ListedFunction},
    options::{self, Options},
    signature,
};
use crate::{
    common::{Errors, KeyValue, cfgs, codec_path, result_types, runtime_path, type_text, unique},
    interface::documentation,
};

/// The namespace that PDKs import from by default.
pub(crate) const DEFAULT_NAMESPACE: &str = "extism:host/user";

pub(super) fn read_function(item: &ItemFn, options: Options, errors: &mut Errors) -> ListedFunction {
    signature::check(&item.sig, errors);
    let runtime = runtime_path(options.runtime.clone().map(KeyValue::into_value));
    let function = function(
        &item.sig,
        &item.attrs,
        options,
        &Defaults { runtime, namespace: None, permission: None, codec: None },
        errors,
    );
    ListedFunction { function, visibility: item.vis.clone(), id: unique(item), valid: errors.is_empty() }
}

/// Removes the helper attributes from the block's methods.
pub(super) fn read_set(block: &mut ItemImpl, options: Options, errors: &mut Errors) -> (FunctionSet, Vec<Function>) {
    if let Some((path, _)) = &block.trait_ {
        errors.at(
            path,
            "`#[host_fn]` goes on an inherent `impl` block, not on the implementation of a trait: \
             write `impl Type { .. }` with methods that call the trait's",
        );
    }
    let borrows = !signature::check_self(block, errors);
    let runtime = runtime_path(options.runtime.map(KeyValue::into_value));
    let text = |text: KeyValue<LitStr>| text.value.value();
    let defaults = Defaults {
        namespace: options.namespace.map(text),
        permission: options.permission.map(text),
        codec: options.codec.map(|codec| codec_path(&runtime, codec.value)),
        runtime: runtime.clone(),
    };
    let functions = methods(block, &defaults, errors);
    if functions.is_empty() && errors.is_empty() {
        errors.at_span(block.impl_token.span, "this `impl` block has no methods that become host functions");
    }
    let part = options.part.map(|part| (part_number(&part.value, errors), part.value.span()));
    let (ty, generics) = ((*block.self_ty).clone(), block.generics.clone());
    let set =
        FunctionSet { runtime, ty, generics, part, borrows, of_trait: None, described: None, valid: errors.is_empty() };
    (set, functions)
}

fn methods(block: &mut ItemImpl, defaults: &Defaults, errors: &mut Errors) -> Vec<Function> {
    let mut names = HashMap::new();
    let mut functions = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let variants = options::of_method(method, errors);
        if !variants.is_empty() {
            signature::check(&method.sig, errors);
            signature::check_receiver(&method.sig, errors);
        }
        for (condition, options) in variants {
            let span = options.name.as_ref().map_or_else(|| method.sig.ident.span(), |name| name.value.span());
            // Mistakes in the signature are recorded once.
            let first = functions.last().is_none_or(|last: &Function| last.ident != method.sig.ident);
            let noted = if first { &mut *errors } else { &mut Errors::default() };
            let mut function = function(&method.sig, &method.attrs, options, defaults, noted);
            function.cfgs.extend(condition);
            note_name(&mut names, &function, span, errors);
            functions.push(function);
        }
    }
    functions
}

/// What applies to all functions of an item.
pub(crate) struct Defaults {
    /// The path of the runtime.
    pub(crate) runtime: Path,
    /// The namespace of functions that name none.
    pub(crate) namespace: Option<String>,
    /// The permission that plug-ins need for functions that name none.
    pub(crate) permission: Option<String>,
    /// The codec of types that name none.
    pub(crate) codec: Option<Path>,
}

pub(crate) fn function(
    sig: &Signature,
    attributes: &[Attribute],
    options: Options,
    defaults: &Defaults,
    errors: &mut Errors,
) -> Function {
    let named = |name: KeyValue<LitStr>| name.value.value();
    let runtime = defaults.runtime.clone();
    let codec = options.codec.map(|codec| codec_path(&runtime, codec.value)).or_else(|| defaults.codec.clone());
    let namespace = || defaults.namespace.clone().unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned());
    let result = signature::result(sig, errors);
    let result_text = type_text(result_types(&result).map_or_else(|| result.clone(), |(ok, _)| ok));
    let (result, written) = signature::written(result, codec.as_ref());
    Function {
        ident: sig.ident.clone(),
        asyncness: sig.asyncness,
        cfgs: cfgs(attributes),
        name: options.name.map_or_else(|| sig.ident.unraw().to_string(), named),
        namespace: options.namespace.map_or_else(namespace, named),
        permission: options.permission.map(named).or_else(|| defaults.permission.clone()),
        arguments: signature::arguments(sig, codec.as_ref(), errors),
        codec,
        docs: documentation(attributes),
        result_text,
        result,
        written,
        runtime,
    }
}

/// Returns the number of a part, or 0, which no part has, if it is wrong.
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

pub(crate) fn note_name(
    names: &mut HashMap<(String, String), bool>,
    function: &Function,
    span: Span,
    errors: &mut Errors,
) {
    let conditional = !function.cfgs.is_empty();
    let key = (function.namespace.clone(), function.name.clone());
    match names.insert(key, conditional) {
        // Two functions under `#[cfg]` may exclude each other.
        Some(before) if !(before && conditional) => errors.at_span(
            span,
            format!(
                "`{}` already has a host function `{}`: choose another name with `#[host_fn(name = \"..\")]`",
                function.namespace, function.name
            ),
        ),
        _ => {}
    }
}
