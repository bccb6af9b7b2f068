//! Compares what a module says of itself with the interface, as far as the trait's tokens show what that means: the types'
//! own codecs and schemas are known only to the compiled program, which compares them when it creates the client.

use extism_interface::{
    Description, SECTION,
    compare::{Difference, compare, described},
};
use proc_macro2::Span;
use syn::spanned::Spanned;

use super::{
    super::{guest::section::describe, model::Interface},
    report::report,
};
use crate::common::{Errors, peel};

pub(super) fn check(interface: &mut Interface, module: &[u8], errors: &mut Errors) {
    let Some(wasm) = &interface.wasm else { return };
    let file = wasm.path.display();
    let theirs = Description::from_module(module);
    let mut own = extism_interface::Interface::new("");
    own.require_section = interface.require_section;
    let theirs = match described(&own, theirs.as_ref().map(Option::as_ref)) {
        Ok(None) => return,
        Ok(Some(theirs)) => theirs,
        Err(refused) => return errors.at(&wasm.path, format!("`{file}`: {refused}")),
    };
    for index in 0..interface.methods.len() {
        // Each by itself: of two with the same export, conditions exclude one.
        let differences = of_method(interface, index).map(|own| compare(&own, theirs)).unwrap_or_default();
        let Some(method) = interface.methods.get_mut(index) else { continue };
        for difference in differences {
            let message = format!("{difference}, as the section `{SECTION}` of `{file}` says");
            report(method, syn::Error::new(span(method, &difference), message), errors);
        }
    }
}

/// The interface with one of its methods, of the same JSON that a plug-in of it carries.
fn of_method(interface: &Interface, index: usize) -> Option<extism_interface::Interface> {
    let json = describe(interface, interface.methods.get(index));
    Description::from_json(json.as_bytes()).ok()?.interfaces.into_iter().next()
}

/// The argument's type, or the result's, or the method.
fn span(method: &super::super::model::Method, difference: &Difference) -> Span {
    let root = difference.place.split(['.', '[']).next().unwrap_or_default();
    let argument = method.arguments.iter().find(|argument| argument.name == root);
    match (argument, &method.output.ok, root) {
        (Some(argument), ..) => peel(&argument.ty).span(),
        (None, Some(ok), "result") => ok.span(),
        _ => method.export_span,
    }
}
