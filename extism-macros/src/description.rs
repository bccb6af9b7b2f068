//! Interfaces as JSON, in the format of the crate `extism-interface`, as far as the tokens of a trait show them: names,
//! documentation, and the formats of types that name their codec. A plug-in has it in its section `extism:interface`.

use std::{env, fmt::Write as _};

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{LitStr, Path, Type};

use crate::common::{FilePath, anonymous, peel, type_text};

/// What the section of a plug-in says of one interface.
pub(crate) struct Described<'d> {
    /// The interface as JSON, for want of a file.
    pub(crate) json: String,
    /// The file that has the schemas of the types too.
    pub(crate) file: Option<&'d FilePath>,
}

impl Described<'_> {
    /// The item that puts it into the section, and the paths of the runtime's macros before it.
    pub(crate) fn item(&self, runtime: &TokenStream) -> TokenStream {
        let Some(file) = self.file else {
            let (bytes, length) = (Literal::byte_string(self.json.as_bytes()), self.json.len());
            return quote!(#runtime::section_item! { #length, #bytes });
        };
        match file.locate() {
            Ok(path) => {
                let path = path.display().to_string();
                quote!(#runtime::section_item! { file #path })
            }
            Err(problem) => {
                let message = format!(
                    "{problem}: `cargo test` of the crate with the interface writes it, if the feature `schema` of \
                     `extism-runtime` is on"
                );
                // Compiled for anything but WebAssembly, a plug-in has no section.
                quote! {
                    #[cfg(target_family = "wasm")]
                    ::core::compile_error! { #message }
                }
            }
        }
    }
}

/// The test, named after the trait in snake case, that keeps the file of an interface current: host and shared crate have it, plug-ins read the file.
pub(crate) fn test(runtime: &Path, snake_case: &str, file: &FilePath, interface: &TokenStream) -> TokenStream {
    let path = file.file();
    let test = quote::format_ident!("the_description_of_{}_is_current", snake_case);
    quote! {
        #[cfg(test)]
        #[::core::prelude::v1::test]
        fn #test() -> ::core::result::Result<(), #runtime::StaleDescription> {
            #runtime::keep_description(#path, #interface)
        }
    }
}

/// A JSON object that is being written.
pub(crate) struct Object(String);

impl Object {
    /// The object of an interface.
    pub(crate) fn of_interface(name: &str, version: Option<&LitStr>, host: bool, docs: &str) -> Self {
        let mut object = Self("{\"format\":1".to_owned());
        object.text("name", name);
        if let Some(version) = version.map(LitStr::value).or_else(|| env::var("CARGO_PKG_VERSION").ok()) {
            object.text("version", &version);
        }
        if host {
            object.text("role", "host");
        }
        object.text("docs", docs);
        object
    }

    /// An object whose first entry is its name.
    pub(crate) fn named(name: &str) -> Self {
        let mut object = Self("{\"name\":".to_owned());
        string(&mut object.0, name);
        object
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        string(&mut self.0, value);
    }

    /// Adds what bytes mean, if that is known.
    pub(crate) fn wire(&mut self, key: &str, format: Option<&str>) {
        if let Some(format) = format {
            self.key(key);
            self.0.push_str("{\"format\":");
            string(&mut self.0, format);
            self.0.push('}');
        }
    }

    /// Adds a list of objects.
    pub(crate) fn list(&mut self, key: &str, objects: impl IntoIterator<Item = String>) {
        self.key(key);
        self.0.push('[');
        self.0.push_str(&objects.into_iter().collect::<Vec<_>>().join(","));
        self.0.push(']');
    }

    /// Adds JSON.
    pub(crate) fn json(&mut self, key: &str, json: &str) {
        self.key(key);
        self.0.push_str(json);
    }

    fn key(&mut self, key: &str) {
        self.0.push(',');
        string(&mut self.0, key);
        self.0.push(':');
    }

    pub(crate) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

pub(crate) fn string(json: &mut String, text: &str) {
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

const NUMBERS: [&str; 13] =
    ["u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "bool"];

/// The format of a type, if its tokens show it: the types' own constants are not known here.
pub(crate) fn format(ty: &Type, codec: Option<&Path>) -> Option<String> {
    if let Some(codec) = codec {
        return of_codec(&codec.segments.last()?.ident.to_string());
    }
    match type_text(peel(&anonymous(ty))).as_str() {
        "()" => Some("none".to_owned()),
        "&str" | "&'_ str" | "String" => Some("utf8".to_owned()),
        "&[u8]" | "&'_ [u8]" | "Vec<u8>" => Some("bytes".to_owned()),
        number if NUMBERS.contains(&number) => Some(number.to_owned()),
        text => of_generic(text),
    }
}

/// The format of `Json<T>`, `Option<T>` and the like.
fn of_generic(text: &str) -> Option<String> {
    let (name, rest) = text.split_once('<')?;
    let inner = || format(&syn::parse_str(rest.strip_suffix('>')?).ok()?, None);
    match name {
        "Option" => Some(format!("optional<{}>", inner()?)),
        "Base64" => Some(format!("base64<{}>", inner()?)),
        "Scalar" => Some(format!("scalar<{}>", rest.strip_suffix('>')?)),
        name => of_codec(name),
    }
}

fn of_codec(name: &str) -> Option<String> {
    match name {
        "Json" => Some("json".to_owned()),
        "Msgpack" => Some("msgpack".to_owned()),
        "Prost" => Some("protobuf".to_owned()),
        _ => None,
    }
}
