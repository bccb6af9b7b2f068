//! Reads maps strictly: unknown and repeated fields are errors that name their place.
//!
//! serde's derived code reports no place within `flatten` and `untagged`, both of which the format of `wasm` would
//! need, lets later keys of a map replace earlier ones, and has no hints.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

/// A struct that is read field by field.
pub(super) trait Fields: Default {
    /// What messages call the struct.
    const WHAT: &'static str;
    /// The names of its fields.
    const NAMES: &'static [&'static str];

    /// Reads the value of the field `NAMES[index]`, which is the next one in `map`.
    fn read<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error>;
}

/// Reads a struct.
pub(super) fn deserialize<'de, F: Fields, D: Deserializer<'de>>(from: D) -> Result<F, D::Error> {
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
        let mut seen = vec![false; F::NAMES.len()];
        while let Some(key) = map.next_key::<String>()? {
            let index = F::NAMES.iter().position(|name| *name == key);
            match index.and_then(|index| Some((index, seen.get_mut(index)?))) {
                None => return refuse(&mut map, unknown(&key, F::NAMES)),
                Some((_, true)) => return refuse(&mut map, "the field is given twice".into()),
                Some((index, seen)) => {
                    *seen = true;
                    out.read(index, &mut map)?;
                }
            }
        }
        Ok(out)
    }
}

/// Reads a map from text to text-like values in which no key occurs twice.
pub(super) fn unique_map<'de, V, D>(from: D) -> Result<BTreeMap<String, V>, D::Error>
where
    V: serde::Deserialize<'de>,
    D: Deserializer<'de>,
{
    from.deserialize_map(UniqueVisitor(PhantomData))
}

struct UniqueVisitor<V>(PhantomData<V>);

impl<'de, V: serde::Deserialize<'de>> Visitor<'de> for UniqueVisitor<V> {
    type Value = BTreeMap<String, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut out = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if out.contains_key(&key) {
                return refuse(&mut map, "the key is given twice".into());
            }
            let value = map.next_value()?;
            out.insert(key, value);
        }
        Ok(out)
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

/// Returns the message for an unknown field: what was probably meant, or else the known fields.
fn unknown(key: &str, names: &[&str]) -> String {
    // Other tools have this in their configuration, so people look for it here.
    if ["wasi", "use_wasi", "useWasi", "with_wasi", "withWasi", "enable_wasi"].contains(&key) {
        return "a manifest does not switch WASI on, its host does: by `PluginBuilder::with_wasi(true)`, or \
                `extism-call --wasi`"
            .to_owned();
    }
    match nearest(key, names) {
        Some(name) => format!("unknown field; did you mean `{name}`?"),
        None => format!("unknown field; there are `{}`", names.join("`, `")),
    }
}

/// Returns the name most similar to `key`, if it is similar enough.
fn nearest<'a>(key: &str, names: &[&'a str]) -> Option<&'a str> {
    // Longer texts are not misspellings of a name, and comparing takes time for each character.
    if key.len() > 64 {
        return None;
    }
    let key: Vec<char> = key.to_lowercase().chars().collect();
    let scored = names.iter().map(|name| (distance(&key, name), *name));
    let (distance, name) = scored.min_by_key(|(distance, _)| *distance)?;
    let contained = key.len() >= 4 && name.contains(&String::from_iter(&key));
    (distance <= name.len() / 3 || contained || sorted(key) == sorted(name.chars().collect())).then_some(name)
}

/// Returns the letters in order, which is the same for swapped letters.
fn sorted(mut letters: Vec<char>) -> Vec<char> {
    letters.sort_unstable();
    letters
}

/// Returns the Levenshtein distance: how many characters must be inserted, removed or replaced.
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, b) in b.chars().enumerate() {
        let mut left = i + 1;
        let mut diagonal = std::mem::replace(&mut row[0], left);
        for (a, cell) in a.iter().zip(&mut row[1..]) {
            let replaced = diagonal + usize::from(*a != b);
            diagonal = *cell;
            left = replaced.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
    }
    row.pop().unwrap_or(0)
}
