//! Defaults of fields as expressions.

use serde_json::Value;

use super::types::is_number;

/// Whether a value is what `Default` gives for a type.
pub(super) fn is_natural(value: &Value, ty: &str) -> bool {
    match value {
        Value::Null => ty.starts_with("Option<"),
        Value::Bool(value) => !value && ty == "bool",
        Value::Number(number) => is_number(ty) && ty != "bool" && number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() && ty == "String",
        Value::Array(list) => list.is_empty() && ty.starts_with("Vec<"),
        Value::Object(map) => map.is_empty() && ty.starts_with("std::collections::BTreeMap<"),
    }
}

/// The expression of a value of a type; `None` if it is none of that type, or has parts.
pub(super) fn expression(value: &Value, ty: &str) -> Option<String> {
    if let Some(inside) = ty.strip_prefix("Option<").and_then(|inside| inside.strip_suffix('>')) {
        return Some(format!("Some({})", expression(value, inside)?));
    }
    match value {
        Value::Bool(value) if ty == "bool" => Some(value.to_string()),
        Value::String(text) if ty == "String" => Some(format!("{text:?}.to_owned()")),
        Value::Number(number) if ty == "f32" || ty == "f64" => Some(format!("{:?}", number.as_f64()?)),
        Value::Number(number) => {
            let number = number.as_i128()?;
            let bits: u32 = ty.get(1..)?.parse().ok().filter(|bits| [8, 16, 32, 64].contains(bits))?;
            let fits = match ty.get(..1)? {
                "u" => (0..1_i128 << bits).contains(&number),
                "i" => (-(1_i128 << (bits - 1))..1_i128 << (bits - 1)).contains(&number),
                _ => false,
            };
            fits.then(|| number.to_string())
        }
        _ => None,
    }
}
