//! The documentation of generated items, added to the user's own text.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;

use super::super::{
    documentation::Section,
    model::{Interface, Method, Missing},
    options::OnError,
};

pub(super) fn client(interface: &Interface) -> TokenStream {
    let name = interface.item.ident.unraw();
    let sentence = format!(
        "A client of plug-ins with the exports that [`{name}`] declares. \
         `load(source)`, `builder(source)` and `try_from(plugin)` create one, and check that these exports exist.",
    );
    interface.docs.with(&sentence, None)
}

/// The method's documentation, with a sentence on its export before the first heading and the errors at the end.
pub(super) fn method(method: &Method, on_error: OnError) -> TokenStream {
    let missing = match method.missing {
        Missing::Refuse => "",
        Missing::Optional => " Returns `None` if the plug-in does not have it.",
        Missing::Default(_) => " If the plug-in does not have it, the trait's default body runs.",
    };
    let (heading, outcome) = match (on_error, method.output.fallible) {
        (OnError::Panic, false) => ("Panics", "Panics"),
        _ => ("Errors", "Returns an error"),
    };
    let text = format!(
        "{outcome} if the input cannot be encoded, the plug-in fails or exceeds a limit, \
         or its output cannot be decoded."
    );
    let sentence = format!("Calls the plug-in's export `{}`.{missing}", method.export);
    method.docs.with(&sentence, Some(Section { heading, text: &text }))
}
