//! An interface as Rust: the trait, and its types.

mod names;
mod types;

use std::fmt::Write as _;

use self::{
    names::{function_name, type_name},
    types::RustTypes,
};
use crate::{Description, Encoding, Format, FormatKind, Interface, Method, Role, Wire, text};

/// Writes a module with the traits of the interfaces (`#[plugin_interface]`, `#[host_interface]`) and their types. It needs
/// `extism-runtime` with the feature `schema`, `serde`, `serde_json` and `schemars`. Types that Rust's derives cannot express,
/// such as sum types of other languages, become `serde_json::Value`.
#[must_use]
pub fn write(description: &Description) -> String {
    let mut types = RustTypes::new();
    let traits: Vec<String> = description.interfaces.iter().map(|interface| item(interface, &mut types)).collect();
    let definitions = types.finish();
    let macros = match (description.with_role(Role::Plugin).next(), description.with_role(Role::Host).next()) {
        (Some(_), Some(_)) => "host_interface, plugin_interface",
        (None, Some(_)) => "host_interface",
        _ => "plugin_interface",
    };
    let mut out = String::new();
    let mut line = |text: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{text}");
    };
    let json = if traits.iter().any(|text| text.contains("Json<")) { "Json, " } else { "" };
    let imports = format!("{json}{macros}");
    let imports = if imports.contains(", ") { format!("{{{imports}}}") } else { imports };
    line(&format!("use extism_runtime::{imports};"));
    if !definitions.is_empty() {
        line("use schemars::JsonSchema;");
        line("use serde::{Deserialize, Serialize};");
    }
    for item in traits.iter().chain(&definitions) {
        line("");
        line(item.trim_end());
    }
    out
}

fn item(interface: &Interface, types: &mut RustTypes) -> String {
    let mut out = docs(&interface.docs, "");
    let version = interface.version.as_ref().map_or_else(String::new, |version| format!("(version = {version:?})"));
    let attribute = if interface.role == Role::Host { "host_interface" } else { "plugin_interface" };
    let _ = writeln!(out, "#[{attribute}{version}]\npub trait {} {{", type_name(&interface.name));
    let mut taken = Vec::new();
    for (index, method) in interface.methods.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&function(interface, method, types, &mut taken));
    }
    out.push_str("}\n");
    out
}

fn function(interface: &Interface, method: &Method, types: &mut RustTypes, taken: &mut Vec<String>) -> String {
    let name = function_name(&method.export, taken);
    let mut options = Vec::new();
    if name.trim_start_matches("r#") != method.export {
        options.push(format!("name = {:?}", method.export));
    }
    if method.optional {
        options.push("optional".to_owned());
    }
    let several = method.arguments.len() > 1;
    match method.encoding {
        Encoding::JsonObject => options.push("args = \"json-object\"".to_owned()),
        Encoding::Msgpack => options.push("args = \"msgpack\"".to_owned()),
        Encoding::JsonArray if !several => options.push("args = \"json-array\"".to_owned()),
        _ => {}
    }
    if let Some(namespace) = &method.namespace {
        options.push(format!("namespace = {namespace:?}"));
    }
    let mut out = docs(&method.docs, "    ");
    if !options.is_empty() {
        let attribute = if interface.role == Role::Host { "host_fn" } else { "export" };
        let _ = writeln!(out, "    #[{attribute}({})]", options.join(", "));
    }
    let receiver = if interface.role == Role::Host { "&self" } else { "&mut self" };
    let mut names = Vec::new();
    let arguments = method.arguments.iter().map(|argument| {
        let name = function_name(&argument.name, &mut names);
        let hint = format!("{}_{}", method.export, argument.name);
        let ty = if method.encoding == Encoding::Direct {
            value(&argument.wire, &hint, interface, types, true)
        } else {
            argument.wire.schema.as_ref().map_or_else(types::any, |schema| types.of(schema, &hint, interface))
        };
        format!(", {name}: {ty}")
    });
    let arguments: String = arguments.collect();
    let returns = match value(&method.output, &format!("{}_output", method.export), interface, types, false).as_str() {
        "()" => String::new(),
        ty => format!(" -> {ty}"),
    };
    let _ = writeln!(out, "    fn {name}({receiver}{arguments}){returns};");
    out
}

/// A type with its codec.
fn value(wire: &Wire, hint: &str, interface: &Interface, types: &mut RustTypes, borrowed: bool) -> String {
    of_kind(wire.format.as_ref().map(Format::kind), wire, hint, interface, types, borrowed)
}

fn of_kind(
    kind: Option<FormatKind<'_>>,
    wire: &Wire,
    hint: &str,
    interface: &Interface,
    types: &mut RustTypes,
    borrowed: bool,
) -> String {
    let inner = |text: &str| Format::new(text.to_owned());
    match kind {
        Some(FormatKind::None) => "()".to_owned(),
        Some(FormatKind::Utf8) if borrowed => "&str".to_owned(),
        Some(FormatKind::Utf8) => "String".to_owned(),
        Some(FormatKind::Bytes) | None if borrowed => "&[u8]".to_owned(),
        Some(FormatKind::Bytes) | None => "Vec<u8>".to_owned(),
        Some(FormatKind::Json | FormatKind::Msgpack) => {
            let codec = if kind == Some(FormatKind::Json) { "Json" } else { "extism_runtime::codec::Msgpack" };
            let ty = wire.schema.as_ref().map_or_else(types::any, |schema| types.of(schema, hint, interface));
            format!("{codec}<{ty}>")
        }
        Some(FormatKind::Optional(text)) => {
            format!("Option<{}>", of_kind(Some(inner(text).kind()), wire, hint, interface, types, borrowed))
        }
        Some(FormatKind::Base64(text)) => {
            let ty = of_kind(Some(inner(text).kind()), wire, hint, interface, types, false);
            format!("extism_runtime::codec::Base64<{ty}>")
        }
        Some(FormatKind::Other(number)) if types::is_number(number) => number.to_owned(),
        Some(_) if borrowed => "&[u8]".to_owned(),
        Some(_) => "Vec<u8>".to_owned(),
    }
}

/// Documentation as comments.
fn docs(text: &str, indent: &str) -> String {
    let text = text::docs(text);
    text::lines(&text).map(|line| format!("{indent}/// {line}").trim_end().to_owned() + "\n").collect()
}
