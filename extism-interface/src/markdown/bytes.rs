//! What bytes mean: in words, and by an example.

use serde_json::Value;

use super::{Page, types::ty};
use crate::{ErrorType, Format, FormatKind, Interface, Wire, example, text};

/// A number that shows the order of its bytes.
const NUMBER: u16 = 1000;

impl Page {
    /// Bytes with an example.
    pub(super) fn bytes(&mut self, what: &str, wire: &Wire, interface: &Interface) {
        let format = wire.format.as_ref().map_or_else(|| "not described".to_owned(), words);
        let schema = wire.schema.as_ref();
        let ty = schema.map_or_else(String::new, |schema| format!(", {}", ty(schema, interface)));
        self.paragraph(&format!("{what}: {format}{ty}."));
        let is_json = wire.format.as_ref().is_none_or(|format| {
            matches!(format.innermost(), FormatKind::Json | FormatKind::Msgpack | FormatKind::Utf8)
        });
        if let Some(schema) = schema.filter(|_| is_json) {
            self.json(&example(schema, interface));
        } else if let Some((bytes, meaning)) = wire.format.as_ref().and_then(|format| of_kind(format.kind())) {
            self.paragraph(&format!("Example: `{}` is {meaning}.", hex(&bytes)));
        }
    }

    /// The error that an export returns as a value.
    pub(super) fn error(&mut self, error: &ErrorType, interface: &Interface) {
        let ty = error.wire.schema.as_ref().map_or_else(String::new, |schema| format!(", {}", ty(schema, interface)));
        self.paragraph(&format!(
            "Error: JSON{ty}, as the value of `extism:error` in the output, besides the error's text and a result other than \
             0. The host gets the value; one that does not know its type gets the text. Without the value, the text alone \
             is an error too."
        ));
        if let Some(schema) = &error.wire.schema {
            self.json(&serde_json::json!({ "extism:error": example(schema, interface) }));
        }
    }

    fn json(&mut self, value: &Value) {
        let json = serde_json::to_string_pretty(value).unwrap_or_default();
        self.line("```json");
        for line in text::lines(&json) {
            self.line(&line);
        }
        self.paragraph("```");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// Bytes, and the value that they are.
fn of_kind(kind: FormatKind<'_>) -> Option<(Vec<u8>, String)> {
    let of = |inner: &str| of_kind(Format::new(inner.to_owned()).kind());
    match kind {
        FormatKind::Optional(inner) => of(inner),
        FormatKind::Result(inner) => {
            let (bytes, meaning) = of(inner).unwrap_or_else(|| (Vec::new(), "success".to_owned()));
            Some(([vec![0], bytes].concat(), meaning))
        }
        FormatKind::Other("bool") => Some((vec![1], "true".to_owned())),
        FormatKind::Other(name) => number(name),
        _ => None,
    }
}

fn number(name: &str) -> Option<(Vec<u8>, String)> {
    match name {
        "u8" | "i8" => return Some((vec![100], "100".to_owned())),
        "f32" => return Some((1.5_f32.to_le_bytes().to_vec(), "1.5".to_owned())),
        "f64" => return Some((1.5_f64.to_le_bytes().to_vec(), "1.5".to_owned())),
        _ => {}
    }
    let bits: usize = name.strip_prefix(['u', 'i'])?.parse().ok()?;
    let length = [16, 32, 64, 128].contains(&bits).then_some(bits / 8)?;
    let mut bytes = u128::from(NUMBER).to_le_bytes().to_vec();
    bytes.truncate(length);
    Some((bytes, NUMBER.to_string()))
}

fn words(format: &Format) -> String {
    match format.kind() {
        FormatKind::None => "no bytes".to_owned(),
        FormatKind::Utf8 => "text in UTF-8, without a 0 at its end".to_owned(),
        FormatKind::Bytes => "bytes".to_owned(),
        FormatKind::Json => "JSON".to_owned(),
        FormatKind::Msgpack => "MessagePack, structures as arrays of their fields".to_owned(),
        FormatKind::Base64(inner) => format!("in Base64: {}", words(&Format::new(inner.to_owned()))),
        FormatKind::Optional(inner) => format!("no bytes, or {}", words(&Format::new(inner.to_owned()))),
        FormatKind::Result(inner) => {
            format!("a byte 0 and {}, or a byte 1 and an error in JSON", words(&Format::new(inner.to_owned())))
        }
        FormatKind::Scalar(name) => format!("the number itself, an `{}`", text::name(name)),
        FormatKind::Other(name) if name.starts_with(['u', 'i', 'f']) => format!("a number, `{format}`, little endian"),
        FormatKind::Other(_) => format!("`{format}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_an_example_of_their_bytes() {
        let of = |format: &'static str| of_kind(Format::of(format).kind()).map(|(bytes, value)| (hex(&bytes), value));
        let example = |bytes: &str, value: &str| Some((bytes.to_owned(), value.to_owned()));
        assert_eq!(of("u32"), example("e8 03 00 00", "1000"));
        assert_eq!(of("i8"), example("64", "100"));
        assert_eq!(of("optional<f32>"), example("00 00 c0 3f", "1.5"));
        assert_eq!(of("result<u16>"), example("00 e8 03", "1000"));
        assert_eq!(of("result<none>"), example("00", "success"));
        assert_eq!(of("bool"), example("01", "true"));
        assert_eq!((of("json"), of("u7"), of("scalar<i32>"), of("cbor")), (None, None, None, None));
    }
}
