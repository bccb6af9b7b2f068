//! Appends values to columns, from what plug-ins return.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use datafusion::arrow::datatypes::Date32Type;
use extism_runtime::codec::{Base64, Decode};
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    budget::Budget,
    builder::{Builder, Part, VALUE_BYTES},
    transcode::transcode,
    value::{Limited, nanoseconds, since_midnight},
};
use crate::types::{Format, ValueType};

/// How many lists and maps lie within each other at most, as in JSON.
const MAX_DEPTH: usize = 128;

impl Builder {
    /// Appends the value that these bytes are; the error says why they are none.
    #[inline]
    pub(crate) fn append(&mut self, ty: &ValueType, bytes: &[u8], budget: &Budget) -> Result<(), String> {
        self.append_as(&ty.format, ty.nullable, bytes, budget)
    }

    fn append_as(&mut self, format: &Format, nullable: bool, bytes: &[u8], budget: &Budget) -> Result<(), String> {
        match format {
            Format::Plain => self.append_plain(bytes, budget),
            Format::Optional(_) if bytes.is_empty() => {
                self.append_null();
                Ok(())
            }
            Format::Optional(format) => self.append_as(format, nullable, bytes, budget),
            Format::Base64(format) => {
                let Base64(decoded) = Base64::<Vec<u8>>::decode(bytes).map_err(|error| error.to_string())?;
                self.append_as(format, nullable, &decoded, budget)
            }
            Format::Json => self.append_json(nullable, bytes, budget),
            Format::Msgpack => {
                let mut read = rmp_serde::Deserializer::from_read_ref(bytes);
                read.set_max_depth(MAX_DEPTH);
                let appended = Append { builder: self, nullable, budget }.deserialize(&mut read);
                appended.map_err(|error| format!("it is not the MessagePack that was expected: {error}"))
            }
        }
    }

    fn append_json(&mut self, nullable: bool, bytes: &[u8], budget: &Budget) -> Result<(), String> {
        let unexpected = |error: serde_json::Error| format!("it is not the JSON that was expected: {error}");
        if let Self::Json(_) = self {
            // As the plug-in wrote it.
            serde_json::from_slice::<IgnoredAny>(bytes).map_err(unexpected)?;
            if nullable && bytes.trim_ascii() == b"null" {
                self.append_null();
                return Ok(());
            }
            return self.append_plain(bytes, budget);
        }
        let mut read = serde_json::Deserializer::from_slice(bytes);
        Append { builder: self, nullable, budget }.deserialize(&mut read).and_then(|()| read.end()).map_err(unexpected)
    }

    /// Appends text, bytes, or a number in little endian.
    #[inline]
    fn append_plain(&mut self, bytes: &[u8], budget: &Budget) -> Result<(), String> {
        macro_rules! number {
            ($builder:ident, $ty:ty) => {
                match bytes.try_into() {
                    Ok(bytes) => $builder.append_value(<$ty>::from_le_bytes(bytes)),
                    Err(_) => {
                        let expected = size_of::<$ty>();
                        return Err(format!("{} needs {expected} bytes, and it has {}", stringify!($ty), bytes.len()));
                    }
                }
            };
        }
        match self {
            Self::F64(builder) => number!(builder, f64),
            Self::F32(builder) => number!(builder, f32),
            Self::I8(builder) => number!(builder, i8),
            Self::I16(builder) => number!(builder, i16),
            Self::I32(builder) => number!(builder, i32),
            Self::I64(builder) => number!(builder, i64),
            Self::U8(builder) => number!(builder, u8),
            Self::U16(builder) => number!(builder, u16),
            Self::U32(builder) => number!(builder, u32),
            Self::U64(builder) => number!(builder, u64),
            Self::Bool(builder) => match bytes.first() {
                Some(byte) => builder.append_value(*byte != 0),
                None => return Err("bool needs 1 byte, and it has 0".to_owned()),
            },
            Self::Text(builder) | Self::Json(builder) => {
                let text = std::str::from_utf8(bytes).map_err(|error| format!("it is not UTF-8: {error}"))?;
                budget.take(text.len())?;
                has_room(builder.values_slice(), text.len())?;
                builder.append_value(text);
            }
            Self::Bytes(builder) => {
                budget.take(bytes.len())?;
                has_room(builder.values_slice(), bytes.len())?;
                builder.append_value(bytes);
            }
            _ => return Err("it has no bytes of its own".to_owned()),
        }
        Ok(())
    }
}

/// A column has at most 2 GiB of text.
#[inline]
fn has_room(present: &[u8], more: usize) -> Result<(), String> {
    match present.len().checked_add(more) {
        Some(total) if i32::try_from(total).is_ok() => Ok(()),
        _ => Err("the results of a batch have more than 2 GiB together".to_owned()),
    }
}

/// Appends one value.
struct Append<'b> {
    builder: &'b mut Builder,
    nullable: bool,
    budget: &'b Budget,
}

impl<'de> DeserializeSeed<'de> for Append<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.budget.take(VALUE_BYTES).map_err(D::Error::custom)?;
        if let Builder::Json(_) = self.builder { self.json(from) } else { from.deserialize_any(self) }
    }
}

macro_rules! visit_integer {
    ($($visit:ident: $ty:ty),*) => {$(
        fn $visit<E: Error>(self, number: $ty) -> Result<(), E> {
            self.integer(number)
        }
    )*};
}

impl Append<'_> {
    fn integer<N, E>(self, number: N) -> Result<(), E>
    where
        N: Copy + fmt::Display,
        i128: From<N>,
        E: Error,
    {
        let wide = i128::from(number);
        macro_rules! narrow {
            ($builder:ident, $ty:ty) => {{
                let narrow = <$ty>::try_from(wide);
                let narrow = narrow.map_err(|_| E::custom(format!("{number} does not fit {}", stringify!($ty))))?;
                $builder.append_value(narrow);
            }};
        }
        match self.builder {
            Builder::I8(builder) => narrow!(builder, i8),
            Builder::I16(builder) => narrow!(builder, i16),
            Builder::I32(builder) => narrow!(builder, i32),
            Builder::I64(builder) => narrow!(builder, i64),
            Builder::U8(builder) => narrow!(builder, u8),
            Builder::U16(builder) => narrow!(builder, u16),
            Builder::U32(builder) => narrow!(builder, u32),
            Builder::U64(builder) => narrow!(builder, u64),
            #[allow(clippy::cast_precision_loss, reason = "as serde reads an integer into a float")]
            Builder::F64(builder) => builder.append_value(wide as f64),
            #[allow(clippy::cast_precision_loss, reason = "as serde reads an integer into a float")]
            Builder::F32(builder) => builder.append_value(wide as f32),
            _ => return Err(self.unexpected("a number")),
        }
        Ok(())
    }

    fn null<E: Error>(self) -> Result<(), E> {
        if !self.nullable {
            return Err(self.unexpected("null"));
        }
        self.budget.take(self.builder.null_bytes()).map_err(E::custom)?;
        self.builder.append_null();
        Ok(())
    }

    /// Appends the text of a value in JSON.
    fn json<'de, D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        let mut text = Limited { bytes: Vec::new(), budget: self.budget };
        transcode(from, &mut serde_json::Serializer::new(&mut text))?;
        if self.nullable && text.bytes == b"null" {
            self.builder.append_null();
            return Ok(());
        }
        self.builder.append_plain(&text.bytes, self.budget).map_err(D::Error::custom)
    }

    #[cold]
    fn unexpected<E: Error>(&self, found: &str) -> E {
        E::custom(format!("{found} where there should be {}", self.builder.noun()))
    }
}

impl<'de> Visitor<'de> for Append<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.builder.noun())
    }

    visit_integer! { visit_i64: i64, visit_u64: u64 }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        match self.builder {
            Builder::F64(builder) => builder.append_value(number),
            #[allow(clippy::cast_possible_truncation, reason = "as serde reads one into an f32")]
            Builder::F32(builder) => builder.append_value(number as f32),
            _ => return Err(self.unexpected("a number")),
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        match self.builder {
            Builder::Bool(builder) => builder.append_value(value),
            _ => return Err(self.unexpected("a boolean")),
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.null()
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let noun = self.builder.noun();
        let none = |_| E::custom(format!("`{}` is not {noun}", text.escape_debug()));
        match self.builder {
            Builder::Text(_) => return self.builder.append_plain(text.as_bytes(), self.budget).map_err(E::custom),
            Builder::Date(builder) => {
                builder.append_value(Date32Type::from_naive_date(text.parse::<NaiveDate>().map_err(none)?));
            }
            Builder::Time(builder) => {
                let time = text.parse::<NaiveTime>().map_err(none)?;
                builder.append_value(since_midnight(time)?);
            }
            Builder::Timestamp(builder) => {
                builder.append_value(nanoseconds(text.parse::<NaiveDateTime>().map_err(none)?.and_utc())?);
            }
            Builder::PointInTime(builder) => {
                builder.append_value(nanoseconds(text.parse::<DateTime<Utc>>().map_err(none)?)?);
            }
            _ => return Err(self.unexpected("a string")),
        }
        Ok(())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<(), E> {
        match self.builder {
            Builder::Bytes(_) => self.builder.append_plain(bytes, self.budget).map_err(E::custom),
            _ => Err(self.unexpected("bytes")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        match self.builder {
            Builder::List(list) => {
                let Part { field, builder, .. } = &mut list.items;
                let nullable = field.is_nullable();
                let budget = self.budget;
                while items.next_element_seed(Append { builder: &mut *builder, nullable, budget })?.is_some() {}
                list.close().map_err(|_| A::Error::custom("the lists of a batch have too many items together"))
            }
            Builder::Bytes(_) => {
                let mut bytes = Vec::new();
                while let Some(byte) = items.next_element::<u8>()? {
                    bytes.push(byte);
                }
                self.visit_bytes(&bytes)
            }
            _ => Err(self.unexpected("an array")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Builder::Struct(fields, nulls) = self.builder else { return Err(self.unexpected("an object")) };
        let row = nulls.len();
        while let Some(key) = entries.next_key::<Cow<'_, str>>()? {
            match fields.iter_mut().find(|part| part.name == key) {
                // Serde's structures ignore what they do not know.
                None => {
                    entries.next_value::<IgnoredAny>()?;
                }
                Some(Part { name, builder, .. }) if builder.len() > row => {
                    return Err(A::Error::custom(format!("the field `{name}` is there twice")));
                }
                Some(Part { field, builder, .. }) => {
                    let nullable = field.is_nullable();
                    entries.next_value_seed(Append { builder, nullable, budget: self.budget })?;
                }
            }
        }
        for Part { name, field, builder, null_bytes } in fields {
            if builder.len() == row {
                if !field.is_nullable() {
                    return Err(A::Error::custom(format!("the field `{name}` is missing")));
                }
                self.budget.take(*null_bytes).map_err(A::Error::custom)?;
                builder.append_null();
            }
        }
        nulls.append_non_null();
        Ok(())
    }
}
