//! Changes of what is for people.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Change, by_name};
use crate::{Description, Role};

/// Changes of names and documentation.
pub(super) fn texts(old: &Description, new: &Description) -> Vec<Change> {
    let mut changes = Vec::new();
    for role in [Role::Plugin, Role::Host] {
        let old = by_name(old, role);
        for method in new.with_role(role).flat_map(|interface| interface.methods.iter()) {
            let Some((_, before)) = old.get(&*method.export) else { continue };
            if before.docs != method.docs {
                let message = "its documentation changed".to_owned();
                changes.push(Change { function: method.export.to_string(), message });
            }
        }
    }
    if [Role::Plugin, Role::Host].into_iter().any(|role| titles_changed(role, old, new)) {
        let message = "the name or the documentation of the interface changed".to_owned();
        changes.push(Change { function: String::new(), message });
    } else if changes.is_empty() && described(old, new) != described(new, old) {
        let message = "the documentation of types changed".to_owned();
        changes.push(Change { function: String::new(), message });
    }
    changes
}

/// Whether an interface has another documentation, or one has another name: interfaces that are only added or removed have
/// functions, which tell that.
fn titles_changed(role: Role, old: &Description, new: &Description) -> bool {
    let titles = |description: &Description| -> BTreeMap<String, String> {
        description.with_role(role).map(|one| (one.name.to_string(), one.docs.to_string())).collect()
    };
    let (old, new) = (titles(old), titles(new));
    let other = old.iter().any(|(name, docs)| new.get(name).is_some_and(|now| now != docs));
    let lacks = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
        one.keys().any(|name| !other.contains_key(name))
    };
    other || (lacks(&old, &new) && lacks(&new, &old))
}

/// All the texts in the schemas of types that another description has too, by the types' names.
fn described<'d>(description: &'d Description, other: &Description) -> BTreeMap<&'d str, Vec<&'d str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let has = |name: &String| other.interfaces.iter().any(|interface| interface.types.contains_key(name));
    let types = description.interfaces.iter().flat_map(|interface| &interface.types);
    for (name, schema) in types.filter(|(name, _)| has(name)) {
        collect(schema, all.entry(name).or_default());
    }
    all
}

fn collect<'d>(schema: &'d Value, all: &mut Vec<&'d str>) {
    match schema {
        Value::Array(list) => list.iter().for_each(|schema| collect(schema, all)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "description" => all.push(text),
                    value => collect(value, all),
                }
            }
        }
        _ => {}
    }
}
