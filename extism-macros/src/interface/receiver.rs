//! The receivers of an interface's methods: all `&mut self` or all `&self`.

use proc_macro2::Span;
use syn::{Receiver, ReceiverKind, Signature, Token, parse_quote_spanned};

use super::{
    model::{Access, Method},
    result,
};
use crate::common::Errors;

/// Returns `&mut self` or `&self` as written, with its meaning, and `&mut self` if something else is written.
pub(super) fn receiver(sig: &Signature, errors: &mut Errors) -> (Receiver, Option<Access>) {
    let Some(receiver) = sig.receiver() else {
        errors.at(
            &sig.ident,
            "a method of an interface needs a receiver: add `&mut self`, or `&self` to share the client between callers",
        );
        return (receiver_for(Access::Exclusive, sig.ident.span()), None);
    };
    let message = match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(_)) => return (receiver.clone(), Some(Access::Exclusive)),
        ReceiverKind::Reference(..) => return (receiver.clone(), Some(Access::Shared)),
        ReceiverKind::Value => "a call does not consume the plug-in: take `&mut self` or `&self`",
        _ => "the receiver cannot have a type: write `&mut self` or `&self`",
    };
    errors.at(receiver, message);
    (receiver_for(Access::Exclusive, receiver.self_token.span), None)
}

/// `&mut self` or `&self`.
pub(super) fn receiver_for(access: Access, span: Span) -> Receiver {
    let and: Token![&] = parse_quote_spanned!(span=> &);
    let mutability: Token![mut] = parse_quote_spanned!(span=> mut);
    let kind = ReceiverKind::Reference(and, None, Some(mutability).filter(|_| access == Access::Exclusive));
    Receiver { attrs: Vec::new(), mutability: None, self_token: Token![self](span), kind }
}

/// The access of all methods, which is that of the first. Reports the first method that differs, or what the access does
/// not allow.
pub(super) fn common_access(methods: &[Method], errors: &mut Errors) -> Access {
    let mut known = methods.iter().filter_map(|method| Some((method, method.access?)));
    let Some((first, access)) = known.next() else { return Access::default() };
    if let Some((other, _)) = known.find(|(_, other)| *other != access) {
        let (own, theirs) = match access {
            Access::Exclusive => ("&mut self", "&self"),
            Access::Shared => ("&self", "&mut self"),
        };
        errors.at(
            &other.receiver,
            format!(
                "`{}` takes `{own}`, so this method cannot take `{theirs}`: with `&mut self`, a client is one \
                 instance, which keeps its state from call to call; with `&self`, it shares a pool of instances",
                first.ident
            ),
        );
    } else if access == Access::Shared {
        for method in methods {
            result::check_owned(&method.output, errors);
        }
    }
    access
}
