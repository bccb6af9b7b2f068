//! From the annotated trait to the model.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::{Attribute, Ident, ItemTrait, TraitItem, TypeParamBound, ext::IdentExt};

use super::{
    attributes, documentation, method,
    model::{Access, Implementation, Interface, Method, Wasm},
    options::{InterfaceOptions, OnError},
    receiver::common_access,
};
use crate::common::{Errors, FilePath, KeyValue, codec_path, runtime_path, take_attributes, type_text};

pub(super) fn read_interface(mut item: ItemTrait, options: InterfaceOptions, errors: &mut Errors) -> Interface {
    let runtime = runtime_path(options.runtime.map(KeyValue::into_value));
    let codec = options.codec.map(|codec| codec_path(&runtime, codec.value));
    check_trait(&item, errors);
    attributes::refuse_async_trait(&mut item.attrs, errors);
    let args = options.args.map(KeyValue::into_value);
    let rename_all = options.rename_all.map(KeyValue::into_value);
    let defaults = method::Defaults { runtime: &runtime, codec: codec.as_ref(), args, rename_all };
    let methods = methods(&mut item, &defaults, errors);
    let access = common_access(&methods, errors);
    let client = client_name(&item, options.name.map(KeyValue::into_value), errors);
    let docs = documentation::take(&mut item.attrs);
    let own = std::mem::take(&mut item.attrs);
    let interface = Interface {
        client,
        attributes: attributes::carried(&own),
        lints: attributes::lints(&own),
        extends: options.extends.map(KeyValue::into_value).unwrap_or_default(),
        access,
        methods,
        on_error: options.on_error.map(KeyValue::into_value).unwrap_or_default(),
        version: options.version.map(KeyValue::into_value),
        description: options.description.map(KeyValue::into_value),
        require_section: options.require.is_some(),
        unimplementable: false,
        wasm: options.wasm.map(|path| wasm(path.value, options.imports.map(KeyValue::into_value))),
        valid: true,
        runtime,
        item: ItemTrait { attrs: docs.attributes().into_iter().chain(own).collect(), ..item },
        docs,
    };
    check_bases(&interface, errors);
    check_names(&interface, errors);
    check_implementation(&interface, errors);
    interface
}

fn wasm(path: FilePath, imports: Option<Vec<syn::Path>>) -> Wasm {
    Wasm {
        path,
        found: true,
        described: false,
        imports_are_checked: imports.is_some(),
        imports: Vec::new(),
        providers: imports.unwrap_or_default(),
    }
}

fn check_trait(item: &ItemTrait, errors: &mut Errors) {
    if let Some(unsafety) = &item.unsafety {
        errors.at(unsafety, "an interface cannot be `unsafe`: plug-ins cannot violate Rust's safety rules");
    }
    for parameter in &item.generics.params {
        errors
            .at(parameter, "an interface cannot be generic: use concrete types, or add type parameters to its methods");
    }
}

/// Reads the methods and removes their helper attributes.
fn methods(item: &mut ItemTrait, defaults: &method::Defaults<'_>, errors: &mut Errors) -> Vec<Method> {
    let mut methods = Vec::new();
    refuse_export(&mut item.attrs, errors);
    for item in &mut item.items {
        match item {
            TraitItem::Fn(function) => methods.push(method::read(methods.len(), function, defaults, errors)),
            TraitItem::Const(constant) => refuse_export(&mut constant.attrs, errors),
            TraitItem::Type(item) => {
                refuse_export(&mut item.attrs, errors);
                errors.at(&item.ident, "an interface cannot have associated types: use concrete types in its methods");
            }
            TraitItem::Macro(item) => errors
                .at(&item.mac.path, "`#[plugin_interface]` cannot expand macros in the trait: write the methods out"),
            other => errors.at(other, "expected a method or an associated constant"),
        }
    }
    methods
}

/// Removes and reports helper attributes that are in the wrong place.
fn refuse_export(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    for attribute in take_attributes(attributes, "export") {
        errors.at(
            attribute,
            "`#[export(..)]` goes on a method; options for the whole interface go into `#[plugin_interface(..)]`",
        );
    }
}

fn client_name(item: &ItemTrait, given: Option<Ident>, errors: &mut Errors) -> Ident {
    match given {
        Some(name) if name == item.ident => {
            errors.at(&name, "the client cannot have the trait's name: choose another");
            format_ident!("{}Plugin", item.ident.unraw(), span = item.ident.span())
        }
        Some(name) => name,
        None => format_ident!("{}Plugin", item.ident.unraw(), span = item.ident.span()),
    }
}

/// Reports bases that are named by their traits instead of their clients.
fn check_bases(interface: &Interface, errors: &mut Errors) {
    for base in &interface.extends {
        let base_text = type_text(base);
        let of_base = |bound: &&TypeParamBound| match bound {
            TypeParamBound::Trait(bound) => type_text(&bound.path) == base_text,
            _ => false,
        };
        if let (Some(_), Some(last)) = (interface.item.supertraits.iter().find(of_base), base.segments.last()) {
            let name = last.ident.unraw();
            errors.at(base, format!("expected the interface's client, not its trait: `{name}Plugin`"));
        }
    }
}

/// Reports duplicate methods, and methods with names that the client uses itself.
fn check_names(interface: &Interface, errors: &mut Errors) {
    const ALL: [&str; 6] = ["builder", "interface", "load", "try_from", "with_context", "with_timeout"];
    let own: &[&str] = match interface.access {
        Access::Exclusive => &["into_inner", "plugin", "plugin_mut"],
        Access::Shared => &["clone", "pool"],
    };
    let is_own = |name: &str| ALL.contains(&name) || own.contains(&name);
    let mut seen: HashMap<String, bool> = HashMap::new();
    let optional: Vec<String> = interface
        .methods
        .iter()
        .filter(|method| method.is_optional())
        .map(|method| format!("has_{}", method.ident.unraw()))
        .collect();
    for method in &interface.methods {
        let name = method.ident.unraw().to_string();
        let embedded = interface.wasm.is_some() && name == "embedded";
        if is_own(&name) || optional.contains(&name) || embedded || name.starts_with("__extism_") {
            errors.at(
                &method.ident,
                format!(
                    "the client already has a function `{name}`: rename the method, \
                     and keep the export's name with `#[export(name = \"{}\")]`",
                    method.export
                ),
            );
        }
        let conditional = !method.cfgs.is_empty();
        if seen.insert(name.clone(), conditional).is_some_and(|before| !(before && conditional)) {
            errors.at(&method.ident, format!("duplicate method `{name}`: remove one"));
        }
    }
}

/// Reports what prevents the client from implementing the trait where it must, and from running default bodies.
fn check_implementation(interface: &Interface, errors: &mut Errors) {
    if interface.on_error == OnError::Panic {
        check_async(interface, errors);
        for method in interface.methods.iter().filter(|method| !method.is_as_declared(OnError::Panic)) {
            errors.at(
                &method.ident,
                "with `on_error = \"panic\"`, the client's methods have the trait's signatures, \
                 so an optional one has to return an `Option`",
            );
        }
    }
    match interface.implementation() {
        Implementation::No => check_default_bodies(interface, errors),
        Implementation::Yes | Implementation::If(_) => check_constants(interface, errors),
    }
}

/// Reports `async` methods whose failure would be a panic.
fn check_async(interface: &Interface, errors: &mut Errors) {
    for method in interface.methods.iter().filter(|method| !method.output.fallible) {
        if let Some(asyncness) = &method.asyncness {
            errors.at(
                asyncness,
                "with `on_error = \"panic\"`, a method that is not a `Result` cannot be `async`: the panic would end the \
                 task that polls the future instead of reaching the caller; return `Result<_, extism_runtime::Error>`",
            );
        }
    }
}

fn check_constants(interface: &Interface, errors: &mut Errors) {
    for item in &interface.item.items {
        if let TraitItem::Const(constant) = item
            && constant.default.is_none()
        {
            errors.at(
                &constant.ident,
                format!("`{}` implements the trait, so the constant needs a value", interface.client),
            );
        }
    }
}

/// A default body sees the client's methods. Their results differ from the trait's unless those are `Result`s.
fn check_default_bodies(interface: &Interface, errors: &mut Errors) {
    for method in &interface.methods {
        if let Some(body) = method.body() {
            check_calls(interface, body.block.to_token_stream(), errors);
        }
    }
}

/// Looks for the tokens `self.method`, so that calls in macros such as `format!` are found too.
fn check_calls(interface: &Interface, body: TokenStream, errors: &mut Errors) {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    for window in tokens.windows(3) {
        let [TokenTree::Ident(this), TokenTree::Punct(dot), TokenTree::Ident(name)] = window else { continue };
        if this != "self" || dot.as_char() != '.' {
            continue;
        }
        let called = interface.methods.iter().find(|method| method.ident == *name);
        if called.is_some_and(|called| !called.is_as_declared(interface.on_error) && !called.output.opaque) {
            errors.at(
                name,
                format!(
                    "the default body runs on the client, where `{name}` returns a `Result`: \
                     let the trait's methods return `Result`s",
                ),
            );
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            check_calls(interface, group.stream(), errors);
        }
    }
}
