//! The methods of a trait.

use std::fmt::Write as _;

use super::{
    both::Both,
    docs,
    names::{argument_name, function_name, method_name},
    types::{self, RustTypes},
};
use crate::{Encoding, Format, FormatKind, Interface, Method, Role, Wire};

/// Writes a method, whose name is none of `taken`.
pub(super) fn function(
    interface: &Interface,
    method: &Method,
    types: &mut RustTypes,
    taken: &mut Vec<String>,
) -> String {
    let name = method_name(method, taken);
    let mut out = docs(&method.docs, "    ");
    let arguments = arguments(interface, method, types);
    let options = options(method, &name, arguments.is_some());
    if !options.is_empty() {
        let attribute = if interface.role == Role::Host { "host_fn" } else { "export" };
        let _ = writeln!(out, "    #[{attribute}({})]", options.join(", "));
    }
    let arguments = arguments.unwrap_or_else(|| {
        // An argument has a name that is none in Rust: a structure can rename its fields.
        let input = value(&method.input(), &format!("{}_input", method.export), interface, types, true);
        format!(", input: {input}")
    });
    if !is_snake_case(&arguments) {
        out.push_str("    #[allow(non_snake_case)]\n");
    }
    let receiver = if interface.role == Role::Host { "&self" } else { "&mut self" };
    let _ = writeln!(out, "    fn {name}({receiver}{arguments}){};", returns(interface, method, types));
    out
}

/// The options of the method's attribute.
fn options(method: &Method, name: &str, apart: bool) -> Vec<String> {
    let mut options = Vec::new();
    if name.trim_start_matches("r#") != method.export {
        options.push(format!("name = {:?}", method.export));
    }
    if method.optional {
        options.push("optional".to_owned());
    }
    match method.encoding {
        Encoding::JsonObject if apart => options.push("args = \"json-object\"".to_owned()),
        Encoding::Msgpack => options.push("args = \"msgpack\"".to_owned()),
        Encoding::JsonArray if method.arguments.len() <= 1 => options.push("args = \"json-array\"".to_owned()),
        _ => {}
    }
    if let Some(namespace) = &method.namespace {
        options.push(format!("namespace = {namespace:?}"));
    }
    options
}

/// The arguments; `None` if their names have to be those of an object's fields, and cannot be.
fn arguments(interface: &Interface, method: &Method, types: &mut RustTypes) -> Option<String> {
    let mut names = Vec::new();
    let mut written = String::new();
    for argument in method.arguments.iter() {
        let name = match argument_name(&argument.name, &mut names) {
            Some(name) => name,
            None if method.encoding == Encoding::JsonObject => return None,
            None => function_name(&argument.name, &mut names),
        };
        let hint = format!("{}_{}", method.export, argument.name);
        let ty = if method.encoding == Encoding::Direct {
            value(&argument.wire, &hint, interface, types, true)
        } else {
            let ty = Both::of(&argument.wire).map_or_else(types::any, |schema| types.of(schema, &hint, interface));
            if ty == "String" { "&str".to_owned() } else { ty }
        };
        let _ = write!(written, ", {name}: {ty}");
    }
    Some(written)
}

fn is_snake_case(arguments: &str) -> bool {
    arguments.split(", ").filter_map(|argument| argument.split_once(": ")).all(|(name, _)| name == name.to_lowercase())
}

/// The arrow and the type of the result.
fn returns(interface: &Interface, method: &Method, types: &mut RustTypes) -> String {
    let mut output = method.output.clone();
    if let Some(FormatKind::Result(inner)) = method.output.format.as_ref().map(Format::kind)
        && method.error.is_some()
    {
        output.format = Some(Format::new(inner.to_owned()));
    }
    let ok = value(&output, &format!("{}_output", method.export), interface, types, false);
    let error = method.error.as_ref();
    match error.map(|error| types.error(error, &format!("{}_error", method.export), interface)) {
        Some(error) => format!(" -> Result<{ok}, {error}>"),
        None if ok == "()" => String::new(),
        None => format!(" -> {ok}"),
    }
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
            let ty = Both::of(wire).map_or_else(types::any, |schema| types.of(schema, hint, interface));
            format!("{codec}<{ty}>")
        }
        Some(FormatKind::Optional(text)) => {
            format!("Option<{}>", of_kind(Some(inner(text).kind()), wire, hint, interface, types, borrowed))
        }
        Some(FormatKind::Base64(text)) => {
            let ty = of_kind(Some(inner(text).kind()), wire, hint, interface, types, false);
            format!("extism_runtime::codec::Base64<{ty}>")
        }
        Some(FormatKind::Scalar(number)) if types::is_number(number) => {
            format!("extism_runtime::host::Scalar<{number}>")
        }
        Some(FormatKind::Other(number)) if types::is_number(number) => number.to_owned(),
        Some(FormatKind::Other(array)) if array_length(array).is_some() => {
            format!("[u8; {}]", array_length(array).unwrap_or_default())
        }
        Some(_) if borrowed => "&[u8]".to_owned(),
        Some(_) => "Vec<u8>".to_owned(),
    }
}

/// The length in `bytes<N>`.
fn array_length(format: &str) -> Option<u32> {
    format.strip_prefix("bytes<")?.strip_suffix('>')?.parse().ok()
}
