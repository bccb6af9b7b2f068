//! Enums of Rust.

use std::fmt::Write as _;

use super::{
    both::Both,
    docs,
    names::unused_type_name,
    shape::{Content, Shape, Tagging, Variant},
    structures::Owner,
    types::RustTypes,
};
use crate::{Interface, schema::Types};

/// An enum as it is written.
pub(super) struct Enum {
    /// Its attributes without `derive`, each in a line.
    pub(super) attributes: String,
    /// Its variants, each in lines of its own.
    pub(super) variants: String,
    /// The names of the variants in Rust, with what follows them in a pattern, and their documentation.
    pub(super) names: Vec<(String, &'static str, String)>,
    /// Whether all variants are only names.
    pub(super) plain: bool,
}

impl RustTypes {
    /// Writes the variants of an enum; `None` if a derive cannot express one. Variants have none of the names in `taken`.
    pub(super) fn variants(
        &mut self,
        shape: &Shape<'_>,
        name: &str,
        taken: &mut Vec<String>,
        interface: &Interface,
    ) -> Option<Enum> {
        let attributes = match shape.tagging {
            Tagging::External => String::new(),
            Tagging::Internal(tag) => format!("#[serde(tag = {tag:?})]\n"),
            Tagging::Adjacent(tag, content) => format!("#[serde(tag = {tag:?}, content = {content:?})]\n"),
            Tagging::Untagged => "#[serde(untagged)]\n".to_owned(),
        };
        let strict = if shape.strict { "#[serde(deny_unknown_fields)]\n" } else { "" };
        let plain = shape.variants.iter().all(|variant| matches!(variant.content, Content::Unit));
        let mut written = Enum { attributes: attributes + strict, variants: String::new(), names: Vec::new(), plain };
        for (index, variant) in shape.variants.iter().enumerate() {
            let known = variant.name.map_or_else(|| named(variant, index, interface), str::to_owned);
            let rust = unused_type_name(&known, taken);
            written.variants.push_str(&docs(variant.about, "    "));
            if variant.name.is_some_and(|name| name != rust) {
                let _ = writeln!(written.variants, "    #[serde(rename = {known:?})]");
            }
            let content = self.content(variant, shape.tagging, &format!("{name}_{rust}"), interface)?;
            let pattern = match variant.content {
                Content::Unit => "",
                Content::Fields(_) => " { .. }",
                Content::Tuple(_) | Content::Value(_) => "(..)",
            };
            let _ = writeln!(written.variants, "    {rust}{content},");
            written.names.push((rust, pattern, variant.about.to_owned()));
        }
        Some(written)
    }

    /// What follows the name of a variant.
    fn content(
        &mut self,
        variant: &Variant<'_>,
        tagging: Tagging<'_>,
        hint: &str,
        interface: &Interface,
    ) -> Option<String> {
        Some(match &variant.content {
            Content::Unit => String::new(),
            Content::Fields(fields) => {
                let tag = if let Tagging::Internal(tag) = tagging { Some(tag) } else { None };
                let owner = Owner { name: hint, without: tag, variant: true };
                let fields = self.fields(*fields, &owner, interface)?;
                format!(" {{\n{}    }}", fields.text)
            }
            Content::Tuple(elements) => {
                let elements = elements.iter().map(|element| self.of(*element, hint, interface));
                format!("({})", elements.collect::<Vec<_>>().join(", "))
            }
            Content::Value(value) => format!("({})", self.of(*value, hint, interface)),
        })
    }
}

/// A name for a variant that has none.
fn named(variant: &Variant<'_>, index: usize, interface: &Interface) -> String {
    let of_type = |value: &Both<'_>| {
        let reference = value.read.get("$ref").and_then(serde_json::Value::as_str);
        let name = reference.and_then(|reference| Types::of(interface).resolve(reference)).map(|(name, _)| name);
        name.map(str::to_owned).or_else(|| Some(kind(value.read.get("type")?.as_str()?)?.to_owned()))
    };
    let name = match &variant.content {
        Content::Unit => Some("Null".to_owned()),
        Content::Value(value) => of_type(value),
        Content::Fields(_) | Content::Tuple(_) => None,
    };
    name.unwrap_or_else(|| format!("Form{}", index + 1))
}

fn kind(ty: &str) -> Option<&'static str> {
    Some(match ty {
        "string" => "Text",
        "integer" => "Integer",
        "number" => "Number",
        "boolean" => "Flag",
        "array" => "List",
        "object" => "Object",
        _ => return None,
    })
}
