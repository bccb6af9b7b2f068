//! Passes values from one format to another piece by piece, so that they are never in memory as a whole.

use std::cell::RefCell;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
    ser::{self, SerializeMap, SerializeSeq},
};

/// Writes the value that `from` reads.
pub(super) fn transcode<'de, D: Deserializer<'de>, S: Serializer>(from: D, to: S) -> Result<S::Ok, D::Error> {
    from.deserialize_any(Write(to))
}

/// A value that is read when it is written.
pub(super) struct Transcoded<D>(RefCell<Option<D>>);

impl<D> Transcoded<D> {
    pub(super) fn new(from: D) -> Self {
        Self(RefCell::new(Some(from)))
    }
}

impl<'de, D: Deserializer<'de>> Serialize for Transcoded<D> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let from = self.0.borrow_mut().take();
        let from = from.ok_or_else(|| ser::Error::custom("a value is written twice"))?;
        transcode(from, to).map_err(ser::Error::custom)
    }
}

struct Write<S>(S);

macro_rules! visit {
    ($($visit:ident $serialize:ident $ty:ty,)*) => {$(
        fn $visit<E: de::Error>(self, value: $ty) -> Result<S::Ok, E> {
            self.0.$serialize(value).map_err(E::custom)
        }
    )*};
}

impl<'de, S: Serializer> Visitor<'de> for Write<S> {
    type Value = S::Ok;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    visit! {
        visit_bool serialize_bool bool,
        visit_i64 serialize_i64 i64,
        visit_u64 serialize_u64 u64,
        visit_f32 serialize_f32 f32,
        visit_f64 serialize_f64 f64,
        visit_str serialize_str &str,
        visit_bytes serialize_bytes &[u8],
    }

    fn visit_unit<E: de::Error>(self) -> Result<S::Ok, E> {
        self.0.serialize_unit().map_err(E::custom)
    }

    fn visit_none<E: de::Error>(self) -> Result<S::Ok, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<S::Ok, D::Error> {
        transcode(from, self.0)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<S::Ok, D::Error> {
        transcode(from, self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<S::Ok, A::Error> {
        let mut list = self.0.serialize_seq(items.size_hint()).map_err(de::Error::custom)?;
        while items.next_element_seed(Item(&mut list))?.is_some() {}
        list.end().map_err(de::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<S::Ok, A::Error> {
        let mut map = self.0.serialize_map(entries.size_hint()).map_err(de::Error::custom)?;
        while entries.next_key_seed(Key(&mut map))?.is_some() {
            entries.next_value_seed(Entry(&mut map))?;
        }
        map.end().map_err(de::Error::custom)
    }
}

/// An item of a list.
struct Item<'l, L>(&'l mut L);

impl<'de, L: SerializeSeq> DeserializeSeed<'de> for Item<'_, L> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.serialize_element(&Transcoded::new(from)).map_err(de::Error::custom)
    }
}

/// The key of an entry.
struct Key<'m, M>(&'m mut M);

impl<'de, M: SerializeMap> DeserializeSeed<'de> for Key<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        // JSON has no other keys.
        let key = std::borrow::Cow::<'_, str>::deserialize(from)?;
        self.0.serialize_key(&key).map_err(de::Error::custom)
    }
}

/// The value of an entry.
struct Entry<'m, M>(&'m mut M);

impl<'de, M: SerializeMap> DeserializeSeed<'de> for Entry<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.serialize_value(&Transcoded::new(from)).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"b":[1,-2,0.5,true,null,"text \"quoted\" \u0001"],"a":{"deep":[[],{}]},"a":9}"#;

    #[test]
    fn json_stays_as_it_is() {
        let mut out = Vec::new();
        let mut from = serde_json::Deserializer::from_str(JSON);
        transcode(&mut from, &mut serde_json::Serializer::new(&mut out)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), JSON);
    }

    #[test]
    fn json_becomes_the_messagepack_of_its_value() {
        let value: serde_json::Value = serde_json::from_str(r#"{"a":[1,[2.5,"x"],null],"b":{"c":-7}}"#).unwrap();
        let json = value.to_string();
        let mut from = serde_json::Deserializer::from_str(&json);
        let msgpack = rmp_serde::to_vec(&Transcoded::new(&mut from)).unwrap();
        assert_eq!(msgpack, rmp_serde::to_vec(&value).unwrap());
        let mut json_again = Vec::new();
        let mut from = rmp_serde::Deserializer::from_read_ref(&msgpack);
        transcode(&mut from, &mut serde_json::Serializer::new(&mut json_again)).unwrap();
        assert_eq!(String::from_utf8(json_again).unwrap(), json);
    }
}
