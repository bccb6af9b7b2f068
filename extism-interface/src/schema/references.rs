//! References between schemas.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use crate::{Interface, Method, Wire};

const DEFS: &str = "#/$defs/";
const SENT: &str = "#/sent/";

/// The schemas that an interface's references lead to.
#[derive(Clone, Copy)]
pub(crate) struct Types<'a> {
    types: &'a BTreeMap<String, Value>,
    sent: &'a BTreeMap<String, Value>,
}

impl<'a> Types<'a> {
    pub(crate) fn of(interface: &'a Interface) -> Self {
        Self { types: &interface.types, sent: &interface.sent }
    }

    /// Returns the schema that another one refers to, if it does nothing else; otherwise that one itself.
    pub(crate) fn target(self, schema: &'a Value) -> &'a Value {
        match schema.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("$ref")) {
            Some(Value::String(reference)) => self.resolve(reference).map_or(schema, |(_, target)| target),
            _ => schema,
        }
    }

    /// Returns the name and the schema that a reference leads to.
    pub(crate) fn resolve(self, reference: &str) -> Option<(&'a str, &'a Value)> {
        let (map, name) = match reference.strip_prefix(DEFS) {
            Some(name) => (self.types, name),
            None => (self.sent, reference.strip_prefix(SENT)?),
        };
        map.get_key_value(&*decoded(name)).map(|(name, schema)| (name.as_str(), schema))
    }
}

/// Returns the name in a reference: `~1` is `/`, `~0` is `~`, and a byte may be written as `%` and two digits.
fn decoded(name: &str) -> Cow<'_, str> {
    if !name.contains(['%', '~']) {
        return name.into();
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |bytes: &[u8]| u8::from_str_radix(std::str::from_utf8(bytes.get(..2)?).ok()?, 16).ok();
        match (first, hex(after)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).replace("~1", "/").replace("~0", "~").into()
}

/// Returns a reference to a type with this name.
fn encoded(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", name.replace('~', "~0").replace('/', "~1").replace('%', "%25"))
}

/// Changes all references in a schema.
fn change(schema: &mut Value, with: &dyn Fn(&str) -> Option<String>) {
    match schema {
        Value::Array(list) => list.iter_mut().for_each(|schema| change(schema, with)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        if let Some(new) = with(reference) {
                            *reference = new;
                        }
                    }
                    value => change(value, with),
                }
            }
        }
        _ => {}
    }
}

/// Whether any reference in a schema is one of these.
fn any(schema: &Value, is_it: &dyn Fn(&str) -> bool) -> bool {
    match schema {
        Value::Array(list) => list.iter().any(|schema| any(schema, is_it)),
        Value::Object(map) => map.iter().any(|(key, value)| match value {
            Value::String(reference) if key == "$ref" => is_it(reference),
            value => any(value, is_it),
        }),
        _ => false,
    }
}

/// Calls `with` for each wire of a method.
fn wires(method: &mut Method, with: &mut dyn FnMut(&mut Wire)) {
    for argument in method.arguments.to_mut() {
        with(&mut argument.wire);
    }
    with(&mut method.output);
    if let Some(error) = &mut method.error {
        with(&mut error.wire);
    }
}

/// Renames the types of an interface that `other` has as well, if they are different ones.
pub(crate) fn rename_types(mut interface: Interface, other: &Interface) -> Interface {
    let differs = |map: &BTreeMap<String, Value>, name: &String, schema: &Value| {
        map.get(name).is_some_and(|other| other != schema)
    };
    let own = interface.types.iter().filter(|(name, schema)| differs(&other.types, name, schema));
    let sent = interface.sent.iter().filter(|(name, schema)| differs(&other.sent, name, schema));
    let clashes: BTreeSet<String> = own.chain(sent).map(|(name, _)| name.clone()).collect();
    if clashes.is_empty() {
        return interface;
    }
    let mut taken: BTreeSet<String> = [&interface.types, &interface.sent, &other.types, &other.sent]
        .into_iter()
        .flat_map(|map| map.keys().cloned())
        .collect();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for name in clashes {
        let new = (2_u64..).map(|number| format!("{name}{number}")).find(|new| !taken.contains(new));
        let Some(new) = new else { continue };
        taken.insert(new.clone());
        names.insert(name, new);
    }
    let renamed = |reference: &str| {
        let prefix = [DEFS, SENT].into_iter().find(|prefix| reference.starts_with(prefix))?;
        names.get(&*decoded(&reference[prefix.len()..])).map(|new| encoded(prefix, new))
    };
    let map = |map: BTreeMap<String, Value>| -> BTreeMap<String, Value> {
        map.into_iter()
            .map(|(name, mut schema)| {
                change(&mut schema, &renamed);
                (names.get(&name).cloned().unwrap_or(name), schema)
            })
            .collect()
    };
    interface.types = map(interface.types);
    interface.sent = map(interface.sent);
    for method in interface.methods.to_mut() {
        wires(method, &mut |wire| {
            for schema in wire.schema.iter_mut().chain(&mut wire.sent) {
                change(schema, &renamed);
            }
        });
    }
    interface
}

/// Leaves out what is written as it is read.
pub(crate) fn without_equal(mut interface: Interface) -> Interface {
    let as_read = |schema: &Value| {
        let mut schema = schema.clone();
        change(&mut schema, &|reference| reference.strip_prefix(SENT).map(|name| format!("{DEFS}{name}")));
        schema
    };
    let mut differing: BTreeSet<String> = interface
        .sent
        .iter()
        .filter(|(name, schema)| interface.types.get(*name) != Some(&as_read(schema)))
        .map(|(name, _)| name.clone())
        .collect();
    let is_differing = |differing: &BTreeSet<String>, schema: &Value| {
        any(schema, &|reference| reference.strip_prefix(SENT).is_some_and(|name| differing.contains(&*decoded(name))))
    };
    loop {
        let more = interface
            .sent
            .iter()
            .filter(|(name, schema)| !differing.contains(*name) && is_differing(&differing, schema));
        let more: Vec<String> = more.map(|(name, _)| name.clone()).collect();
        if more.is_empty() {
            break;
        }
        differing.extend(more);
    }
    let link = |schema: &mut Value| {
        change(schema, &|reference| {
            let name = reference.strip_prefix(SENT)?;
            (!differing.contains(&*decoded(name))).then(|| format!("{DEFS}{name}"))
        });
    };
    let mut used = false;
    for method in interface.methods.to_mut() {
        wires(method, &mut |wire| {
            let Some(sent) = &mut wire.sent else { return };
            if is_differing(&differing, sent) || wire.schema.as_ref() != Some(&as_read(sent)) {
                link(sent);
                used = true;
            } else {
                wire.sent = None;
            }
        });
    }
    interface.sent.retain(|name, _| used && differing.contains(name));
    interface.sent.values_mut().for_each(link);
    interface
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_in_references_may_be_escaped() {
        assert_eq!(decoded("A%3CB%3E"), "A<B>");
        assert_eq!(decoded("a~1b~0c"), "a/b~c");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded(&encoded("", "a/b~c%d")), "a/b~c%d");
    }

    fn with_types(types: Value, sent: Value, wire: Wire) -> Interface {
        let mut interface = Interface::new("A");
        let mut method = Method::new("f");
        method.output = wire;
        interface.methods = vec![method].into();
        interface.types = serde_json::from_value(types).unwrap();
        interface.sent = serde_json::from_value(sent).unwrap();
        interface
    }

    #[test]
    fn what_is_written_as_it_is_read_is_left_out() {
        let wire = |schema, sent| Wire { format: None, schema: Some(schema), sent: Some(sent) };
        let equal = with_types(
            json!({ "T": { "$ref": "#/$defs/U" }, "U": {} }),
            json!({ "T": { "$ref": "#/sent/U" }, "U": {} }),
            wire(json!({ "$ref": "#/$defs/T" }), json!({ "$ref": "#/sent/T" })),
        );
        let equal = without_equal(equal);
        assert_eq!((equal.sent.len(), &equal.methods[0].output.sent), (0, &None));

        let other = with_types(
            json!({ "T": { "items": [{ "$ref": "#/$defs/U" }, { "$ref": "#/$defs/V" }] }, "U": {}, "V": {} }),
            json!({ "T": { "items": [{ "$ref": "#/sent/U" }, { "$ref": "#/sent/V" }] }, "U": { "a": 1 }, "V": {} }),
            wire(json!({ "$ref": "#/$defs/T" }), json!({ "$ref": "#/sent/T" })),
        );
        let other = without_equal(other);
        let sent = json!({ "T": { "items": [{ "$ref": "#/sent/U" }, { "$ref": "#/$defs/V" }] }, "U": { "a": 1 } });
        assert_eq!(json!(other.sent), sent);
        assert_eq!(other.methods[0].output.sent, Some(json!({ "$ref": "#/sent/T" })));
    }

    #[test]
    fn types_of_the_same_name_are_renamed_if_they_differ() {
        let schema = |text: &str| Wire { format: None, schema: Some(json!({ "$ref": text })), sent: None };
        let first = with_types(json!({ "T": { "type": "string" }, "U": {} }), json!({}), schema("#/$defs/T"));
        let second = with_types(json!({ "T": { "$ref": "#/$defs/T" }, "U": {} }), json!({}), schema("#/$defs/T"));
        let renamed = rename_types(second, &first);
        assert_eq!(json!(renamed.types), json!({ "T2": { "$ref": "#/$defs/T2" }, "U": {} }));
        assert_eq!(renamed.methods[0].output, schema("#/$defs/T2"));
        assert_eq!(rename_types(first.clone(), &first), first);
    }
}
