//! An interface as a page for the authors of plug-ins.

mod bytes;
mod types;

use std::fmt::Write as _;

use crate::{Description, Encoding, FormatKind, Interface, Method, Role, Wire, text};

/// Writes a page: each function with the bytes that it takes and returns and an example, each host function, each type.
#[must_use]
pub fn write(description: &Description) -> String {
    let mut page = Page { out: String::new() };
    for interface in description.with_role(Role::Plugin) {
        page.heading(1, &title(interface));
        page.docs(&interface.docs);
        page.paragraph(PLUGIN);
        for method in interface.methods.iter() {
            page.export(interface, method);
        }
    }
    for interface in description.with_role(Role::Host) {
        page.heading(1, &title(interface));
        page.docs(&interface.docs);
        page.paragraph(HOST);
        for method in interface.methods.iter() {
            page.import(interface, method);
        }
    }
    page.types(description);
    page.heading(1, "Bytes");
    page.paragraph(BYTES);
    for text in [TABLE.trim_end(), MODULE, JSON, TOOL] {
        page.paragraph(text);
    }
    page.out
}

const PLUGIN: &str = "A plug-in exports these functions. Each reads its input, sets its output, and returns 0. On failure it sets \
                      an error's text and returns another number. See [Bytes](#bytes) for how. It may leave out what is optional. An \
                      instance keeps its memory from one call to the next.";

const HOST: &str = "The host provides these functions, which a plug-in may import. Unless it says otherwise, an argument is the \
                    offset (`i64`) of a block with the bytes, and so is the result: see [Bytes](#bytes). Offset 0 is a block \
                    without bytes. After the call, the plug-in frees the blocks of its arguments and of the result.";

/// What the functions of the PDKs do, for those who have none.
const BYTES: &str = "Input, output, and what host functions take and return are bytes in a memory that is not the plug-in's own. \
                     PDKs have functions for it. Without a PDK, a plug-in imports these from `extism:host/env` and copies byte \
                     by byte, or eight at a time:";

const TABLE: &str = "\
| import | parameters | result | |
| --- | --- | --- | --- |
| `input_length` | | `i64` | the number of the input's bytes |
| `input_load_u8`, `input_load_u64` | index `i64` | `i32`, `i64` | one byte of the input, or eight, little endian |
| `alloc` | length `i64` | `i64` | the offset of a new block; 0 if there is no memory for it |
| `length` | offset `i64` | `i64` | the number of a block's bytes; 0 for offset 0 |
| `load_u8`, `load_u64` | offset `i64` | `i32`, `i64` | one byte of a block, or eight; `offset + n` is the byte with index n |
| `store_u8`, `store_u64` | offset `i64`, value `i32` or `i64` | | sets one byte of a block, or eight |
| `free` | offset `i64` | | gives a block back; nothing for offset 0 |
| `output_set` | offset `i64`, length `i64` | | makes a block the output; it is not freed |
| `error_set` | offset `i64` | | makes a block, with text in UTF-8, the error; it is not freed |
";

/// What a module is, for those who have no PDK.
const MODULE: &str = "The module needs nothing else: no memory that it exports, no function that starts it, no WASI. In C, \
                      `__attribute__((import_module(\"extism:host/env\"), import_name(\"alloc\")))` before a declaration makes \
                      it an import, and `__attribute__((export_name(\"NAME\")))` before a function makes it an export.";

const JSON: &str = "JSON may have white space between its parts, escapes in texts, fields in any order, and fields that are not \
                    listed here, which a reader passes over unless they are refused.";

const TOOL: &str = "`extism-call stamp plugin.wasm --interface FILE` writes this interface into the module, so that hosts compare \
                    it with theirs; `extism-call check plugin.wasm --interface FILE` tells what the module lacks.";

struct Page {
    out: String,
}

fn title(interface: &Interface) -> String {
    let name = text::name(&interface.name);
    interface.version.as_ref().map_or_else(|| name.to_string(), |version| format!("{name} {}", text::name(version)))
}

impl Page {
    fn line(&mut self, line: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.out, "{line}");
    }

    fn paragraph(&mut self, text: &str) {
        self.line(text);
        self.line("");
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.paragraph(&format!("{} {text}", "#".repeat(level)));
    }

    fn docs(&mut self, docs: &str) {
        let docs = text::docs(docs);
        if docs.is_empty() {
            return;
        }
        for line in text::lines(&docs) {
            // Headings of the documentation are below those of the page.
            let line = if line.starts_with('#') { format!("###{line}") } else { line };
            self.line(&line);
        }
        self.line("");
    }

    fn export(&mut self, interface: &Interface, method: &Method) {
        let optional = if method.optional { " (optional)" } else { "" };
        self.heading(2, &format!("`{}`{optional}", text::name(&method.export)));
        self.paragraph(&format!("`(func (export {}) (result i32))`", quoted(&method.export)));
        self.docs(&method.docs);
        if method.arguments.len() > 1 {
            let names = text::list(method.arguments.iter().map(|argument| &*argument.name));
            let how =
                if method.encoding == Encoding::JsonObject { "fields of an object" } else { "elements of an array" };
            self.paragraph(&format!("The input has {names} as the {how}."));
        }
        self.bytes("Input", &method.input(), interface);
        self.bytes("Output", &method.output, interface);
        if let Some(error) = &method.error {
            self.error(error, interface);
        }
    }

    fn import(&mut self, interface: &Interface, method: &Method) {
        let names: Vec<String> =
            method.arguments.iter().map(|argument| text::name(&argument.name).to_string()).collect();
        self.heading(2, &format!("`{}({})`", text::name(&method.export), names.join(", ")));
        let namespace = method.namespace.as_deref().unwrap_or("extism:host/user");
        let (namespace, name) = (quoted(namespace), quoted(&method.export));
        self.paragraph(&format!("`(import {namespace} {name} (func{}))`", signature(method)));
        self.docs(&method.docs);
        for argument in method.arguments.iter() {
            self.bytes(&format!("Argument `{}`", text::name(&argument.name)), &argument.wire, interface);
        }
        if wasm_type(&method.output).is_some() {
            self.bytes("Result", &method.output, interface);
        }
        if let Some(error) = &method.error {
            self.bytes("Error (after the byte 1)", &error.wire, interface);
        }
    }
}

/// A name in the text format of WebAssembly, on one line.
fn quoted(name: &str) -> String {
    format!("\"{}\"", text::name(name).to_string().replace('"', "\\22").replace('`', "\\60"))
}

/// The parameters and the result of a host function, in the text format of WebAssembly.
fn signature(method: &Method) -> String {
    let part = |keyword: &str, types: Vec<&str>| match types.as_slice() {
        [] => String::new(),
        types => format!(" ({keyword} {})", types.join(" ")),
    };
    let parameters = method.arguments.iter().map(|argument| wasm_type(&argument.wire).unwrap_or("i64"));
    part("param", parameters.collect()) + &part("result", wasm_type(&method.output).into_iter().collect())
}

/// The WebAssembly type that an argument or a result of a host function crosses as; `None` if it is no result.
fn wasm_type(wire: &Wire) -> Option<&'static str> {
    match wire.format.as_ref().map(crate::Format::kind) {
        Some(FormatKind::None) => None,
        Some(FormatKind::Scalar(name)) => ["i32", "f32", "f64"].into_iter().find(|ty| *ty == name).or(Some("i64")),
        _ => Some("i64"),
    }
}
