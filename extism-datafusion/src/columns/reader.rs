//! Columns whose values are read one by one.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, BinaryArray, BinaryViewArray, BooleanArray, Date32Array, LargeBinaryArray,
            LargeStringArray, ListArray, PrimitiveArray, StringArray, StringViewArray, StructArray,
            Time64NanosecondArray, TimestampNanosecondArray,
        },
        compute::cast,
        datatypes::{
            DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
            UInt32Type, UInt64Type,
        },
        temporal_conversions,
    },
    common::{Result, exec_datafusion_err},
};

use crate::types::{Shape, is_text};

/// A column, by the shape of its values: what differs from row to row is looked at for each row, and nothing else.
#[derive(Debug)]
pub(super) enum Reader {
    Bool(BooleanArray),
    I8(PrimitiveArray<Int8Type>),
    I16(PrimitiveArray<Int16Type>),
    I32(PrimitiveArray<Int32Type>),
    I64(PrimitiveArray<Int64Type>),
    U8(PrimitiveArray<UInt8Type>),
    U16(PrimitiveArray<UInt16Type>),
    U32(PrimitiveArray<UInt32Type>),
    U64(PrimitiveArray<UInt64Type>),
    F32(PrimitiveArray<Float32Type>),
    F64(PrimitiveArray<Float64Type>),
    Text(Text),
    /// Texts that are JSON.
    Json(Text),
    Bytes(Bytes),
    Date(Date32Array),
    Time(Time64NanosecondArray),
    Timestamp(TimestampNanosecondArray),
    PointInTime(TimestampNanosecondArray),
    List(ListArray, Box<Reader>),
    Struct(StructArray, Vec<(String, Reader)>),
}

/// A column of texts.
#[derive(Debug)]
pub(super) enum Text {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

/// A column of bytes.
#[derive(Debug)]
pub(super) enum Bytes {
    Small(BinaryArray),
    Large(LargeBinaryArray),
    View(BinaryViewArray),
}

impl Text {
    fn new(array: &ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Utf8View => Self::View(array.as_string_view().clone()),
            DataType::LargeUtf8 => Self::Large(array.as_string().clone()),
            DataType::Utf8 => Self::Small(array.as_string().clone()),
            _ => Self::Small(cast(array, &DataType::Utf8)?.as_string().clone()),
        })
    }

    #[inline]
    pub(super) fn value(&self, row: usize) -> &str {
        match self {
            Self::Small(array) => array.value(row),
            Self::Large(array) => array.value(row),
            Self::View(array) => array.value(row),
        }
    }
}

impl Bytes {
    fn new(array: &ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::BinaryView => Self::View(array.as_binary_view().clone()),
            DataType::LargeBinary => Self::Large(array.as_binary().clone()),
            DataType::Binary => Self::Small(array.as_binary().clone()),
            _ => Self::Small(cast(array, &DataType::Binary)?.as_binary().clone()),
        })
    }

    #[inline]
    pub(super) fn value(&self, row: usize) -> &[u8] {
        match self {
            Self::Small(array) => array.value(row),
            Self::Large(array) => array.value(row),
            Self::View(array) => array.value(row),
        }
    }
}

impl Reader {
    /// Reads the values of this shape from an array, which is cast if it has another type.
    pub(super) fn new(shape: &Shape, array: &ArrayRef) -> Result<Self> {
        if is_text(array.data_type()) && matches!(shape, Shape::Json | Shape::Struct(_) | Shape::List(_)) {
            return Ok(Self::Json(Text::new(array)?));
        }
        let of = |shape: &Shape| -> Result<ArrayRef> {
            let data_type = shape.data_type();
            if *array.data_type() == data_type { Ok(ArrayRef::clone(array)) } else { Ok(cast(array, &data_type)?) }
        };
        Ok(match shape {
            Shape::Text => Self::Text(Text::new(array)?),
            Shape::Json => Self::Json(Text::new(array)?),
            Shape::Bytes => Self::Bytes(Bytes::new(array)?),
            Shape::Bool => Self::Bool(of(shape)?.as_boolean().clone()),
            Shape::Int { bits, signed } => Self::int(*bits, *signed, &of(shape)?),
            Shape::F32 => Self::F32(of(shape)?.as_primitive().clone()),
            Shape::F64 => Self::F64(of(shape)?.as_primitive().clone()),
            Shape::Date => Self::Date(of(shape)?.as_primitive().clone()),
            Shape::Time => Self::Time(of(shape)?.as_primitive().clone()),
            Shape::Timestamp { utc: false } => Self::Timestamp(of(shape)?.as_primitive().clone()),
            Shape::Timestamp { utc: true } => Self::PointInTime(of(shape)?.as_primitive().clone()),
            Shape::List(item) => {
                let list = of(shape)?.as_list::<i32>().clone();
                let items = Self::new(&item.shape, list.values())?;
                Self::List(list, Box::new(items))
            }
            Shape::Struct(members) => {
                let array = of(shape)?.as_struct().clone();
                let readers = members
                    .iter()
                    .zip(array.columns())
                    .map(|(member, column)| Ok((member.name.clone(), Self::new(&member.shape, column)?)));
                let readers = readers.collect::<Result<Vec<_>>>()?;
                Self::Struct(array, readers)
            }
        })
    }

    fn int(bits: u8, signed: bool, array: &ArrayRef) -> Self {
        match (bits, signed) {
            (8, true) => Self::I8(array.as_primitive().clone()),
            (16, true) => Self::I16(array.as_primitive().clone()),
            (32, true) => Self::I32(array.as_primitive().clone()),
            (_, true) => Self::I64(array.as_primitive().clone()),
            (8, false) => Self::U8(array.as_primitive().clone()),
            (16, false) => Self::U16(array.as_primitive().clone()),
            (32, false) => Self::U32(array.as_primitive().clone()),
            (_, false) => Self::U64(array.as_primitive().clone()),
        }
    }

    /// Returns the array.
    pub(super) fn array(&self) -> &dyn Array {
        match self {
            Self::Bool(array) => array,
            Self::I8(array) => array,
            Self::I16(array) => array,
            Self::I32(array) => array,
            Self::I64(array) => array,
            Self::U8(array) => array,
            Self::U16(array) => array,
            Self::U32(array) => array,
            Self::U64(array) => array,
            Self::F32(array) => array,
            Self::F64(array) => array,
            Self::Text(Text::Small(array)) | Self::Json(Text::Small(array)) => array,
            Self::Text(Text::Large(array)) | Self::Json(Text::Large(array)) => array,
            Self::Text(Text::View(array)) | Self::Json(Text::View(array)) => array,
            Self::Bytes(Bytes::Small(array)) => array,
            Self::Bytes(Bytes::Large(array)) => array,
            Self::Bytes(Bytes::View(array)) => array,
            Self::Date(array) => array,
            Self::Time(array) => array,
            Self::Timestamp(array) | Self::PointInTime(array) => array,
            Self::List(array, _) => array,
            Self::Struct(array, _) => array,
        }
    }
}

pub(super) fn date(days: i32) -> Result<NaiveDate> {
    let date = temporal_conversions::date32_to_datetime(days).map(|date| date.date());
    date.ok_or_else(|| exec_datafusion_err!("the date {days} days after 1970-01-01 cannot be passed to a plug-in"))
}

pub(super) fn time(nanoseconds: i64) -> Result<NaiveTime> {
    let time = temporal_conversions::time64ns_to_time(nanoseconds);
    time.ok_or_else(|| exec_datafusion_err!("a day has no time {nanoseconds} ns after midnight"))
}

pub(super) fn timestamp(nanoseconds: i64) -> NaiveDateTime {
    point_in_time(nanoseconds).naive_utc()
}

pub(super) fn point_in_time(nanoseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(nanoseconds)
}
