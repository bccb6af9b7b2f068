//! The maps of a manifest, read strictly: unknown and repeated fields are errors that name their place.
//!
//! serde's derived code reports no place within `flatten` and `untagged`, both of which the format of `wasm` would
//! need, lets later keys of a map replace earlier ones, and has no hints.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor},
    ser::{Serialize, SerializeMap},
};

use crate::nearest::nearest;

/// A struct that is read field by field.
pub(super) trait Fields: Default {
    /// The name of the struct in messages.
    const WHAT: &'static str;
    /// The names of its fields.
    const NAMES: &'static [&'static str];

    /// Reads the value of a field, which is the next one in `map`.
    fn read_field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Implements [`Fields`]: what messages call the struct, then how each field is read.
macro_rules! fields {
    ($struct:ty, $what:literal, $($name:literal => |$this:ident, $map:ident| $read:expr,)*) => {
        impl $crate::manifest::map::Fields for $struct {
            const WHAT: &'static str = $what;
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn read_field<'de, A>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>
            where
                A: serde::de::MapAccess<'de>,
            {
                match name {
                    $($name => {
                        let ($this, $map) = (self, map);
                        $read;
                    })*
                    _ => return $crate::manifest::map::refuse_unknown::<Self, A>(name, map),
                }
                Ok(())
            }
        }
    };
}

pub(super) use fields;

/// Reads a struct.
pub(super) fn read<'de, F: Fields, D: Deserializer<'de>>(from: D) -> Result<F, D::Error> {
    from.deserialize_map(FieldsVisitor(PhantomData))
}

struct FieldsVisitor<F>(PhantomData<F>);

impl<'de, F: Fields> Visitor<'de> for FieldsVisitor<F> {
    type Value = F;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(F::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<F, A::Error> {
        let mut out = F::default();
        let mut seen = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                return refuse(&mut map, "the field occurs twice".into());
            }
            out.read_field(&key, &mut map)?;
            seen.push(key);
        }
        Ok(out)
    }
}

/// A map of texts in which no key occurs twice.
pub(super) struct UniqueMap<V>(pub(super) BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(UniqueVisitor(PhantomData))
    }
}

struct UniqueVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for UniqueVisitor<V> {
    type Value = UniqueMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut out = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if out.contains_key(&key) {
                return refuse(&mut map, "the key occurs twice".into());
            }
            let value = map.next_value()?;
            out.insert(key, value);
        }
        Ok(UniqueMap(out))
    }
}

/// Fails with `message` at the next value, so that the error's place and path are those of this entry and not of the
/// map around it.
fn refuse<'de, T, A: MapAccess<'de>>(map: &mut A, message: String) -> Result<T, A::Error> {
    match map.next_value_seed(Refuse(message.clone())) {
        Err(error) => Err(error),
        Ok(()) => Err(A::Error::custom(message)),
    }
}

struct Refuse(String);

impl<'de> DeserializeSeed<'de> for Refuse {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(D::Error::custom(self.0))
    }
}

/// What programs want to say about a plug-in.
const OF_THE_PROGRAM: [&str; 12] = [
    "plugin",
    "metadata",
    "meta",
    "info",
    "package",
    "name",
    "version",
    "description",
    "author",
    "authors",
    "license",
    "homepage",
];

/// Returns the message for an unknown field: what was probably meant, or else the known fields.
fn unknown(key: &str, names: &[&str]) -> String {
    // Other tools have these fields in their configuration, so users look for them here.
    if ["wasi", "use_wasi", "useWasi", "with_wasi", "withWasi", "enable_wasi"].contains(&key) {
        return "a manifest cannot enable WASI; the host enables it with `PluginBuilder::with_wasi(true)` or \
                `extism-call --wasi`"
            .to_owned();
    }
    let of_the_program = names.contains(&"wasm") && OF_THE_PROGRAM.contains(&key);
    if of_the_program {
        return format!(
            "unknown field; the official runtime refuses fields of the program's own too, so they are in `config`: \
             `\"plugin.{}\" = ..`, read by `Manifest::metadata`",
            if ["plugin", "metadata", "meta", "info", "package"].contains(&key) { "name" } else { key },
        );
    }
    let part = key.to_lowercase();
    let contains_it = |name: &&&str| part.len() >= 4 && name.contains(&part);
    match nearest(key, names.iter().copied()).or_else(|| names.iter().find(contains_it).copied()) {
        Some(name) => format!("unknown field; did you mean `{name}`?"),
        None => format!("unknown field; known fields are `{}`", names.join("`, `")),
    }
}

/// Fails at a field that the struct does not have.
pub(super) fn refuse_unknown<'de, F: Fields, A: MapAccess<'de>>(name: &str, map: &mut A) -> Result<(), A::Error> {
    refuse(map, unknown(name, F::NAMES))
}

/// Writes a field if it has a value.
pub(super) fn entry<M: SerializeMap>(map: &mut M, name: &str, value: Option<impl Serialize>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, &value),
        None => Ok(()),
    }
}

/// A placeholder for a value that is not shown.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Shows only the keys of a map.
pub(super) struct Keys<'a>(pub(super) &'a BTreeMap<String, String>);

impl fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.keys().map(|key| (key, Hidden))).finish()
    }
}
