//! From a method of a typed interface, or of a module's description, to types.

use extism_interface::{Argument as Declared, Encoding, FormatKind, Interface, Method, Wire};

use super::{Format, Shape, ValueType, rust, schema};
use crate::{
    JsonForm,
    spec::{Argument, Input, SqlType},
};

/// A method, and how its JSON is shown in SQL.
#[derive(Clone, Copy)]
pub(crate) struct Described<'i> {
    pub(crate) interface: &'i Interface,
    pub(crate) method: &'i Method,
    pub(crate) json: JsonForm,
}

/// Returns the arguments' types and how they are encoded together; the error lists all that have no SQL type.
pub(crate) fn arguments(described: Described<'_>) -> Result<(Vec<Argument>, Input), Vec<String>> {
    let Method { arguments, encoding, .. } = described.method;
    let (input, shared) = match encoding {
        Encoding::JsonArray => (Input::JsonArray, Some(Format::Json)),
        Encoding::JsonObject => (Input::JsonObject, Some(Format::Json)),
        Encoding::Msgpack => (Input::Msgpack, Some(Format::Msgpack)),
        Encoding::Direct if arguments.len() > 1 => {
            return Err(vec![format!(
                "how `{}` encodes its {} arguments is not known",
                described.method.export,
                arguments.len()
            )]);
        }
        _ => (Input::Direct, None),
    };
    let mut problems = Vec::new();
    let mut types = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        match value(described, &argument.wire, &argument.ty, shared.as_ref()) {
            Ok(ty) => types.push(Argument { name: argument.name.to_string(), ty: SqlType::Value(ty) }),
            Err(problem) => problems.push(format!("argument {}, {}", index + 1, named(argument, &problem))),
        }
    }
    if problems.is_empty() { Ok((types, input)) } else { Err(problems) }
}

fn named(argument: &Declared, problem: &str) -> String {
    format!("`{}: {}`, {problem}", argument.name, argument.ty)
}

/// Returns the result's type.
pub(crate) fn result(described: Described<'_>) -> Result<ValueType, String> {
    let Method { output, result, .. } = described.method;
    value(described, output, result, None)
        .and_then(|value| if nameless(&value) { Err(NAMELESS.to_owned()) } else { Ok(value) })
        .map_err(|problem| format!("the result, `{result}`, {problem}"))
}

const NAMELESS: &str = "has no SQL type: in MessagePack, its fields have no names; use `Json<..>`";

/// Whether it has structures that come as arrays of their fields. A schema does not have the fields' order.
fn nameless(value: &ValueType) -> bool {
    fn has_fields(shape: &Shape) -> bool {
        match shape {
            Shape::Struct(_) => true,
            Shape::List(item) => has_fields(&item.shape),
            _ => false,
        }
    }
    let mut format = &value.format;
    while let Format::Base64(inner) | Format::Optional(inner) = format {
        format = inner;
    }
    *format == Format::Msgpack && has_fields(&value.shape)
}

/// The type of a value, whose format is its own or that of all arguments.
fn value(described: Described<'_>, wire: &Wire, ty: &str, shared: Option<&Format>) -> Result<ValueType, String> {
    let mut value = match shared {
        Some(format) => structured(described, wire, ty, format.clone()),
        None => match &wire.format {
            Some(format) => alone(described, wire, ty, format.as_str(), MAX_DEPTH)?,
            None => by_name(ty)?,
        },
    };
    if described.json == JsonForm::Text && matches!(value.shape, Shape::Struct(_)) {
        value.shape = Shape::Json;
    }
    // Such numbers would lose digits.
    if ty.contains("128") && matches!(value.shape, Shape::Json) {
        return Err("has no SQL type: integers of 128 bits do not fit any; use 64 bits, or text".to_owned());
    }
    Ok(value)
}

/// A value in JSON or MessagePack.
fn structured(described: Described<'_>, wire: &Wire, ty: &str, format: Format) -> ValueType {
    const UNKNOWN: &str = "x-extism-unknown";
    let known = wire.schema.as_ref().filter(|schema| schema.get(UNKNOWN).is_none());
    let (shape, nullable) = match known {
        Some(known) => schema::shape(known, described.interface),
        // A name of the author's own type does not tell whether it may be null.
        None => rust::shape(ty).unwrap_or((Shape::Json, ty.contains("Option<"))),
    };
    ValueType { shape, nullable, format }
}

/// How many formats lie within each other at most: their name comes from a plug-in.
const MAX_DEPTH: usize = 8;

/// A value with a format of its own.
fn alone(described: Described<'_>, wire: &Wire, ty: &str, format: &str, depth: usize) -> Result<ValueType, String> {
    let depth = depth.checked_sub(1).ok_or_else(|| "has no SQL type: its format has too many parts".to_owned())?;
    let plain = |shape| Ok(ValueType { shape, nullable: false, format: Format::Plain });
    match extism_interface::Format::new(format.to_owned()).kind() {
        FormatKind::Utf8 => plain(Shape::Text),
        FormatKind::Bytes => plain(Shape::Bytes),
        FormatKind::Json => Ok(structured(described, wire, ty, Format::Json)),
        FormatKind::Msgpack => Ok(structured(described, wire, ty, Format::Msgpack)),
        FormatKind::Base64(inner) => {
            let inner = alone(described, wire, ty, inner, depth)?;
            Ok(ValueType { format: Format::Base64(Box::new(inner.format)), ..inner })
        }
        FormatKind::Optional(inner) => {
            let inner = alone(described, wire, ty, inner, depth)?;
            Ok(ValueType { nullable: true, format: Format::Optional(Box::new(inner.format)), ..inner })
        }
        FormatKind::None => Err("is nothing, and a SQL function has values".to_owned()),
        FormatKind::Other("bool") => plain(Shape::Bool),
        FormatKind::Other(bytes) if bytes.starts_with("bytes<") => plain(Shape::Bytes),
        FormatKind::Other(number) => match rust::shape(number) {
            Some((shape, false)) if number.len() <= 3 => plain(shape),
            _ => Err(format!("has no SQL type: its bytes are `{number}`")),
        },
        _ => Err(format!("has no SQL type: its bytes are `{format}`")),
    }
}

/// A value of which only the type's name is known.
fn by_name(ty: &str) -> Result<ValueType, String> {
    let (shape, nullable) = rust::shape(ty).ok_or_else(|| {
        "has no SQL type: how it is encoded is not known; put it into `Json<..>`, with `derive(JsonSchema)`".to_owned()
    })?;
    let format = match shape {
        Shape::Json | Shape::List(_) | Shape::Struct(_) | Shape::Date | Shape::Time | Shape::Timestamp { .. } => {
            Format::Json
        }
        _ => Format::Plain,
    };
    let format = if ty.contains("Json<") { Format::Json } else { format };
    let outer_option = nullable && !ty.contains("Json<Option<");
    let format = if outer_option { Format::Optional(Box::new(format)) } else { format };
    Ok(ValueType { shape, nullable, format })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_of_many_parts_has_no_sql_type() {
        let (interface, method) = (Interface::new("hostile"), Method::new("export"));
        let described = Described { interface: &interface, method: &method, json: JsonForm::Struct };
        let of = |parts: usize| {
            let format = format!("{}utf8{}", "optional<".repeat(parts), ">".repeat(parts));
            let wire = Wire::new(extism_interface::Format::new(format), None);
            value(described, &wire, "String", None)
        };
        assert!(of(7).is_ok());
        assert!(of(8).unwrap_err().contains("too many parts"));
        assert!(of(1 << 17).unwrap_err().contains("too many parts"), "and the stack is as large as it is");
    }
}
