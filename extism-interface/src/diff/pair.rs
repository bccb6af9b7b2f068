//! Types of two versions of an interface.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Interface, Method, Role, schema::Types};

/// Two versions of an interface, without functions.
pub(super) struct Pair<'d> {
    pub(super) after: &'d Interface,
    pub(super) old: Interface,
    pub(super) new: Interface,
    /// The same without texts.
    old_bare: Interface,
    new_bare: Interface,
    /// Whether all types are the same, with their texts.
    pub(super) same_types: bool,
}

impl<'d> Pair<'d> {
    pub(super) fn new(role: Role, before: &Interface, after: &'d Interface) -> Self {
        let only_types = |interface: &Interface| Interface {
            role,
            types: interface.types.clone(),
            sent: interface.sent.clone(),
            ..Interface::new("")
        };
        let (old, new) = (only_types(before), only_types(after));
        let same_types = (&old.types, &old.sent) == (&new.types, &new.sent);
        Self { after, old_bare: without_texts(&old), new_bare: without_texts(&new), old, new, same_types }
    }

    /// Whether a function means the same in both, apart from texts.
    pub(super) fn means_the_same(&self, before: &Method, now: &Method) -> bool {
        let (before, now) = (bare(before), bare(now));
        let bytes = |method: &Method| (method.input(), method.output.clone(), method.error.clone());
        bytes(&before) == bytes(&now) && used(&self.old_bare, &before) == used(&self.new_bare, &now)
    }
}

/// A method without texts.
fn bare(method: &Method) -> Method {
    let mut alone = Interface::new("");
    alone.methods = vec![method.clone()].into();
    without_texts(&alone).methods.first().unwrap_or(method).clone()
}

/// The types that a method uses, also indirectly.
fn used<'i>(interface: &'i Interface, method: &Method) -> BTreeMap<(&'static str, &'i str), &'i Value> {
    let types = Types::of(interface);
    let mut found = BTreeMap::new();
    let mut references = Vec::new();
    let own = serde_json::to_value(method).unwrap_or_default();
    collect_references(&own, &mut references);
    while let Some(reference) = references.pop() {
        let Some((name, schema)) = types.resolve(&reference) else { continue };
        let kind = if reference.starts_with("#/sent/") { "sent" } else { "$defs" };
        if found.insert((kind, name), schema).is_none() {
            collect_references(schema, &mut references);
        }
    }
    found
}

fn collect_references(schema: &Value, references: &mut Vec<String>) {
    match schema {
        Value::Array(list) => list.iter().for_each(|schema| collect_references(schema, references)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(reference) if key == "$ref" => references.push(reference.clone()),
                    value => collect_references(value, references),
                }
            }
        }
        _ => {}
    }
}

/// The interface without what is only for people.
fn without_texts(interface: &Interface) -> Interface {
    fn strip(value: &mut Value, names: bool) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|value| strip(value, false)),
            Value::Object(map) => {
                if !names {
                    for key in ["description", "title", "examples", "example"] {
                        map.remove(key);
                    }
                }
                for (key, value) in map {
                    strip(value, !names && ["properties", "$defs", "sent"].contains(&key.as_str()));
                }
            }
            _ => {}
        }
    }
    let Ok(mut json) = serde_json::to_value(interface) else { return interface.clone() };
    strip(&mut json, false);
    let mut stripped: Interface = serde_json::from_value(json).unwrap_or_else(|_| interface.clone());
    for method in stripped.methods.to_mut() {
        method.docs = "".into();
        for argument in method.arguments.to_mut() {
            argument.ty = "".into();
        }
    }
    stripped
}
