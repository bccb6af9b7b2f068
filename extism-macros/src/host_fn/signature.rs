//! The rules for a host function's signature.

use proc_macro2::Span;
use syn::{
    FnArg, GenericParam, ItemImpl, LifetimeParam, Pat, PatType, Path, Receiver, ReceiverKind, ReturnType, Safety,
    Signature, Type, ext::IdentExt, parse_quote, parse_quote_spanned,
};

use super::model::{Argument, ArgumentKind, Written};
use crate::common::{
    Errors, FUTURE, LifetimeUse, Received, anonymous, cfgs, in_codec, is_future, lifetime_use, names_no_codec,
    owned_form, peel, received, result_types, type_text, with_ok,
};

/// Reports properties that a host function cannot have.
pub(crate) fn check(sig: &Signature, errors: &mut Errors) {
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(token, "a host function cannot be `unsafe`: plug-ins may call it with any arguments");
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, "a host function uses the Rust ABI: remove `extern`");
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(
            variadic,
            "a host function takes a fixed number of arguments: take a `Vec` in a codec, such as `Json<Vec<T>>`",
        );
    }
    for parameter in &sig.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors.at(
                parameter,
                "a host function cannot be generic, because plug-ins import it with one signature: use concrete types",
            );
        }
    }
}

/// Reports a type that borrows, which is a mistake because plug-ins call its values for as long as they live.
/// Returns whether the type is free of borrows.
pub(crate) fn check_self(block: &ItemImpl, errors: &mut Errors) -> bool {
    const BORROWS: &str = "plug-ins keep the value whose methods they call, so its type cannot borrow: \
                           let it own its data, for instance in an `Arc`";
    let is_static = |lifetime: &&LifetimeParam| lifetime.bounds.iter().any(|bound| bound.ident == "static");
    if let Some(lifetime) = block.generics.lifetimes().find(|lifetime| !is_static(lifetime)) {
        errors.at(lifetime, BORROWS);
        false
    } else if lifetime_use(&block.self_ty).elided {
        errors.at(&block.self_ty, BORROWS);
        false
    } else {
        true
    }
}

/// Reports a method that does not take `&self`.
pub(crate) fn check_receiver(sig: &Signature, errors: &mut Errors) {
    match sig.receiver() {
        Some(Receiver { kind: ReceiverKind::Reference(_, _, None), .. }) => {}
        Some(Receiver { kind: ReceiverKind::Typed(_, ty), .. }) if is_shared_self(ty) => {}
        Some(receiver @ Receiver { kind: ReceiverKind::Reference(..), .. }) => errors.at(
            receiver,
            "a host function takes `&self`, because several plug-ins may call it at once: \
             put what it modifies into a `Mutex`",
        ),
        Some(receiver) => errors.at(receiver, "a host function takes `&self`, because all calls share the value"),
        None => errors.at(
            &sig.ident,
            "a host function of a type takes `&self`: add it, or exclude the function with `#[host_fn(skip)]`",
        ),
    }
}

/// Whether the type is `&Self`.
fn is_shared_self(ty: &Type) -> bool {
    let Type::Reference(reference) = peel(ty) else { return false };
    let is_self = |ty: &Type| matches!(ty, Type::Path(path) if path.path.is_ident("Self"));
    reference.mutability.is_none() && is_self(peel(&reference.elem))
}

/// The arguments without the receiver.
pub(crate) fn arguments(sig: &Signature, codec: Option<&Path>, errors: &mut Errors) -> Vec<Argument> {
    let typed = || {
        sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        })
    };
    let exclusive = typed().find(|typed| matches!(peel(&typed.ty), Type::Reference(ty) if ty.mutability.is_some()));
    // Arguments under conditions may not occur together.
    if let Some(exclusive) = exclusive.filter(|exclusive| cfgs(&exclusive.attrs).is_empty()) {
        check_alone(typed().filter(|typed| !std::ptr::eq(*typed, exclusive)), exclusive, errors);
    }
    typed().enumerate().map(|(index, typed)| argument(index, typed, codec, errors)).collect()
}

/// Reports arguments that borrow from the plug-in next to an argument that may change it.
fn check_alone<'s>(others: impl Iterator<Item = &'s PatType>, exclusive: &PatType, errors: &mut Errors) {
    let exclusive = type_text(&exclusive.ty);
    for other in others.filter(|other| cfgs(&other.attrs).is_empty()) {
        if let Type::Reference(ty) = peel(&other.ty)
            && ty.mutability.is_some()
        {
            errors
                .at(&other.ty, format!("a host function can have only one `&mut` argument, and `{exclusive}` is one"));
        } else if lifetime_use(&other.ty).borrows() {
            let is_plugin = type_text(&other.ty).contains("CurrentPlugin");
            let owned = if is_plugin { "remove one of the two".to_owned() } else { owned_form(&other.ty) };
            errors.at(
                &other.ty,
                format!("`{}` borrows from the plug-in, which `{exclusive}` can modify: {owned}", type_text(&other.ty)),
            );
        }
    }
}

/// An argument that the runtime's traits handle, in the codec of the function unless it has its own.
fn taken(ty: &Type, codec: Option<&Path>) -> Received {
    match codec.filter(|codec| names_no_codec(ty, codec) && !is_of_host(ty)) {
        Some(codec) => received(ty, Some(codec)),
        None => Received::itself(anonymous(ty)),
    }
}

/// Whether the type is one of those that have no codec.
pub(crate) fn is_of_host(ty: &Type) -> bool {
    let ty = match peel(ty) {
        Type::Reference(reference) => peel(&reference.elem),
        ty => ty,
    };
    let Type::Path(path) = ty else { return false };
    let name = path.path.segments.last().map(|last| &last.ident);
    name.is_some_and(|name| ["State", "Scalar", "CurrentPlugin"].iter().any(|own| name == own))
}

fn argument(index: usize, typed: &PatType, codec: Option<&Path>, errors: &mut Errors) -> Argument {
    check_type(&typed.ty, "an argument", errors);
    if let Type::Reference(ty) = peel(&typed.ty)
        && let Some(lifetime) = ty.lifetime.as_ref().filter(|lifetime| lifetime.ident == "static")
    {
        errors.at(lifetime, "an argument can borrow from the plug-in only during the call: remove `'static`");
    }
    let name = match &*typed.pat {
        Pat::Ident(pat) => pat.ident.unraw().to_string(),
        _ => (index + 1).to_string(),
    };
    let kind = match peel(&typed.ty) {
        Type::Reference(ty) if ty.mutability.is_some() => ArgumentKind::Exclusive(anonymous(&ty.elem)),
        ty => ArgumentKind::Taken(taken(ty, codec)),
    };
    Argument { cfgs: cfgs(&typed.attrs), name, text: type_text(peel(&typed.ty)), kind }
}

/// The name of the result in errors.
const RESULT: &str = "the result";

fn check_type(ty: &Type, what: &str, errors: &mut Errors) {
    let Type::ImplTrait(ty) = peel(ty) else { return };
    if what == RESULT && is_future(&ty.bounds) {
        errors.at(ty, FUTURE);
    } else {
        errors.at(
            ty,
            format!("{what} of a host function needs a concrete type, because plug-ins import it with one signature"),
        );
    }
}

/// The result's type, or `()` if there is no result; named lifetimes are replaced by `'_`.
pub(crate) fn result(sig: &Signature, errors: &mut Errors) -> Type {
    let ty = match &sig.output {
        ReturnType::Default => return unit(sig.ident.span()),
        ReturnType::Type(_, ty) => &**ty,
    };
    check_type(ty, RESULT, errors);
    let used = lifetime_use(ty);
    if borrows_from_plugin(&used, sig) {
        errors.at(
            ty,
            "the result cannot borrow from the plug-in, because it is written to the plug-in's memory: \
             return an owned type, such as `String` or `Vec<u8>`",
        );
    }
    anonymous(ty)
}

/// Whether a lifetime in the result is one of an argument's, except `&self`, which belongs to the host.
fn borrows_from_plugin(result: &LifetimeUse, sig: &Signature) -> bool {
    let lifetime = match sig.receiver().map(|receiver| &receiver.kind) {
        Some(ReceiverKind::Reference(_, lifetime, _)) => lifetime.as_ref(),
        Some(ReceiverKind::Typed(_, ty)) => match peel(ty) {
            Type::Reference(reference) => reference.lifetime.as_ref(),
            _ => return result.borrows(),
        },
        _ => return result.borrows(),
    };
    result.named.iter().any(|named| Some(named) != lifetime)
}

/// How a result of this type is written: the type that is, and how it is made.
pub(crate) fn written(ty: Type, codec: Option<&Path>) -> (Type, Written) {
    let Some(codec) = codec.filter(|codec| !is_of_host(&ty) && names_no_codec(&ty, codec)) else {
        return (ty, Written::AsIs);
    };
    if let Some((ok, _)) = result_types(&ty) {
        if !names_no_codec(&ok, codec) || is_of_host(&ok) {
            return (ty, Written::AsIs);
        }
        let wrapped = in_codec(codec, &ok);
        return (with_ok(&ty, &parse_quote!(#wrapped)), Written::OkIn(codec.clone()));
    }
    let wrapped = in_codec(codec, &ty);
    (parse_quote!(#wrapped), Written::In(codec.clone()))
}

fn unit(span: Span) -> Type {
    parse_quote_spanned!(span=> ())
}
