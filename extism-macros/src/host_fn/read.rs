//! From the annotated item to the model.

use std::{
    collections::HashMap,
    env,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, PoisonError},
};

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Attribute, ImplItem, ItemFn, ItemImpl, LitInt, LitStr, Path, Signature, ext::IdentExt};

use super::{
    model::{Function, FunctionSet, ListedFunction},
    options::{self, Options},
    signature,
};
use crate::common::{Errors, KeyValue, cfgs, runtime_path};

/// The namespace that PDKs import from by default.
const DEFAULT_NAMESPACE: &str = "extism:host/user";

pub(super) fn read_function(item: &ItemFn, options: Options, errors: &mut Errors) -> ListedFunction {
    signature::check(&item.sig, errors);
    let runtime = runtime_path(options.runtime.clone().map(KeyValue::into_value));
    let function =
        function(&item.sig, &item.attrs, options, &Shared { runtime, namespace: None, permission: None }, errors);
    ListedFunction { function, visibility: item.vis.clone(), id: id(item), valid: errors.is_empty() }
}

/// Removes the helper attributes from the block's methods.
pub(super) fn read_set(block: &mut ItemImpl, options: Options, errors: &mut Errors) -> FunctionSet {
    if let Some((path, _)) = &block.trait_ {
        errors.at(
            path,
            "`#[host_fn]` goes on an inherent `impl` block, not on the implementation of a trait: \
             write `impl Type { .. }` with methods that call the trait's",
        );
    }
    let borrows = !signature::check_self(block, errors);
    let text = |text: KeyValue<LitStr>| text.value.value();
    let shared = Shared {
        runtime: runtime_path(options.runtime.map(KeyValue::into_value)),
        namespace: options.namespace.map(text),
        permission: options.permission.map(text),
    };
    let functions = methods(block, &shared, errors);
    if functions.is_empty() && errors.is_empty() {
        errors.at_span(block.impl_token.span, "this `impl` block has no methods that become host functions");
    }
    let part = options.part.map(|part| (part_number(&part.value, errors), part.value.span()));
    let (ty, generics) = ((*block.self_ty).clone(), block.generics.clone());
    FunctionSet { runtime: shared.runtime, ty, generics, part, borrows, functions, valid: errors.is_empty() }
}

/// What the functions of a block have in common, unless they say otherwise.
struct Shared {
    runtime: Path,
    namespace: Option<String>,
    permission: Option<String>,
}

fn methods(block: &mut ItemImpl, shared: &Shared, errors: &mut Errors) -> Vec<Function> {
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
            let mut function = function(&method.sig, &method.attrs, options, shared, noted);
            function.cfgs.extend(condition);
            note_name(&mut names, &function, span, errors);
            functions.push(function);
        }
    }
    functions
}

fn function(
    sig: &Signature,
    attributes: &[Attribute],
    options: Options,
    shared: &Shared,
    errors: &mut Errors,
) -> Function {
    let named = |name: KeyValue<LitStr>| name.value.value();
    let namespace = options.namespace.map(named).or_else(|| shared.namespace.clone());
    Function {
        ident: sig.ident.clone(),
        asyncness: sig.asyncness,
        cfgs: cfgs(attributes),
        name: options.name.map_or_else(|| sig.ident.unraw().to_string(), named),
        namespace: namespace.unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned()),
        permission: options.permission.map(named).or_else(|| shared.permission.clone()),
        runtime: shared.runtime.clone(),
        arguments: signature::arguments(sig, errors),
        result: signature::result(sig, errors),
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

fn note_name(names: &mut HashMap<(String, String), bool>, function: &Function, span: Span, errors: &mut Errors) {
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

/// A number that is unique among a program's host functions: a hash of the crate, the function's text, and the number
/// of previous occurrences of that text. It is the same in every compilation.
fn id(item: &ItemFn) -> u64 {
    static TEXTS: Mutex<Option<HashMap<u64, u32>>> = Mutex::new(None);
    let mut hasher = DefaultHasher::new();
    for variable in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_CRATE_NAME", "CARGO_BIN_NAME"]
    {
        env::var_os(variable).hash(&mut hasher);
    }
    item.to_token_stream().to_string().hash(&mut hasher);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let times = texts.get_or_insert_default().entry(hasher.finish()).or_default();
    *times += 1;
    times.hash(&mut hasher);
    hasher.finish()
}
