//! What a plug-in says of the host's functions that it may import.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Type, ext::IdentExt};

use super::model::{HostAnswer, HostInterface, HostMethod};
use crate::{
    common::{cfgs, names_no_codec, peel, type_text},
    description::{Described, Object, format},
    host_fn::signature::is_of_host,
    interface::documentation,
};

/// The item that puts the interface into the plug-in's section.
pub(super) fn item(interface: &HostInterface) -> TokenStream {
    let described = Described { json: describe(interface) + "\n", file: interface.description.as_ref() };
    let item = described.item(&interface.runtime.to_token_stream());
    let cfgs = cfgs(&interface.item.attrs);
    quote! {
        #(#cfgs)*
        const _: () = {
            #item
        };
    }
}

fn describe(interface: &HostInterface) -> String {
    let docs = documentation(&interface.item.attrs);
    let name = interface.item.ident.unraw().to_string();
    let mut object = Object::of_interface(&name, interface.version.as_ref(), true, &docs);
    object.list("methods", interface.methods.iter().map(|method| self::method(interface, method)));
    object.finish()
}

fn method(interface: &HostInterface, method: &HostMethod) -> String {
    let function = &method.function;
    let mut object = Object::named(&function.ident.unraw().to_string());
    object.text("export", &function.name);
    if function.namespace != crate::host_fn::read::DEFAULT_NAMESPACE {
        object.text("namespace", &function.namespace);
    }
    object.text("docs", &documentation(interface.attributes(method)));
    let arguments = method.arguments.iter().map(|(ident, ty)| {
        let mut object = Object::named(&ident.unraw().to_string());
        object.text("type", &type_text(ty));
        object.wire("wire", wire(method, ty).as_deref());
        object.finish()
    });
    object.list("arguments", arguments);
    let (result, output, error) = match &method.answer {
        HostAnswer::Nothing => ("()".to_owned(), Some("none".to_owned()), None),
        HostAnswer::Value(ty) => (type_text(ty), wire(method, ty), None),
        HostAnswer::Result(types) => {
            let (ok, error) = &**types;
            let output = wire(method, ok).map(|format| format!("result<{format}>"));
            (type_text(ok), output, Some(error))
        }
    };
    object.text("result", &result);
    object.wire("output", output.as_deref());
    if let Some(error) = error {
        let mut json = String::from("{\"type\":");
        crate::description::string(&mut json, &type_text(error));
        object.json("error", &(json + ",\"wire\":{\"format\":\"json\"}}"));
    }
    object.finish()
}

fn wire(method: &HostMethod, ty: &Type) -> Option<String> {
    let ty = peel(ty);
    format(ty, method.function.codec.as_ref().filter(|codec| names_no_codec(ty, codec) && !is_of_host(ty)))
}
