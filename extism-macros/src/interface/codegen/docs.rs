//! The documentation of generated items, added to the user's own text.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;

use super::super::{
    documentation::Section,
    model::{Interface, Lack, Method},
    options::OnError,
};

pub(super) fn wrapper(interface: &Interface) -> TokenStream {
    let name = interface.item.ident.unraw();
    let sentence = format!(
        "A plug-in with the exports that [`{name}`] declares. \
         `try_from(plugin)`, `load(source)` and `builder(source)` make one; each checks that all of them are there.",
    );
    interface.docs.with(&sentence, None)
}

/// The method's documentation, with a sentence on its export before the first heading and the errors at the end.
pub(super) fn method(method: &Method, on_error: OnError) -> TokenStream {
    let lack = match method.lack {
        Lack::Refuse => "",
        Lack::Optional => " `None` when the plug-in lacks it.",
        Lack::Default(_) => " When the plug-in lacks it, the trait's own body runs instead.",
    };
    let heading = match (on_error, method.output.fallible) {
        (OnError::Panic, false) => "Panics",
        _ => "Errors",
    };
    let text = "When the input cannot be encoded, the plug-in fails or exceeds a limit, \
                or its output cannot be decoded.";
    let sentence = format!("Calls the plug-in's export `{}`.{lack}", method.export);
    method.docs.with(&sentence, Some(Section { heading, text }))
}
