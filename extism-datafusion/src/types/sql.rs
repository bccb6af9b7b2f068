//! From SQL types to shapes, and their names.

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use super::{Member, Shape};

/// Returns the shape of a type in SQL, for exports that do not describe themselves; `None` if it has none.
pub(crate) fn shape_of(data_type: &DataType) -> Option<Shape> {
    let int = |bits, signed| Shape::Int { bits, signed };
    let member = |field: &datafusion::arrow::datatypes::Field| {
        let shape = shape_of(field.data_type())?;
        Some(Member { name: field.name().clone(), shape, nullable: field.is_nullable() })
    };
    Some(match data_type {
        DataType::Boolean => Shape::Bool,
        DataType::Int8 => int(8, true),
        DataType::Int16 => int(16, true),
        DataType::Int32 => int(32, true),
        DataType::Int64 => int(64, true),
        DataType::UInt8 => int(8, false),
        DataType::UInt16 => int(16, false),
        DataType::UInt32 => int(32, false),
        DataType::UInt64 => int(64, false),
        DataType::Float32 => Shape::F32,
        DataType::Float64 => Shape::F64,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Shape::Text,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Shape::Bytes,
        DataType::Date32 => Shape::Date,
        DataType::Time64(TimeUnit::Nanosecond) => Shape::Time,
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => Shape::Timestamp { utc: zone.is_some() },
        DataType::List(item) => Shape::List(Box::new(member(item)?)),
        DataType::Struct(fields) => {
            Shape::Struct(fields.iter().map(|field| member(field)).collect::<Option<Vec<_>>>()?)
        }
        _ => return None,
    })
}

/// Whether two types are the same in SQL: Arrow has several for texts and for bytes.
pub(crate) fn same(left: &DataType, right: &DataType) -> bool {
    match (shape_of(left), shape_of(right)) {
        (Some(left), Some(right)) => sql_name(&left.data_type()) == sql_name(&right.data_type()),
        _ => left == right,
    }
}

/// Returns the name of a type in SQL.
pub(crate) fn sql_name(data_type: &DataType) -> String {
    let name = match data_type {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INT",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "TINYINT UNSIGNED",
        DataType::UInt16 => "SMALLINT UNSIGNED",
        DataType::UInt32 => "INT UNSIGNED",
        DataType::UInt64 => "BIGINT UNSIGNED",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "BYTEA",
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time64(_) | DataType::Time32(_) => "TIME",
        DataType::Timestamp(_, None) => "TIMESTAMP",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Null => "NULL",
        DataType::List(item) => return format!("{}[]", sql_name(item.data_type())),
        DataType::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|field| format!("{} {}", field.name(), sql_name(field.data_type()))).collect();
            return format!("STRUCT<{}>", fields.join(", "));
        }
        other => return other.to_string(),
    };
    name.to_owned()
}
