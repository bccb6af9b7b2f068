use serde_json::Value;

use crate::{Interface, Wire, schema::Types};

/// The schema of values that are read, and that of the same values as they are written.
#[derive(Clone, Copy)]
pub(super) struct Both<'a> {
    pub(super) read: &'a Value,
    pub(super) sent: &'a Value,
}

impl<'a> Both<'a> {
    pub(super) fn of(wire: &'a Wire) -> Option<Self> {
        let read = wire.schema.as_ref()?;
        Some(Self { read, sent: wire.written().unwrap_or(read) })
    }

    /// The part at a key.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let read = self.read.get(key)?;
        Some(Self { read, sent: self.sent.get(key).unwrap_or(read) })
    }

    /// The parts of a list.
    pub(super) fn list(self, key: &str) -> Option<Vec<Self>> {
        let read = self.read.get(key)?.as_array()?;
        let sent = self.sent.get(key).and_then(Value::as_array).filter(|sent| sent.len() == read.len());
        Some(read.iter().zip(sent.unwrap_or(read)).map(|(read, sent)| Self { read, sent }).collect())
    }

    /// The schema in a list of fields, elements or the like, which was found in `self`.
    pub(super) fn part(self, key: &str, name: &str, read: &'a Value) -> Self {
        let sent = self.sent.get(key).and_then(|parts| parts.get(name));
        Self { read, sent: sent.unwrap_or(read) }
    }

    /// The name and the schemas that this refers to.
    pub(super) fn target(self, interface: &'a Interface) -> Option<(&'a str, Self)> {
        let reference = self.read.get("$ref")?.as_str()?;
        let (name, read) = Types::of(interface).resolve(reference)?;
        Some((name, Self { read, sent: interface.sent.get(name).unwrap_or(read) }))
    }

    /// The documentation.
    pub(super) fn about(self) -> &'a str {
        self.read.get("description").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether this is exactly a text that may be missing.
    pub(super) fn is_null(self) -> bool {
        self.read.get("type").is_some_and(|ty| ty == "null")
    }
}
