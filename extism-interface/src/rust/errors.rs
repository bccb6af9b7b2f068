//! Errors that cross as values.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    both::Both,
    docs,
    enums::Enum,
    names::{type_name, unused_type_name},
    shape::Shape,
    types::{Purpose, RustTypes, any},
};
use crate::{ErrorType, Interface, text};

/// What the value of an error is.
struct Found {
    variants: Enum,
    /// Whether it has a schema.
    described: bool,
}

impl RustTypes {
    /// The type of a function's error: an enum with the variants that the schema has, and one for everything else.
    pub(super) fn error(&mut self, error: &ErrorType, hint: &str, interface: &Interface) -> String {
        let nothing = Value::Null;
        let own = error.wire.schema.as_ref().unwrap_or(&nothing);
        let schema = Both::of(&error.wire).unwrap_or(Both { read: own, sent: own });
        let (known, schema) = match schema.target(interface) {
            Some((name, target)) => (Some(name), target),
            None => (None, schema),
        };
        let written = error.ty.rsplit("::").next().filter(|name| type_name(name) == *name && !name.is_empty());
        let name = known.or(written).unwrap_or(hint);
        self.named(Purpose::Error, name, schema, |types, rust| {
            let mut taken = Vec::new();
            let found = types.variants_of_error(schema, rust, &mut taken, interface);
            let other = unused_type_name("Failed", &mut taken);
            let rename = known.filter(|known| *known != rust).map(|known| format!("#[serde(rename = {known:?})]\n"));
            let definition = definition(rust, &rename.unwrap_or_default(), &found, &other);
            types.define(docs(schema.about(), "") + &definition);
        })
    }

    fn variants_of_error(
        &mut self,
        schema: Both<'_>,
        rust: &str,
        taken: &mut Vec<String>,
        interface: &Interface,
    ) -> Found {
        let described = schema.read.is_object();
        let of_shape = Shape::of(schema).and_then(|shape| self.variants(&shape, rust, taken, interface));
        let variants = of_shape.unwrap_or_else(|| {
            taken.clear();
            let ty = if described { self.of(schema, &format!("{rust}_value"), interface) } else { any() };
            let name = unused_type_name("Value", taken);
            Enum {
                attributes: "#[serde(untagged)]\n".to_owned(),
                variants: format!("    {name}({ty}),\n"),
                names: vec![(name, "(..)", String::new())],
                plain: false,
            }
        });
        Found { variants, described }
    }
}

fn definition(name: &str, rename: &str, Found { variants, described }: &Found, other: &str) -> String {
    let schema = if *described { ", JsonSchema" } else { "" };
    let mut out = format!("#[derive(Debug, Serialize, Deserialize{schema}, PluginError)]\n");
    let _ = writeln!(out, "{rename}{}pub enum {name} {{\n{}", variants.attributes, variants.variants.trim_end());
    out.push_str("    /// The call failed: a trap, a timeout, or the like.\n");
    let _ = writeln!(out, "    #[serde(skip)]\n    #[plugin_error(other)]\n    {other}(Error),\n}}\n");
    let _ = writeln!(out, "impl std::fmt::Display for {name} {{");
    out.push_str("    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n        match self {\n");
    for (variant, pattern, about) in &variants.names {
        if !described {
            let _ = writeln!(out, "            Self::{variant}(value) => value.fmt(f),");
            continue;
        }
        let about = text::docs(about);
        let sentence = about.lines().next().unwrap_or_default().trim_end_matches('.');
        let sentence = if sentence.is_empty() { variant } else { sentence };
        let _ = writeln!(out, "            Self::{variant}{pattern} => f.write_str({sentence:?}),");
    }
    let _ = writeln!(out, "            Self::{other}(error) => error.fmt(f),\n        }}\n    }}\n}}");
    out
}
