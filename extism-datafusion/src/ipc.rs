//! Arrow IPC, the format of batches.

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
    ipc::{reader::StreamDecoder, root_as_message, writer::StreamWriter},
};
use extism_runtime::codec::{CodecError, Decode, Encode, Writer};

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

/// Reads a stream of batches as one batch; the error says what is wrong.
pub(crate) fn read(bytes: &[u8]) -> Result<RecordBatch, String> {
    // Hostile metadata is refused with errors, as far as that is known; a plug-in must never end a query by a panic.
    let read = catch_unwind(AssertUnwindSafe(|| stream(bytes)));
    let wrong = match read {
        Ok(Ok(batch)) if batch.columns().iter().all(|column| is_within_bounds(&column.to_data())) => return Ok(batch),
        Ok(Ok(_)) => return Err("the texts of the output have more than 2 GiB together".to_owned()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "its metadata contradicts itself".to_owned(),
    };
    Err(format!("the output is not valid Arrow IPC: {wrong}"))
}

/// The decoder takes what is there. It only allocates what the metadata claims for compressed batches, which are refused.
fn stream(bytes: &[u8]) -> Result<RecordBatch, ArrowError> {
    let mut buffer = Buffer::from_slice_ref(bytes);
    refuse_compressed(&buffer)?;
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    while !buffer.is_empty() {
        let left = buffer.len();
        match decoder.decode(&mut buffer)? {
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

/// What may come before a message's length.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Refuses a stream with compressed batches, which could claim any length, or have it. Finds the same messages as the
/// decoder.
fn refuse_compressed(stream: &[u8]) -> Result<(), ArrowError> {
    let mut rest = stream;
    while let Some((length, after)) = length(rest) {
        let Some((metadata, after)) = after.split_at_checked(length) else { break };
        let message = root_as_message(metadata).map_err(|error| ArrowError::ParseError(error.to_string()))?;
        let dictionary = || message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
        let batch = message.header_as_record_batch().or_else(dictionary);
        if batch.is_some_and(|batch| batch.compression().is_some()) {
            return Err(ArrowError::IpcError("a batch is compressed".to_owned()));
        }
        let body = usize::try_from(message.bodyLength()).ok();
        let Some((_, after)) = body.and_then(|length| after.split_at_checked(length)) else { break };
        rest = after;
    }
    Ok(())
}

/// Returns the length of the next message's metadata, and what comes after it; `None` at the end of the stream.
fn length(stream: &[u8]) -> Option<(usize, &[u8])> {
    let (first, after) = stream.split_first_chunk::<4>()?;
    let (length, after) = if *first == CONTINUATION { after.split_first_chunk()? } else { (first, after) };
    let length = u32::from_le_bytes(*length) as usize;
    (length > 0).then_some((length, after))
}

/// Whether the texts of an array are at most 2 GiB where each is by itself: views may share their bytes, so that a small
/// array has any number of them.
fn is_within_bounds(data: &ArrayData) -> bool {
    let is_view = matches!(data.data_type(), DataType::Utf8View | DataType::BinaryView);
    let views = if is_view { data.buffer::<u128>(0).get(..data.len()).unwrap_or_default() } else { &[] };
    // The lower half of a view's first eight bytes is its length.
    let total: u128 = views.iter().map(|view| view & u128::from(u32::MAX)).sum();
    total <= i32::MAX as u128 && data.child_data().iter().all(is_within_bounds)
}

/// Returns the only column of a batch.
pub(crate) fn only_column(batch: &RecordBatch) -> Result<ArrayRef, String> {
    match batch.columns() {
        [only] => Ok(Arc::clone(only)),
        columns => Err(format!("the output has {} columns, and there should be one", columns.len())),
    }
}

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
        read(bytes).map(Self).map_err(CodecError::new)
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
        read(bytes).and_then(|batch| only_column(&batch)).map(Self).map_err(CodecError::new)
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::{
        array::{Float64Array, StringViewArray, StructArray},
        ipc::{CompressionType, writer::IpcWriteOptions},
    };

    use super::*;

    fn batch(column: ArrayRef) -> RecordBatch {
        RecordBatch::try_from_iter([("value", column)]).unwrap()
    }

    #[test]
    fn compressed_batches_are_refused_and_what_is_after_the_first_batch_too() {
        let batch = batch(Arc::new(Float64Array::from_iter_values((0..1000).map(f64::from))));
        let mut plain = Vec::new();
        write(&batch, &mut plain).unwrap();
        assert_eq!(read(&plain).unwrap(), batch);
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME)).unwrap();
        let mut compressed = Vec::new();
        let mut writer = StreamWriter::try_new_with_options(&mut compressed, batch.schema_ref(), options).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        assert!(read(&compressed).unwrap_err().contains("a batch is compressed"));
        // The compressed one after one that is not: both streams begin with the same schema.
        let schema = 8 + u32::from_le_bytes(plain[4..8].try_into().unwrap()) as usize;
        let both = [&plain[..plain.len() - 8], &compressed[schema..]].concat();
        assert!(read(&both).unwrap_err().contains("a batch is compressed"));
    }

    #[test]
    fn views_that_share_their_bytes_are_counted_each() {
        let text = "x".repeat(1 << 20);
        let views = |count| {
            let mut views = datafusion::arrow::array::StringViewBuilder::new();
            let block = views.append_block(text.as_bytes().into());
            (0..count).for_each(|_| views.try_append_view(block, 0, 1 << 20).unwrap());
            let views: StringViewArray = views.finish();
            let field = Arc::new(Field::new("text", DataType::Utf8View, false));
            let nested: ArrayRef = Arc::new(StructArray::from(vec![(field, Arc::new(views.clone()) as ArrayRef)]));
            [Arc::new(views) as ArrayRef, nested]
        };
        for (few, many) in views(2047).into_iter().zip(views(2048)) {
            assert!(is_within_bounds(&few.to_data()));
            assert!(!is_within_bounds(&many.to_data()));
        }
    }
}
