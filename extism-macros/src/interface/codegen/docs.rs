//! What the generated items' documentation says beside the user's own text.

use super::super::model::{Interface, Lack, Method};
use super::super::options::OnError;
use syn::ext::IdentExt;

pub(super) fn wrapper(interface: &Interface) -> String {
    let name = interface.item.ident.unraw();
    let lead = if interface.docs.is_empty() { "" } else { "\n" };
    format!(
        "{lead}A plug-in with the exports that [`{name}`] declares. \
         `try_from(plugin)`, `load(source)` and `builder(source)` make one; each checks that all of them are there.",
    )
}

pub(super) fn method(method: &Method, on_error: OnError) -> String {
    let lead = if method.docs.is_empty() { "" } else { "\n" };
    let lack = match method.lack {
        Lack::Refuse => "",
        Lack::Optional => " `None` when the plug-in lacks it.",
        Lack::Default(_) => " When the plug-in lacks it, the trait's own body runs instead.",
    };
    let failures = match (on_error, method.output.fallible) {
        (OnError::Panic, false) => "Panics",
        _ => "Errors",
    };
    let failures = if method.docs.contains(&format!("# {failures}")) {
        String::new()
    } else {
        format!(
            "\n\n# {failures}\n\nWhen the input can't be encoded, the plug-in fails or exceeds a limit, \
             or its output can't be decoded."
        )
    };
    format!("{lead}Calls the plug-in's export `{}`.{lack}{failures}", method.export)
}
