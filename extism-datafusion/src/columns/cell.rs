//! Values of columns, as serde sees them: the same as those of the Rust types in the plug-in's interface.

use std::ops::Range;

use serde::{
    Serialize, Serializer,
    de::IgnoredAny,
    ser::{Error, SerializeMap, SerializeSeq},
};

use super::{
    reader::{Reader, date, point_in_time, time, timestamp},
    transcode::Transcoded,
};

/// The value of a column in a row.
#[derive(Clone, Copy)]
pub(super) struct Cell<'r> {
    pub(super) reader: &'r Reader,
    pub(super) row: usize,
}

/// The values of a column in some rows, as a list.
pub(super) struct Cells<'r> {
    pub(super) reader: &'r Reader,
    pub(super) rows: Range<usize>,
}

impl Serialize for Cells<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.rows.len()))?;
        for row in self.rows.clone() {
            list.serialize_element(&Cell { reader: self.reader, row })?;
        }
        list.end()
    }
}

impl Serialize for Cell<'_> {
    #[inline]
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { reader, row } = *self;
        if reader.array().is_null(row) {
            return to.serialize_none();
        }
        match reader {
            Reader::Text(text) => to.serialize_str(text.value(row)),
            Reader::F64(array) => {
                let number = finite(array.value(row), &to)?;
                to.serialize_f64(number)
            }
            Reader::F32(array) => {
                finite(array.value(row).into(), &to)?;
                to.serialize_f32(array.value(row))
            }
            Reader::Bool(array) => to.serialize_bool(array.value(row)),
            Reader::I8(array) => to.serialize_i8(array.value(row)),
            Reader::I16(array) => to.serialize_i16(array.value(row)),
            Reader::I32(array) => to.serialize_i32(array.value(row)),
            Reader::I64(array) => to.serialize_i64(array.value(row)),
            Reader::U8(array) => to.serialize_u8(array.value(row)),
            Reader::U16(array) => to.serialize_u16(array.value(row)),
            Reader::U32(array) => to.serialize_u32(array.value(row)),
            Reader::U64(array) => to.serialize_u64(array.value(row)),
            // As serde sees `&[u8]`.
            Reader::Bytes(bytes) => to.collect_seq(bytes.value(row)),
            Reader::Json(text) => {
                let text = text.value(row);
                serde_json::from_str::<IgnoredAny>(text)
                    .map_err(|error| S::Error::custom(format!("the text is not JSON: {error}")))?;
                Transcoded::new(&mut serde_json::Deserializer::from_str(text)).serialize(to)
            }
            // As chrono's types.
            Reader::Date(array) => to.collect_str(&date(array.value(row)).map_err(S::Error::custom)?),
            Reader::Time(array) => to.collect_str(&time(array.value(row)).map_err(S::Error::custom)?),
            Reader::Timestamp(array) => to.collect_str(&format_args!("{:?}", timestamp(array.value(row)))),
            Reader::PointInTime(array) => to.collect_str(&format_args!("{:?}", point_in_time(array.value(row)))),
            Reader::List(array, items) => {
                Cells { reader: items, rows: range(array.value_offsets(), row) }.serialize(to)
            }
            Reader::Struct(_, members) => structure(members, row, to),
        }
    }
}

/// An object, in MessagePack too: the order of a schema's fields is not that of the structure in Rust, and serde reads
/// structures by name everywhere.
fn structure<S: Serializer>(members: &[(String, Reader)], row: usize, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(members.len()))?;
    for (name, reader) in members {
        map.serialize_entry(name, &Cell { reader, row })?;
    }
    map.end()
}

/// The items of a list. Offsets are never negative.
fn range(offsets: &[i32], row: usize) -> Range<usize> {
    let offset = |row: usize| offsets.get(row).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or_default();
    offset(row)..offset(row + 1)
}

/// JSON has no other numbers; serde would write null.
#[inline]
fn finite<S: Serializer>(number: f64, to: &S) -> Result<f64, S::Error> {
    if number.is_finite() || !to.is_human_readable() {
        return Ok(number);
    }
    Err(S::Error::custom(format!(
        "JSON has no number {number}; the interface can encode its arguments with `args = \"msgpack\"`"
    )))
}
