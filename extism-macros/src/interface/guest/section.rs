//! What a plug-in says of itself in its custom section `extism:interface`: the interface as JSON, in the format of the
//! crate `extism-interface`. One document follows another, as the linker joins those of several interfaces.

use std::{env, fmt::Write as _};

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::super::{
    model::{Interface, Method},
    options::ArgsFormat,
};
use crate::common::type_text;

/// The macro's arm that puts the interface into the section.
pub(super) fn arm(interface: &Interface) -> TokenStream {
    let json = describe(interface);
    let (bytes, length) = (Literal::byte_string(json.as_bytes()), json.len());
    quote! {
        (__extism_section $($runtime:tt)*) => {
            $($runtime)*::section_item! { #length, #bytes }
        };
    }
}

fn describe(interface: &Interface) -> String {
    let mut json = String::from("{\"format\":1");
    entry(&mut json, "name", &interface.item.ident.unraw().to_string());
    if let Ok(version) = env::var("CARGO_PKG_VERSION") {
        entry(&mut json, "version", &version);
    }
    entry(&mut json, "docs", &interface.docs.text());
    json.push_str(",\"methods\":[");
    let methods: Vec<_> = interface.methods.iter().map(method).collect();
    json.push_str(&methods.join(","));
    json.push_str("]}\n");
    json
}

fn method(method: &Method) -> String {
    let encoding = match method.format {
        None => "direct",
        Some(ArgsFormat::JsonArray) => "json-array",
        Some(ArgsFormat::JsonObject) => "json-object",
        Some(ArgsFormat::Msgpack) => "msgpack",
    };
    let mut json = String::from("{\"name\":");
    string(&mut json, &method.ident.unraw().to_string());
    entry(&mut json, "export", &method.export);
    entry(&mut json, "docs", &method.docs.text());
    json.push_str(",\"arguments\":[");
    for (index, argument) in method.arguments.iter().enumerate() {
        json.push_str(if index == 0 { "{\"name\":" } else { ",{\"name\":" });
        string(&mut json, &argument.name);
        entry(&mut json, "type", &type_text(&argument.ty));
        json.push('}');
    }
    json.push(']');
    entry(&mut json, "encoding", encoding);
    entry(&mut json, "result", &method.result_text());
    if let Some(codec) =
        method.input_codec.as_ref().or(method.output_codec.as_ref()).and_then(|path| path.segments.last())
    {
        entry(&mut json, "codec", &codec.ident.to_string());
    }
    let optional = method.is_optional() || method.body().is_some();
    json.push_str(if optional { ",\"optional\":true}" } else { "}" });
    json
}

fn entry(json: &mut String, key: &str, value: &str) {
    json.push(',');
    string(json, key);
    json.push(':');
    string(json, value);
}

fn string(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\n' => json.push_str("\\n"),
            control if control.is_control() => {
                let mut units = [0; 2];
                for unit in control.encode_utf16(&mut units) {
                    // Writing to a string never fails.
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
            letter => json.push(letter),
        }
    }
    json.push('"');
}
