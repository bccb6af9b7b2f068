use std::sync::Arc;

use arrow_array::{Array, RecordBatch, RecordBatchOptions};
use arrow_ipc::{reader::StreamReader, writer::StreamWriter};
use arrow_schema::{Field, Schema};
use extism_guest::{
    Decode, Encode,
    codec::{CodecError, Writer},
};

/// A record batch, as an Arrow IPC stream of it alone.
pub struct ArrowIpc(pub RecordBatch);

impl ArrowIpc {
    /// A batch of one column.
    pub fn column(column: impl Array + 'static) -> Self {
        let schema = Schema::new(vec![Field::new("result", column.data_type().clone(), true)]);
        let rows = RecordBatchOptions::new().with_row_count(Some(column.len()));
        let batch = RecordBatch::try_new_with_options(Arc::new(schema), vec![Arc::new(column)], &rows);
        Self(batch.expect("the schema is the column's"))
    }
}

impl Decode<'_> for ArrowIpc {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut batches = StreamReader::try_new(bytes, None).map_err(CodecError::new)?;
        let batch = batches.next().ok_or_else(|| CodecError::new("a stream without a record batch"))?;
        Ok(Self(batch.map_err(CodecError::new)?))
    }
}

impl Encode for ArrowIpc {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        let mut stream = Vec::with_capacity(self.size_hint());
        let mut writer = StreamWriter::try_new(&mut stream, self.0.schema_ref()).map_err(CodecError::new)?;
        writer.write(&self.0).and_then(|()| writer.finish()).map_err(CodecError::new)?;
        drop(writer);
        out.put(&stream);
        Ok(())
    }

    fn size_hint(&self) -> usize {
        self.0.get_array_memory_size() + 1024
    }
}
