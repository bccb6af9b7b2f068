//! Several arguments as an object of them by name.

use std::{fmt, marker::PhantomData};

use extism_codec::CodecError;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, IntoDeserializer, MapAccess, Visitor},
};

use crate::{block::Input, failure::Failure};

/// Reads arguments from a JSON object. Unknown names are ignored; an argument that is missing is `null`, for `Option`s.
///
/// # Errors
///
/// Returns an error if the input is no such object.
pub fn named<'a, T: Named<'a>>(input: Input<'a>, names: &'static [&'static str]) -> Result<T, Failure> {
    read(input.bytes(), names).map_err(|error| Failure::of_input(&CodecError::new(error)))
}

fn read<'a, T: Named<'a>>(input: &'a [u8], names: &'static [&'static str]) -> Result<T, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(input);
    let arguments = json.deserialize_map(Arguments { names, ty: PhantomData })?;
    json.end()?;
    Ok(arguments)
}

struct Arguments<T> {
    names: &'static [&'static str],
    ty: PhantomData<T>,
}

impl<'de, T: Named<'de>> Visitor<'de> for Arguments<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the arguments")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<T, M::Error> {
        let mut found = T::none();
        while let Some(index) = map.next_key_seed(Name(self.names))? {
            match index {
                Some(index) => T::read(&mut found, index, &mut map)?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        T::finish(found, self.names)
    }
}

/// A name's index.
struct Name(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an argument")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|known| *known == name))
    }
}

/// A tuple of arguments.
pub trait Named<'de>: Sized {
    /// Those found so far.
    type Found;

    /// None of them.
    fn none() -> Self::Found;

    /// Reads the value of an argument.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not such a value.
    fn read<M: MapAccess<'de>>(found: &mut Self::Found, index: usize, map: &mut M) -> Result<(), M::Error>;

    /// Returns all of them.
    ///
    /// # Errors
    ///
    /// Returns an error if one is missing.
    fn finish<E: serde::de::Error>(found: Self::Found, names: &'static [&'static str]) -> Result<Self, E>;
}

fn or_null<'de, T: Deserialize<'de>, E: serde::de::Error>(
    value: Option<T>,
    name: Option<&&'static str>,
) -> Result<T, E> {
    if let Some(value) = value {
        return Ok(value);
    }
    let null = T::deserialize(().into_deserializer());
    null.map_err(|_: serde::de::value::Error| E::missing_field(name.copied().unwrap_or_default()))
}

macro_rules! tuples {
    ($($name:ident $index:tt),*) => {
        impl<'de, $($name: Deserialize<'de>),*> Named<'de> for ($($name,)*) {
            type Found = ($(Option<$name>,)*);

            fn none() -> Self::Found {
                ($(None::<$name>,)*)
            }

            fn read<Map: MapAccess<'de>>(found: &mut Self::Found, index: usize, map: &mut Map) -> Result<(), Map::Error> {
                match index {
                    $($index => found.$index = Some(map.next_value()?),)*
                    _ => return Err(Map::Error::custom("too many arguments")),
                }
                Ok(())
            }

            fn finish<Failed: serde::de::Error>(
                found: Self::Found,
                names: &'static [&'static str],
            ) -> Result<Self, Failed> {
                Ok(($(or_null(found.$index, names.get($index))?,)*))
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15);

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<(String, Option<u32>), String> {
        read(json.as_bytes(), &["text", "times"]).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_are_found_by_name_in_any_order() {
        assert_eq!(of(r#"{"times": 2, "more": [{}], "text": "a\n"}"#), Ok(("a\n".to_owned(), Some(2))));
        assert_eq!(of(r#"{"text": ""}"#), Ok((String::new(), None)));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert!(of(r#"{"times": 2}"#).is_err_and(|error| error.starts_with("missing field `text`")));
        assert!(of(r#"{"text": 2}"#).is_err_and(|error| error.starts_with("invalid type: integer `2`")));
        assert!(of("[]").is_err_and(|error| error.contains("an object with the arguments")));
        assert!(of(r#"{"text": ""} {}"#).is_err_and(|error| error.contains("trailing characters")));
    }
}
