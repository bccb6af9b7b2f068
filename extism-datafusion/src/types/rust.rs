//! From the names of Rust types to shapes, where there is no schema.

use super::{Member, Shape, schema::Found};

/// How many types lie within each other at most: a name comes from a plug-in, and may be as long as its description.
const MAX_DEPTH: usize = 16;

/// Returns the shape of a type as it is written in a trait; `None` if the name alone does not tell.
pub(super) fn shape(ty: &str) -> Option<Found> {
    within(ty, MAX_DEPTH)
}

fn within(ty: &str, depth: usize) -> Option<Found> {
    let depth = depth.checked_sub(1)?;
    let ty = peel(ty);
    if let Some(inner) = ["Option", "Json", "Msgpack"].iter().find_map(|name| generic(ty, name)) {
        let (shape, nullable) = within(inner, depth)?;
        return Some((shape, nullable || last(ty).starts_with("Option")));
    }
    if ["Box", "Cow", "Arc", "Rc"].iter().any(|name| generic(ty, name).is_some()) {
        let inner = ty.split_once('<')?.1.strip_suffix('>')?;
        // `Cow<'a, str>`
        return within(inner.rsplit_once(',').map_or(inner, |(_, inner)| inner), depth);
    }
    if let Some(item) = generic(ty, "Vec").or_else(|| ty.strip_prefix('[')?.strip_suffix(']')) {
        let item = item.split_once(';').map_or(item, |(item, _)| item);
        let (shape, nullable) = within(item, depth)?;
        let bytes = shape == (Shape::Int { bits: 8, signed: false }) && !nullable;
        let list = |shape| Shape::List(Box::new(Member { name: "item".to_owned(), shape, nullable }));
        return Some((if bytes { Shape::Bytes } else { list(shape) }, false));
    }
    let shape = match last(ty) {
        "bool" => Shape::Bool,
        "str" | "String" => Shape::Text,
        "f32" => Shape::F32,
        "f64" => Shape::F64,
        "usize" => Shape::Int { bits: 64, signed: false },
        "isize" => Shape::Int { bits: 64, signed: true },
        "i8" | "i16" | "i32" | "i64" => Shape::Int { bits: bits(ty)?, signed: true },
        "u8" | "u16" | "u32" | "u64" => Shape::Int { bits: bits(ty)?, signed: false },
        "NaiveDate" => Shape::Date,
        "NaiveTime" => Shape::Time,
        "NaiveDateTime" => Shape::Timestamp { utc: false },
        "Value" => Shape::Json,
        name if name.starts_with("DateTime<") => Shape::Timestamp { utc: true },
        _ => return None,
    };
    Some((shape, false))
}

/// Without white space, references and lifetimes at its start.
fn peel(ty: &str) -> &str {
    let mut ty = ty.trim();
    while let Some(inner) = ty.strip_prefix('&') {
        ty = inner.trim_start();
        if let Some(lifetime) = ty.strip_prefix('\'') {
            ty = lifetime.split_once(' ').map_or("", |(_, inner)| inner).trim_start();
        }
        ty = ty.strip_prefix("mut ").unwrap_or(ty);
    }
    ty
}

/// Without the path in front of it.
fn last(ty: &str) -> &str {
    let head = ty.split_once('<').map_or(ty, |(head, _)| head);
    head.rfind("::").map_or(ty, |at| &ty[at + 2..])
}

/// What is in the angle brackets of a type of this name.
fn generic<'t>(ty: &'t str, name: &str) -> Option<&'t str> {
    last(ty).strip_prefix(name)?.trim_start().strip_prefix('<')?.strip_suffix('>')
}

fn bits(ty: &str) -> Option<u8> {
    ty.get(1..)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_tell_their_shapes() {
        let int = |bits, signed| Shape::Int { bits, signed };
        let list = |shape, nullable| Shape::List(Box::new(Member { name: "item".to_owned(), shape, nullable }));
        let rows = [
            ("&str", Shape::Text, false),
            ("&'a str", Shape::Text, false),
            ("std::string::String", Shape::Text, false),
            ("Cow<'_, str>", Shape::Text, false),
            ("Box<str>", Shape::Text, false),
            ("Option<&str>", Shape::Text, true),
            ("Json<Option<u8>>", int(8, false), true),
            ("i16", int(16, true), false),
            ("usize", int(64, false), false),
            ("&[u8]", Shape::Bytes, false),
            ("Vec<u8>", Shape::Bytes, false),
            ("[u8; 16]", Shape::Bytes, false),
            ("Vec<Option<f64>>", list(Shape::F64, true), false),
            ("Vec<i8>", list(int(8, true), false), false),
            ("chrono::NaiveDate", Shape::Date, false),
            ("Option<chrono::DateTime<chrono::Utc>>", Shape::Timestamp { utc: true }, true),
            ("serde_json::Value", Shape::Json, false),
        ];
        for (ty, expected, nullable) in rows {
            assert_eq!(shape(ty), Some((expected, nullable)), "{ty}");
        }
        let deep = |depth: usize| format!("{}u16{}", "Vec<".repeat(depth), ">".repeat(depth));
        assert!(shape(&deep(15)).is_some());
        assert_eq!(shape(&deep(16)), None);
        assert_eq!(shape(&deep(1 << 18)), None, "and the stack is as large as it is");
        for ty in ["Report", "u128", "HashMap<String, u8>", "&", "&'a", "Vec<", ""] {
            assert_eq!(shape(ty), None, "{ty}");
        }
    }
}
