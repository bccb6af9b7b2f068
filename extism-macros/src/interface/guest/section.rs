//! What a plug-in says of an interface that it implements. One document follows another in its section, as the linker
//! joins those of several interfaces.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::super::{
    model::{Interface, Method},
    options::ArgsFormat,
};
use crate::{
    common::type_text,
    description::{Described, Object, format},
};

/// The item that puts the interface into the section.
pub(super) fn item(interface: &Interface) -> TokenStream {
    let json = describe(interface, &interface.methods) + "\n";
    let described = Described { json, file: interface.description.as_ref() };
    described.item(&quote!($($runtime)*))
}

/// The interface, with these of its methods, as JSON.
pub(crate) fn describe<'m>(interface: &Interface, methods: impl IntoIterator<Item = &'m Method>) -> String {
    let name = interface.item.ident.unraw().to_string();
    let mut object = Object::of_interface(&name, interface.version.as_ref(), false, &interface.docs.text());
    object.list("methods", methods.into_iter().map(method));
    object.finish()
}

fn method(method: &Method) -> String {
    let mut object = Object::named(&method.ident.unraw().to_string());
    object.text("export", &method.export);
    object.text("docs", &method.docs.text());
    let arguments = method.arguments.iter().map(|argument| {
        let mut object = Object::named(&argument.name);
        object.text("type", &type_text(&argument.ty));
        let format = method.format.is_none().then(|| format(&argument.ty, method.input_codec.as_ref())).flatten();
        object.wire("wire", format.as_deref());
        object.finish()
    });
    object.list("arguments", arguments);
    let encoding = match method.format {
        None => "direct",
        Some(ArgsFormat::JsonArray) => "json-array",
        Some(ArgsFormat::JsonObject) => "json-object",
        Some(ArgsFormat::Msgpack) => "msgpack",
    };
    object.text("encoding", encoding);
    object.text("result", &method.result_text());
    let output = match (&method.output.ok, &method.output.declared) {
        (Some(ty), _) => format(ty, method.output_codec.as_ref()),
        (None, syn::ReturnType::Default) => Some("none".to_owned()),
        (None, syn::ReturnType::Type(..)) => None,
    };
    object.wire("output", output.as_deref());
    let codec = method.input_codec.as_ref().or(method.output_codec.as_ref()).and_then(|path| path.segments.last());
    if let Some(codec) = codec {
        object.text("codec", &codec.ident.to_string());
    }
    if method.is_optional() || method.body().is_some() {
        object.json("optional", "true");
    }
    object.finish()
}
