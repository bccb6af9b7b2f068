//! From the annotated trait to the model.

use std::collections::HashMap;

use quote::format_ident;
use syn::{
    FnArg, Ident, ItemTrait, Pat, ReceiverKind, ReturnType, TraitItem, TraitItemFn, Type, ext::IdentExt, parse_quote,
};

use super::{
    model::{HostAnswer, HostInterface, HostMethod},
    options::InterfaceOptions,
};
use crate::{
    common::{
        Errors, KeyValue, codec_path, in_codec, lifetime_use, names_no_codec, peel, result_types, runtime_path,
        take_attributes,
    },
    host_fn::{
        model::Written,
        options::Options,
        read::{Defaults, function, note_name},
        signature,
    },
    interface::Case,
};

pub(super) fn read(mut item: ItemTrait, options: InterfaceOptions, errors: &mut Errors) -> HostInterface {
    let runtime = runtime_path(options.runtime.map(KeyValue::into_value));
    let defaults = Defaults {
        namespace: options.namespace.map(|namespace| namespace.value.value()),
        permission: options.permission.map(|permission| permission.value.value()),
        codec: options.codec.map(|codec| codec_path(&runtime, codec.value)),
        runtime: runtime.clone(),
    };
    if let Some(unsafety) = &item.unsafety {
        errors.at(unsafety, "an interface cannot be `unsafe`: plug-ins may call its functions with any arguments");
    }
    for parameter in &item.generics.params {
        errors
            .at(parameter, "an interface cannot be generic, because plug-ins import its functions with one signature");
    }
    let methods = methods(&mut item, &defaults, options.rename_all.map(KeyValue::into_value), errors);
    let functions = match options.name.map(KeyValue::into_value) {
        Some(name) if name == item.ident => {
            errors.at(&name, "the functions cannot have the trait's name: choose another");
            of_trait(&item)
        }
        Some(name) => name,
        None => of_trait(&item),
    };
    let version = options.version.map(KeyValue::into_value);
    let description = options.description.map(KeyValue::into_value);
    HostInterface { runtime, functions, version, description, methods, item, valid: errors.is_empty() }
}

fn of_trait(item: &ItemTrait) -> Ident {
    format_ident!("{}Functions", item.ident.unraw(), span = item.ident.span())
}

fn methods(item: &mut ItemTrait, defaults: &Defaults, case: Option<Case>, errors: &mut Errors) -> Vec<HostMethod> {
    let mut names = HashMap::new();
    let mut methods = Vec::new();
    for item in &mut item.items {
        match item {
            TraitItem::Fn(method) => methods.extend(self::method(method, defaults, case, &mut names, errors)),
            TraitItem::Const(_) => {}
            TraitItem::Type(item) => {
                errors.at(&item.ident, "an interface cannot have associated types: use concrete types in its methods");
            }
            other => errors.at(other, "expected a method or an associated constant"),
        }
    }
    methods
}

fn method(
    method: &mut TraitItemFn,
    defaults: &Defaults,
    case: Option<Case>,
    names: &mut HashMap<(String, String), bool>,
    errors: &mut Errors,
) -> Option<HostMethod> {
    let options = options(method, errors);
    let renamed = options.name.is_some();
    let span = options.name.as_ref().map_or_else(|| method.sig.ident.span(), |name| name.value.span());
    let mut noted = Errors::default();
    signature::check(&method.sig, &mut noted);
    let mut function = function(&method.sig, &method.attrs, options, defaults, &mut noted);
    errors.append(noted);
    if let Some(case) = case.filter(|_| !renamed) {
        function.name = case.apply(&function.name);
    }
    note_name(names, &function, span, errors);
    let Some(receiver) = method.sig.receiver().cloned() else {
        errors.at(&method.sig.ident, "a function of the host takes `&self`, which the host's value is: add it");
        return None;
    };
    if !matches!(&receiver.kind, ReceiverKind::Reference(_, _, None)) {
        errors.at(
            &receiver,
            "a function of the host takes `&self`, because several plug-ins may call it at once: \
             put what it modifies into a `Mutex`",
        );
    }
    let arguments = arguments(method, errors);
    let answer = answer(&mut function, &method.sig.output, errors);
    Some(HostMethod { function, receiver, arguments, answer })
}

/// The options of the method's `#[host_fn(..)]`, which is removed.
fn options(method: &mut TraitItemFn, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    for (index, attribute) in take_attributes(&mut method.attrs, "host_fn").into_iter().enumerate() {
        if index > 0 {
            errors.at(&attribute, "duplicate `#[host_fn(..)]`: put all options into one");
            continue;
        }
        options = Options::of_meta(&attribute.meta, errors);
        if let Some(skip) = &options.skip {
            errors.at_span(skip.key, "plug-ins can call all methods of an interface: move this one to another trait");
        }
    }
    options
}

fn arguments(method: &TraitItemFn, errors: &mut Errors) -> Vec<(Ident, Type)> {
    let mut arguments = Vec::new();
    for (index, input) in method.sig.inputs.iter().enumerate() {
        let FnArg::Typed(typed) = input else { continue };
        if let Type::Reference(ty) = peel(&typed.ty)
            && let Some(mutability) = &ty.mutability
        {
            errors.at(mutability, "the host receives a copy of its arguments: remove `mut`");
        }
        let ident = match &*typed.pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => pat.ident.clone(),
            pattern => {
                errors.at(pattern, "expected a plain argument name, such as `text: &str`");
                format_ident!("__extism_argument_{index}")
            }
        };
        arguments.push((ident, (*typed.ty).clone()));
    }
    arguments
}

/// What the method returns. A `Result` is written as one value.
fn answer(function: &mut crate::host_fn::model::Function, declared: &ReturnType, errors: &mut Errors) -> HostAnswer {
    let ReturnType::Type(_, ty) = declared else { return HostAnswer::Nothing };
    let ty = peel(ty);
    if matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty()) {
        return HostAnswer::Nothing;
    }
    let Some((ok, error)) = result_types(ty) else {
        if called_result(ty) {
            errors.at(ty, "write the `Result` with both of its types: its error reaches the plug-in as a value");
        } else if lifetime_use(ty).borrows() {
            errors.at(ty, "the result cannot borrow, because plug-ins receive a copy: use a type that owns its data");
        }
        return HostAnswer::Value(Box::new(ty.clone()));
    };
    let Some(error) = error else {
        errors.at(ty, "write the `Result` with both of its types: its error reaches the plug-in as a value");
        return HostAnswer::Value(Box::new(ty.clone()));
    };
    let codec = function.codec.clone().filter(|codec| names_no_codec(&ok, codec));
    let written: Type = match &codec {
        Some(codec) => {
            let wrapped = in_codec(codec, &ok);
            parse_quote!(#wrapped)
        }
        None => ok.clone(),
    };
    let runtime = &function.runtime;
    function.result = parse_quote!(::core::result::Result<#runtime::Crossed<#written, #error>, #runtime::BoxError>);
    function.written = Written::Crossing(codec);
    HostAnswer::Result(Box::new((ok, error)))
}

/// Whether the type's name suggests that it is an alias of `Result`.
fn called_result(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("Result")))
}
