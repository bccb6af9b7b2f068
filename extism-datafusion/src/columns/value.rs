//! Parts of values: times as numbers, JSON as text, and what they are called.

use std::io;

use chrono::{DateTime, NaiveTime, Timelike, Utc};
use serde::de::Error;

use super::{budget::Budget, builder::Builder};

/// SQL has no leap seconds, which chrono counts as a second of more than 10^9 nanoseconds.
pub(super) fn since_midnight<E: Error>(time: NaiveTime) -> Result<i64, E> {
    match i64::from(time.nanosecond()) {
        nanosecond @ 0..1_000_000_000 => Ok(i64::from(time.num_seconds_from_midnight()) * 1_000_000_000 + nanosecond),
        _ => Err(E::custom(format!("{time} is a leap second, which SQL does not have"))),
    }
}

/// The text of a value, within what is left of the budget. It is taken from there when it is appended.
pub(super) struct Limited<'b> {
    pub(super) bytes: Vec<u8>,
    pub(super) budget: &'b Budget,
}

impl io::Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.budget.left() {
            return Err(io::Error::other(self.budget.is_used_up()));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A timestamp has 64 bits of nanoseconds: the years 1677 to 2262.
pub(super) fn nanoseconds<E: Error>(time: DateTime<Utc>) -> Result<i64, E> {
    time.timestamp_nanos_opt().ok_or_else(|| E::custom(format!("{time} is not within the years 1677 to 2262")))
}

impl Builder {
    /// What a value is called in an error.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::I8(_) => "an i8",
            Self::I16(_) => "an i16",
            Self::I32(_) => "an i32",
            Self::I64(_) => "an i64",
            Self::U8(_) => "a u8",
            Self::U16(_) => "a u16",
            Self::U32(_) => "a u32",
            Self::U64(_) => "a u64",
            Self::F32(_) => "an f32",
            Self::F64(_) => "an f64",
            Self::Text(_) => "a string",
            Self::Json(_) => "JSON",
            Self::Bytes(_) => "bytes",
            Self::Date(_) => "a date such as 2024-01-31",
            Self::Time(_) => "a time such as 23:59:59",
            Self::Timestamp(_) => "a date and time such as 2024-01-31T23:59:59",
            Self::PointInTime(_) => "a point in time such as 2024-01-31T23:59:59Z",
            Self::List(_) => "an array",
            Self::Struct(..) => "an object",
        }
    }
}
