//! What a plug-in says of itself in its custom section `extism:interface`: the interface as JSON, in the format of the
//! crate `extism-interface`. One document follows another, as the linker joins those of several interfaces.

use std::{env, fmt::Write as _};

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Path, Type, ext::IdentExt};

use super::super::{
    model::{Interface, Method},
    options::ArgsFormat,
};
use crate::common::{anonymous, peel, type_text};

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
    let version = interface.version.as_ref().map(syn::LitStr::value).or_else(|| env::var("CARGO_PKG_VERSION").ok());
    if let Some(version) = version {
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
        let format = method.format.is_none().then(|| format(&argument.ty, method.input_codec.as_ref())).flatten();
        wire(&mut json, "wire", format);
        json.push('}');
    }
    json.push(']');
    entry(&mut json, "encoding", encoding);
    entry(&mut json, "result", &method.result_text());
    let output = match (&method.output.ok, &method.output.declared) {
        (Some(ty), _) => format(ty, method.output_codec.as_ref()),
        (None, syn::ReturnType::Default) => Some("none".to_owned()),
        (None, syn::ReturnType::Type(..)) => None,
    };
    wire(&mut json, "output", output);
    if let Some(codec) =
        method.input_codec.as_ref().or(method.output_codec.as_ref()).and_then(|path| path.segments.last())
    {
        entry(&mut json, "codec", &codec.ident.to_string());
    }
    let optional = method.is_optional() || method.body().is_some();
    json.push_str(if optional { ",\"optional\":true}" } else { "}" });
    json
}

fn wire(json: &mut String, key: &str, format: Option<String>) {
    if let Some(format) = format {
        json.push(',');
        string(json, key);
        json.push_str(":{\"format\":");
        string(json, &format);
        json.push('}');
    }
}

/// The format of a type, if its tokens show it: the types' own constants are not known here.
fn format(ty: &Type, codec: Option<&Path>) -> Option<String> {
    const NUMBERS: [&str; 13] =
        ["u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "bool"];

    let of_codec = |name: &str| match name {
        "Json" => Some("json".to_owned()),
        "Msgpack" => Some("msgpack".to_owned()),
        "Prost" => Some("protobuf".to_owned()),
        _ => None,
    };
    if let Some(codec) = codec {
        return of_codec(&codec.segments.last()?.ident.to_string());
    }
    match type_text(peel(&anonymous(ty))).as_str() {
        "()" => Some("none".to_owned()),
        "&str" | "&'_ str" | "String" => Some("utf8".to_owned()),
        "&[u8]" | "&'_ [u8]" | "Vec<u8>" => Some("bytes".to_owned()),
        number if NUMBERS.contains(&number) => Some(number.to_owned()),
        text => of_codec(text.split_once('<')?.0),
    }
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
