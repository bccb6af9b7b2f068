//! What the generated items' documentation says beside the user's own text.

use std::slice;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::super::{
    model::{Interface, Lack, Method},
    options::OnError,
};
use crate::common::docs;

pub(super) fn wrapper(interface: &Interface) -> String {
    let name = interface.item.ident.unraw();
    let lead = if interface.docs.is_empty() { "" } else { "\n" };
    format!(
        "{lead}A plug-in with the exports that [`{name}`] declares. \
         `try_from(plugin)`, `load(source)` and `builder(source)` make one; each checks that all of them are there.",
    )
}

/// The method's attributes with what its documentation says beside the user's own text: the export before the first
/// heading, the errors at the end.
pub(super) fn method(method: &Method, on_error: OnError) -> TokenStream {
    let heading = method.attributes.iter().position(|attribute| docs(slice::from_ref(attribute)).starts_with("# "));
    let (before, after) = method.attributes.split_at(heading.unwrap_or(method.attributes.len()));
    let lead = if docs(before).is_empty() { "" } else { "\n" };
    let end = if heading.is_some() { "\n" } else { "" };
    let lack = match method.lack {
        Lack::Refuse => "",
        Lack::Optional => " `None` when the plug-in lacks it.",
        Lack::Default(_) => " When the plug-in lacks it, the trait's own body runs instead.",
    };
    let export = format!("{lead}Calls the plug-in's export `{}`.{lack}{end}", method.export);
    let failures = failures(method, on_error);
    quote!(#(#before)* #[doc = #export] #(#after)* #failures)
}

/// When the method fails, unless the user's text says so.
fn failures(method: &Method, on_error: OnError) -> Option<TokenStream> {
    let heading = match (on_error, method.output.fallible) {
        (OnError::Panic, false) => "# Panics",
        _ => "# Errors",
    };
    let text = format!(
        "\n{heading}\n\nWhen the input can't be encoded, the plug-in fails or exceeds a limit, \
         or its output can't be decoded."
    );
    (!method.docs.contains(heading)).then(|| quote!(#[doc = #text]))
}
