//! Reads a method of the trait into the model.

use syn::{
    FnArg, GenericParam, Generics, LifetimeParam, Pat, PatType, Path, Receiver, ReceiverKind, Safety, Signature,
    TraitItemFn, Type, ext::IdentExt, spanned::Spanned,
};

use super::{
    attributes, documentation,
    model::{Argument, Body, Method, Missing},
    options::{ArgsFormat, ExportOptions},
    output::{self, Output},
    receiver::receiver,
    rename::Case,
    result,
};
use crate::common::{Errors, cfgs, codec_path, lifetime_use, names_no_codec, peel, take_attributes};

/// Settings that apply to all methods of the interface.
pub(super) struct Defaults<'d> {
    pub(super) runtime: &'d Path,
    pub(super) codec: Option<&'d Path>,
    pub(super) args: Option<ArgsFormat>,
    pub(super) rename_all: Option<Case>,
}

pub(super) fn read(index: usize, function: &mut TraitItemFn, defaults: &Defaults<'_>, errors: &mut Errors) -> Method {
    attributes::refuse_conditional_export(&mut function.attrs, errors);
    let options = ExportOptions::of_attributes(take_attributes(&mut function.attrs, "export"), errors);
    check_signature(&function.sig, errors);
    let (receiver, access) = receiver(&function.sig, errors);
    let arguments = arguments(function, defaults, errors);
    let codec = options
        .codec
        .as_ref()
        .map(|codec| codec_path(defaults.runtime, codec.value.clone()))
        .or(defaults.codec.cloned());
    let by_name = codec.is_some() || options.optional.is_some();
    let output = output::read(&function.sig.output, &output::Context { generics: &function.sig.generics, by_name });
    result::check(&output, &receiver, access, errors);
    let format = format(&options, defaults, codec.as_ref(), function, &arguments, errors);
    let docs = documentation::take(&mut function.attrs);
    let name = function.sig.ident.unraw().to_string();
    let unnamed = |ty: Option<&Type>| codec.clone().filter(|codec| ty.is_some_and(|ty| names_no_codec(ty, codec)));
    let missing = missing(&options, function, &output, errors);
    let method = Method {
        index,
        export_span: options.name.as_ref().map_or(function.sig.ident.span(), |name| name.value.span()),
        export: options.name.as_ref().map_or_else(|| renamed(defaults, &name), |name| name.value.value()),
        ident: function.sig.ident.clone(),
        asyncness: function.sig.asyncness,
        access,
        cfgs: cfgs(&function.attrs),
        attributes: attributes::carried(&function.attrs),
        tracks_caller: attributes::tracks_caller(&function.attrs),
        docs,
        declared_lifetimes: function.sig.generics.lifetimes().count(),
        generics: with_all_lifetimes(&function.sig, &receiver, &arguments, &output),
        input_codec: unnamed(arguments.first().map(|argument| &argument.ty)).filter(|_| format.is_none()),
        // The value hidden by an alias of `Result` uses the codec in any case.
        output_codec: unnamed(output.ok.as_ref()).or(codec.filter(|_| output.fallible && output.ok.is_none())),
        missing,
        mismatch: None,
        outdated: None,
        receiver,
        arguments,
        format,
        output,
    };
    let own = std::mem::take(&mut function.attrs);
    function.attrs = method.docs.attributes().into_iter().chain(own).collect();
    method
}

/// The name under which plug-in authors know a method or an argument.
fn renamed(defaults: &Defaults<'_>, name: &str) -> String {
    defaults.rename_all.map_or_else(|| name.to_owned(), |case| case.apply(name))
}

fn check_signature(sig: &Signature, errors: &mut Errors) {
    if let Some(constness) = &sig.constness {
        errors.at(constness, "a method that calls a plug-in cannot be `const`: remove `const`");
    }
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(token, "calling a plug-in is never `unsafe`: remove `unsafe`");
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, "a method of an interface uses the Rust ABI: remove `extern`");
    }
    if let Some(variadic) = &sig.variadic {
        errors
            .at(variadic, "a method takes a fixed number of arguments: take a slice in a codec, such as `Json<&[T]>`");
    }
}

/// Adds the lifetimes that the method uses without declaring them to its generics. The compiler already reports them in
/// the trait, and once is enough.
fn with_all_lifetimes(sig: &Signature, receiver: &Receiver, arguments: &[Argument], output: &Output) -> Generics {
    let mut generics = sig.generics.clone();
    let own = match &receiver.kind {
        ReceiverKind::Reference(_, lifetime, _) => lifetime.clone(),
        _ => None,
    };
    let types = arguments.iter().map(|argument| &argument.ty).chain(&output.ok);
    let used = types.flat_map(|ty| lifetime_use(ty).named).chain(own);
    for lifetime in used.filter(|used| used.ident != "static" && used.ident != "_") {
        if generics.lifetimes().all(|declared| declared.lifetime != lifetime) {
            generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime)));
        }
    }
    generics
}

fn arguments(function: &mut TraitItemFn, defaults: &Defaults<'_>, errors: &mut Errors) -> Vec<Argument> {
    let has_body = function.default.is_some();
    for input in &mut function.sig.inputs {
        let (FnArg::Typed(PatType { attrs, .. }) | FnArg::Receiver(Receiver { attrs, .. })) = input;
        attributes::refuse_conditional_argument(attrs, errors);
    }
    let typed = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let mut arguments: Vec<_> =
        typed.enumerate().map(|(index, typed)| argument(index, typed, has_body, errors)).collect();
    for argument in &mut arguments {
        argument.name = renamed(defaults, &argument.ident.unraw().to_string());
    }
    arguments
}

fn argument(index: usize, typed: &PatType, has_body: bool, errors: &mut Errors) -> Argument {
    let (mutability, ident) = match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() && (has_body || pat.mutability.is_none()) => {
            (pat.mutability, pat.ident.clone())
        }
        pattern => {
            errors.at(pattern, "expected a plain argument name, such as `text: &str`");
            (None, quote::format_ident!("__extism_argument_{index}", span = pattern.span()))
        }
    };
    if let Type::Reference(ty) = peel(&typed.ty)
        && let Some(mutability) = &ty.mutability
    {
        errors.at(mutability, "a plug-in receives a copy of its arguments and cannot modify them: remove `mut`");
    }
    if let Some(ty) = result::find_impl(&typed.ty) {
        errors.at(
            ty,
            "use a type parameter instead of `impl Trait`, so that its codec can be checked: \
             `fn f<T: Encode>(.., x: T)`",
        );
    }
    Argument { mutability, ident, name: String::new(), ty: (*typed.ty).clone() }
}

/// How the arguments are encoded as the input; `None` if there are none, or one with its own codec.
fn format(
    options: &ExportOptions,
    defaults: &Defaults<'_>,
    codec: Option<&Path>,
    function: &TraitItemFn,
    arguments: &[Argument],
    errors: &mut Errors,
) -> Option<ArgsFormat> {
    match (&options.args, arguments.len()) {
        (Some(args), 0) => {
            errors.at_span(args.key, "the method has no arguments: remove `args`");
            None
        }
        (Some(args), _) => Some(args.value),
        (None, 0) => None,
        (None, _) if defaults.args.is_some() => defaults.args,
        (None, 1) => None,
        (None, _) => match codec.and_then(|codec| codec.segments.last()) {
            None => Some(ArgsFormat::JsonArray),
            Some(codec) if codec.ident == "Json" => Some(ArgsFormat::JsonArray),
            Some(codec) if codec.ident == "Msgpack" => Some(ArgsFormat::Msgpack),
            Some(codec) => {
                errors.at(
                    &function.sig.ident,
                    format!(
                        "`{}` encodes a single argument: take one struct, \
                         or set the format of several with `#[export(args = \"json-array\")]`",
                        codec.ident
                    ),
                );
                None
            }
        },
    }
}

fn missing(options: &ExportOptions, function: &TraitItemFn, output: &Output, errors: &mut Errors) -> Missing {
    match (&function.default, &options.optional) {
        (Some(_), Some(optional)) => {
            errors.at_span(
                optional.key,
                "a method with a default body is optional already, since the body runs if the export is missing: \
                 remove `optional`",
            );
            Missing::Optional
        }
        (Some(block), None) => {
            let name = function.sig.ident.unraw().to_string();
            let (of_declaration, attributes) = attributes::divided(&function.attrs, &name);
            Missing::Default(Body { block: block.clone(), attributes, of_declaration })
        }
        (None, Some(optional)) => {
            if output.fallible && output.ok.is_none() {
                errors.at_span(
                    optional.key,
                    "the alias hides the type that becomes an `Option`: write `Result<Option<T>, E>`",
                );
            }
            Missing::Optional
        }
        (None, None) => Missing::Refuse,
    }
}
