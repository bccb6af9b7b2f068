//! Types: of SQL, of Rust, and of the bytes between them.
//!
//! | Rust | SQL |
//! | --- | --- |
//! | `bool` | `BOOLEAN` |
//! | `i8` .. `i64`, `u8` .. `u64`, `isize`, `usize` | `TINYINT` .. `BIGINT`, `UNSIGNED` |
//! | `f32`, `f64` | `FLOAT`, `DOUBLE` |
//! | `&str`, `String` | `VARCHAR` |
//! | `&[u8]`, `Vec<u8>`, `[u8; N]` | `BYTEA` |
//! | chrono's `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime<Utc>` | `DATE`, `TIME`, `TIMESTAMP`, `TIMESTAMP WITH TIME ZONE` |
//! | `Vec<T>` | a list |
//! | a struct whose schema is known | a struct, or its JSON as `VARCHAR` |
//! | any other type in JSON | its JSON as `VARCHAR` |
//! | `Option<T>` | `T`'s, and null |
//!
//! The fields of a struct have the order of its schema, which is that of their names unless the program enables
//! `preserve_order` of `serde_json`.

mod coerce;
pub(crate) mod column;
mod interface;
mod rust;
mod schema;
mod sql;

pub(crate) use self::{
    coerce::{coerce, is_text},
    interface::{Described, arguments, result},
    sql::{same, shape_of, sql_name},
};

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use serde::{Deserialize, Serialize};

/// The type of a value that is encoded by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ValueType {
    /// What the value is.
    pub shape: Shape,
    /// Whether it is an `Option`: null in SQL.
    pub nullable: bool,
    /// The format of its bytes where it is alone; several arguments share one.
    pub format: Format,
}

/// What a value is. Each has a type in SQL, and one or several in Rust.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// `bool`, `BOOLEAN`.
    Bool,
    /// `i8` to `u64`: `TINYINT` to `BIGINT UNSIGNED`.
    Int {
        /// 8, 16, 32 or 64.
        bits: u8,
        /// Whether there are negative numbers.
        signed: bool,
    },
    /// `f32`, `FLOAT`.
    F32,
    /// `f64`, `DOUBLE`.
    F64,
    /// `String`, `VARCHAR`.
    Text,
    /// `Vec<u8>`, `BYTEA`.
    Bytes,
    /// `chrono::NaiveDate`, `DATE`.
    Date,
    /// `chrono::NaiveTime`, `TIME`.
    Time,
    /// `chrono::NaiveDateTime`, `TIMESTAMP`; with `utc`, `chrono::DateTime<Utc>`, `TIMESTAMP WITH TIME ZONE`.
    Timestamp {
        /// Whether it is a point in time.
        utc: bool,
    },
    /// Any JSON, as `VARCHAR`.
    Json,
    /// `Vec<T>`, a list.
    List(Box<Member>),
    /// A struct with these fields.
    Struct(Vec<Member>),
}

/// A field of a struct, or the items of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The field's name.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// Whether it may be null, or absent.
    pub nullable: bool,
}

/// The format of a value's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Text in UTF-8, numbers in little endian, bytes as they are.
    Plain,
    /// JSON.
    Json,
    /// MessagePack.
    Msgpack,
    /// This in Base64.
    Base64(Box<Format>),
    /// No bytes for null, or this.
    Optional(Box<Format>),
}

impl ValueType {
    /// Returns the type in SQL.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        self.shape.data_type()
    }
}

impl Shape {
    /// Returns the type in SQL.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int { bits: 8, signed: true } => DataType::Int8,
            Self::Int { bits: 16, signed: true } => DataType::Int16,
            Self::Int { bits: 32, signed: true } => DataType::Int32,
            Self::Int { signed: true, .. } => DataType::Int64,
            Self::Int { bits: 8, signed: false } => DataType::UInt8,
            Self::Int { bits: 16, signed: false } => DataType::UInt16,
            Self::Int { bits: 32, signed: false } => DataType::UInt32,
            Self::Int { signed: false, .. } => DataType::UInt64,
            Self::F32 => DataType::Float32,
            Self::F64 => DataType::Float64,
            Self::Text | Self::Json => DataType::Utf8,
            Self::Bytes => DataType::Binary,
            Self::Date => DataType::Date32,
            Self::Time => DataType::Time64(TimeUnit::Nanosecond),
            Self::Timestamp { utc } => DataType::Timestamp(TimeUnit::Nanosecond, utc.then(|| "+00:00".into())),
            Self::List(item) => DataType::List(item.field().into()),
            Self::Struct(members) => DataType::Struct(members.iter().map(Member::field).collect()),
        }
    }
}

impl Member {
    /// Returns it as a field.
    #[must_use]
    pub fn field(&self) -> Field {
        Field::new(&self.name, self.shape.data_type(), self.nullable)
    }
}
