//! The bytes that a function or a table of a plug-in becomes in a plan.

use bytes::Bytes;
use datafusion::common::{Result, ScalarValue};
use datafusion_proto::protobuf;
use prost::Message;

use crate::{FunctionError, FunctionSpec, spec::VERSION};

/// What the bytes begin with, by which they are told from those of the codec inside: no message of Protocol Buffers begins
/// with a zero.
const MARK: &[u8] = b"\0extism-datafusion\0";

/// The part of the message that every version has.
#[derive(Message)]
struct Version {
    #[prost(uint32, tag = "1")]
    version: u32,
}

#[derive(Message)]
struct Shipped {
    #[prost(uint32, tag = "1")]
    version: u32,
    /// The `FunctionSpec`, as JSON.
    #[prost(bytes = "bytes", tag = "2")]
    function: Bytes,
    /// The module, if it is part of the plan.
    #[prost(bytes = "bytes", optional, tag = "3")]
    module: Option<Bytes>,
    #[prost(message, optional, tag = "4")]
    table: Option<Table>,
}

#[derive(Message)]
struct Table {
    #[prost(message, repeated, tag = "1")]
    args: Vec<protobuf::ScalarValue>,
    #[prost(message, optional, tag = "2")]
    projection: Option<Columns>,
    #[prost(uint64, optional, tag = "3")]
    limit: Option<u64>,
}

#[derive(Message)]
struct Columns {
    #[prost(uint32, repeated, tag = "1")]
    columns: Vec<u32>,
}

/// What a plan has in place of a function or a table.
pub(super) struct Content {
    pub(super) function: FunctionSpec,
    pub(super) module: Option<Bytes>,
    pub(super) table: Option<TableContent>,
}

/// What makes a function's call a table.
pub(super) struct TableContent {
    pub(super) args: Vec<ScalarValue>,
    pub(super) projection: Option<Vec<usize>>,
    pub(super) limit: Option<usize>,
}

/// Appends the bytes.
pub(super) fn write(content: &Content, buf: &mut Vec<u8>) -> Result<()> {
    let shipped = Shipped {
        version: VERSION,
        function: content.function.to_json()?.into(),
        module: content.module.clone(),
        table: content.table.as_ref().map(|table| write_table(&content.function.name, table)).transpose()?,
    };
    buf.reserve(MARK.len() + shipped.encoded_len());
    buf.extend_from_slice(MARK);
    shipped.encode_raw(buf);
    Ok(())
}

/// Reads the bytes; `None` if they are not a plug-in's.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Content>> {
    let Some(message) = bytes.strip_prefix(MARK) else {
        return Ok(None);
    };
    let Version { version } = Version::decode(message).map_err(not_read)?;
    if version != VERSION {
        return Err(FunctionError::Version { version }.into());
    }
    let shipped = Shipped::decode(message).map_err(not_read)?;
    let function = FunctionSpec::from_json(&shipped.function)?;
    let table = shipped.table.map(read_table).transpose()?;
    Ok(Some(Content { function, module: shipped.module, table }))
}

fn write_table(function: &str, table: &TableContent) -> Result<Table> {
    let write = |value| {
        protobuf::ScalarValue::try_from(value)
            .map_err(|error| FunctionError::plan(function, format!("an argument cannot be sent: {error}")).into())
    };
    Ok(Table {
        args: table.args.iter().map(write).collect::<Result<_>>()?,
        projection: table.projection.as_ref().map(|columns| Columns {
            // A table with more columns than that would not fit in memory.
            columns: columns.iter().map(|column| u32::try_from(*column).unwrap_or(u32::MAX)).collect(),
        }),
        limit: table.limit.map(|rows| rows as u64),
    })
}

fn read_table(table: Table) -> Result<TableContent> {
    let args = table.args.iter().map(|value| ScalarValue::try_from(value).map_err(not_read));
    Ok(TableContent {
        args: args.collect::<Result<_, _>>()?,
        projection: table
            .projection
            .map(|Columns { columns }| columns.into_iter().map(|column| column as usize).collect()),
        limit: table.limit.map(|rows| usize::try_from(rows).unwrap_or(usize::MAX)),
    })
}

fn not_read(error: impl std::fmt::Display) -> FunctionError {
    FunctionError::NotASpec { reason: error.to_string() }
}
