//! Arrow IPC, the format of batches.

mod check;

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use datafusion::arrow::{
    array::{Array, ArrayData, ArrayRef, RecordBatch, RecordBatchOptions},
    buffer::Buffer,
    compute::concat_batches,
    datatypes::{DataType, Field, Schema},
    error::ArrowError,
    ipc::{reader::StreamDecoder, writer::StreamWriter},
};
use extism_runtime::codec::{CodecError, Decode, Encode, Writer};

use crate::types::column;

/// Encodes a `RecordBatch`, or an `ArrayRef` as the only column of one, as a stream of Arrow IPC.
///
/// With `#[plugin_interface(codec = ArrowIpc)]`, the methods of an interface take and return columns:
///
/// ```
/// use datafusion::arrow::array::{ArrayRef, RecordBatch};
/// use extism_datafusion::ArrowIpc;
/// use extism_runtime::prelude::*;
///
/// #[plugin_interface(codec = ArrowIpc)]
/// trait Columns {
///     fn score(&mut self, batch: RecordBatch) -> ArrayRef;
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ArrowIpc<T>(pub T);

/// The bytes of the schema's message, of each batch's, and of padding, at most, as a guess.
const OVERHEAD: usize = 4096;

/// Writes a batch as a stream.
pub(crate) fn write(batch: &RecordBatch, out: impl io::Write) -> Result<(), ArrowError> {
    let mut writer = StreamWriter::try_new(out, batch.schema_ref())?;
    writer.write(batch)?;
    writer.finish()
}

/// Returns about how many bytes [`write`] writes. A slice counts without the array that it is of.
pub(crate) fn size_hint(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(column_hint).sum::<usize>() + OVERHEAD
}

fn column_hint(column: &ArrayRef) -> usize {
    column.to_data().get_slice_memory_size().unwrap_or_default()
}

/// Reads a stream of batches as one batch of at most `max_bytes` bytes; the error says what is wrong.
pub(crate) fn read(bytes: &[u8], max_bytes: u64) -> Result<RecordBatch, String> {
    if bytes.len() as u64 > max_bytes {
        return Err(too_large(max_bytes));
    }
    // Hostile metadata is refused with errors, as far as that is known; a plug-in must never end a query by a panic.
    let read = catch_unwind(AssertUnwindSafe(|| stream(bytes)));
    let wrong = match read {
        Ok(Ok(batch)) if text_bytes(&batch) <= u128::from(max_bytes.min(i32::MAX as u64)) => return Ok(batch),
        Ok(Ok(_)) => return Err(too_large(max_bytes)),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "its metadata contradicts itself".to_owned(),
    };
    Err(format!("the output is not valid Arrow IPC: {wrong}"))
}

fn too_large(max_bytes: u64) -> String {
    format!("the output takes more than {max_bytes} bytes (`ExecutorPolicy::with_max_result_bytes`)")
}

/// The decoder takes what is there, once it is checked that there is no more.
fn stream(bytes: &[u8]) -> Result<RecordBatch, ArrowError> {
    check::check(bytes)?;
    let mut buffer = Buffer::from_slice_ref(bytes);
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    let mut schema = None;
    while !buffer.is_empty() {
        let left = buffer.len();
        let batch = decoder.decode(&mut buffer)?;
        if let (None, Some(found)) = (&schema, decoder.schema()) {
            found
                .fields()
                .iter()
                .try_for_each(|field| column::check(field.data_type()))
                .map_err(ArrowError::IpcError)?;
            schema = Some(found);
        }
        match batch {
            Some(batch) => batches.push(batch),
            // After the end of the stream.
            None if buffer.len() == left => break,
            None => {}
        }
    }
    decoder.finish()?;
    let schema = decoder.schema().ok_or_else(|| ArrowError::IpcError("there is no schema".to_owned()))?;
    match batches.as_slice() {
        [only] => Ok(only.clone()),
        several => concat_batches(&schema, several),
    }
}

/// How many bytes the texts take that are views, where each is by itself: views may share their bytes, so that a small
/// array has any number of them.
fn text_bytes(batch: &RecordBatch) -> u128 {
    batch.columns().iter().map(|column| view_bytes(&column.to_data())).sum()
}

fn view_bytes(data: &ArrayData) -> u128 {
    let is_view = matches!(data.data_type(), DataType::Utf8View | DataType::BinaryView);
    let views = if is_view { data.buffer::<u128>(0).get(..data.len()).unwrap_or_default() } else { &[] };
    // The lower half of a view's first eight bytes is its length.
    let own: u128 = views.iter().map(|view| view & u128::from(u32::MAX)).sum();
    own + data.child_data().iter().map(view_bytes).sum::<u128>()
}

/// Returns the only column of a batch.
pub(crate) fn only_column(batch: &RecordBatch) -> Result<ArrayRef, String> {
    match batch.columns() {
        [only] => Ok(Arc::clone(only)),
        columns => Err(format!("the output has {} columns, and there should be one", columns.len())),
    }
}

/// The most bytes of a batch whose reader has no policy: a column has at most 2 GiB of text.
const MOST: u64 = i32::MAX as u64;

impl Encode for ArrowIpc<RecordBatch> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        write(&self.0, out).map_err(CodecError::new)
    }

    fn size_hint(&self) -> usize {
        size_hint(&self.0)
    }
}

impl Encode for ArrowIpc<&RecordBatch> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        write(self.0, out).map_err(CodecError::new)
    }

    fn size_hint(&self) -> usize {
        size_hint(self.0)
    }
}

impl Decode<'_> for ArrowIpc<RecordBatch> {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        read(bytes, MOST).map(Self).map_err(CodecError::new)
    }
}

impl Encode for ArrowIpc<ArrayRef> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        let field = Field::new("value", self.0.data_type().clone(), true);
        let options = RecordBatchOptions::new().with_row_count(Some(self.0.len()));
        let schema = Arc::new(Schema::new(vec![field]));
        let batch = RecordBatch::try_new_with_options(schema, vec![Arc::clone(&self.0)], &options);
        write(&batch.map_err(CodecError::new)?, out).map_err(CodecError::new)
    }

    fn size_hint(&self) -> usize {
        column_hint(&self.0) + OVERHEAD
    }
}

impl Decode<'_> for ArrowIpc<ArrayRef> {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        read(bytes, MOST).and_then(|batch| only_column(&batch)).map(Self).map_err(CodecError::new)
    }
}

#[cfg(test)]
mod tests;
