use datafusion::arrow::{
    array::{
        BooleanArray, Decimal128Array, DictionaryArray, FixedSizeBinaryArray, FixedSizeListArray, Float64Array,
        Int32Array, ListArray, NullArray, StringArray, StringViewArray, StructArray,
    },
    buffer::OffsetBuffer,
    datatypes::Int32Type,
    ipc::{CompressionType, writer::IpcWriteOptions},
};

use super::*;

const LIMIT: u64 = 64 << 20;

fn batch(column: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([("value", column)]).unwrap()
}

fn written(batch: &RecordBatch) -> Vec<u8> {
    let mut stream = Vec::new();
    write(batch, &mut stream).unwrap();
    stream
}

fn numbers() -> RecordBatch {
    batch(Arc::new(Float64Array::from_iter_values((0..1000).map(f64::from))))
}

/// Where the second message begins, that of the first batch: after the schema.
fn second(stream: &[u8]) -> usize {
    8 + u32::from_le_bytes(stream[4..8].try_into().unwrap()) as usize
}

/// Replaces the only place of these eight bytes in the metadata of the first batch.
fn replaced(stream: &[u8], found: i64, with: i64) -> Vec<u8> {
    let at = second(stream);
    let length = u32::from_le_bytes(stream[at + 4..at + 8].try_into().unwrap()) as usize;
    let metadata = &stream[at + 8..at + 8 + length];
    let places: Vec<usize> =
        (0..length - 8).filter(|place| metadata[*place..*place + 8] == found.to_le_bytes()).collect();
    assert!(!places.is_empty());
    let mut stream = stream.to_vec();
    for place in places {
        stream[at + 8 + place..at + 16 + place].copy_from_slice(&with.to_le_bytes());
    }
    stream
}

#[test]
fn compressed_batches_are_refused_and_what_is_after_the_first_batch_too() {
    let batch = numbers();
    let plain = written(&batch);
    assert_eq!(read(&plain, LIMIT).unwrap(), batch);
    let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME)).unwrap();
    let mut compressed = Vec::new();
    let mut writer = StreamWriter::try_new_with_options(&mut compressed, batch.schema_ref(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    assert!(read(&compressed, LIMIT).unwrap_err().contains("a batch is compressed"));
    // The compressed one after one that is not: both streams begin with the same schema.
    let both = [&plain[..plain.len() - 8], &compressed[second(&plain)..]].concat();
    assert!(read(&both, LIMIT).unwrap_err().contains("a batch is compressed"));
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
    for (few, many) in views(64).into_iter().zip(views(65)) {
        assert!(read(&written(&batch(few)), LIMIT).is_ok());
        let error = read(&written(&batch(many)), LIMIT).unwrap_err();
        assert!(error.contains("takes more than 67108864 bytes (`ExecutorPolicy::with_max_result_bytes`)"), "{error}");
    }
}

#[test]
fn an_output_has_no_more_bytes_than_the_limit() {
    let stream = written(&numbers());
    assert!(read(&stream, stream.len() as u64).is_ok());
    assert!(read(&stream, stream.len() as u64 - 1).unwrap_err().contains("with_max_result_bytes"));
}

#[test]
fn dictionaries_are_refused_before_they_are_joined() {
    let texts: DictionaryArray<Int32Type> = ["a", "b", "a"].into_iter().collect();
    let error = read(&written(&batch(Arc::new(texts))), LIMIT).unwrap_err();
    assert!(error.contains("it has a dictionary"), "{error}");
}

#[test]
fn columns_that_take_no_bytes_are_refused() {
    let nothing: [ArrayRef; 2] =
        [Arc::new(NullArray::new(1 << 40)), Arc::new(StructArray::new_empty_fields(1 << 40, None))];
    for column in nothing {
        let error = read(&written(&batch(column)), LIMIT).unwrap_err();
        assert!(error.contains("more rows than there are bytes for"), "{error}");
    }
    let nothing: [ArrayRef; 2] = [Arc::new(NullArray::new(3)), Arc::new(StructArray::new_empty_fields(3, None))];
    for column in nothing {
        assert!(read(&written(&batch(column)), LIMIT).unwrap_err().contains("plug-ins have no columns of the type"));
    }
}

/// Two batches are joined, for which there would be room for all rows that they claim.
#[test]
fn rows_that_are_claimed_are_there() {
    let empty = FixedSizeBinaryArray::try_from_iter(std::iter::repeat_n([0_u8; 0], 999)).unwrap();
    let stream = written(&batch(Arc::new(empty)));
    let claims = replaced(&stream, 999, 1 << 50);
    let both = [&claims[..claims.len() - 8], &stream[second(&stream)..]].concat();
    let error = read(&both, LIMIT).unwrap_err();
    assert!(error.contains("more rows than there are bytes for"), "{error}");
    let flags = written(&batch(Arc::new(BooleanArray::from(vec![true; 999]))));
    assert!(read(&flags, LIMIT).is_ok());
    for rows in [1_i64 << 40, -1, i64::MIN, i64::MAX] {
        let error = read(&replaced(&flags, 999, rows), LIMIT).unwrap_err();
        assert!(error.contains("more rows than there are bytes for"), "{rows}: {error}");
    }
}

/// Each column that has a misaligned buffer gets a copy of it.
#[test]
fn columns_do_not_share_their_bytes() {
    let texts = || Arc::new(StringArray::from_iter_values(["x".repeat(5000)])) as ArrayRef;
    let stream = written(&RecordBatch::try_from_iter([("a", texts()), ("b", texts())]).unwrap());
    assert!(read(&stream, LIMIT).is_ok());
    let at = second(&stream);
    let length = u32::from_le_bytes(stream[at + 4..at + 8].try_into().unwrap()) as usize;
    let message = &stream[at + 8..at + 8 + length];
    let message = datafusion::arrow::ipc::root_as_message(message).unwrap();
    let buffers = message.header_as_record_batch().unwrap().buffers().unwrap();
    let texts: Vec<i64> =
        buffers.iter().filter(|buffer| buffer.length() == 5000).map(datafusion::arrow::ipc::Buffer::offset).collect();
    // Both columns have the first one's text.
    let shared = replaced(&stream, texts[1], texts[0]);
    assert!(read(&shared, LIMIT).is_ok(), "as many bytes as there are");
    // The small buffer of offsets claims to have as many bytes as a text, so that there are more than there are.
    let error = read(&replaced(&stream, 8, 5000), LIMIT).unwrap_err();
    assert!(error.contains("its buffers overlap"), "{error}");
}

#[test]
fn what_a_schema_refers_to_often_is_not_copied_often() {
    // As a schema whose fields have one name: it is written once for each, so this one is as large as it looks.
    let name = "x".repeat(1 << 20);
    let long = RecordBatch::try_from_iter([(name.as_str(), Arc::new(Float64Array::from(vec![1.0])) as ArrayRef)]);
    let error = read(&written(&long.unwrap()), LIMIT).unwrap_err();
    assert!(error.contains("more than 1 MiB of metadata"), "{error}");
}

/// Streams that are broken anywhere end with an error or are read, and nothing else happens.
#[test]
fn a_stream_with_any_byte_changed_is_read_or_refused() {
    let views = StringViewArray::from_iter_values(["short", "a text that is longer than twelve bytes"]);
    let numbers = || Int32Array::from_iter_values(0..4);
    let item = Arc::new(Field::new("item", DataType::Int32, true));
    let lists = ListArray::new(Arc::clone(&item), OffsetBuffer::from_lengths([1, 3]), Arc::new(numbers()), None);
    let pairs = FixedSizeListArray::new(Arc::clone(&item), 2, Arc::new(numbers()), None);
    let structs = StructArray::from(vec![(item, Arc::new(numbers().slice(0, 2)) as ArrayRef)]);
    let fixed = FixedSizeBinaryArray::try_from_iter([[1_u8; 5], [2; 5]].into_iter()).unwrap();
    let columns: [(&str, ArrayRef); 9] = [
        ("a", Arc::new(views)),
        ("b", Arc::new(StringArray::from(vec![Some("x"), None]))),
        ("c", Arc::new(Float64Array::from(vec![1.0, 2.0]))),
        ("d", Arc::new(lists)),
        ("e", Arc::new(pairs)),
        ("f", Arc::new(structs)),
        ("g", Arc::new(fixed)),
        ("h", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("i", Arc::new(Decimal128Array::from(vec![1, 2]))),
    ];
    let stream = written(&RecordBatch::try_from_iter(columns).unwrap());
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for at in 0..stream.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff, stream[at] ^ 4] {
            let mut broken = stream.clone();
            broken[at] = value;
            let _ = read(&broken, LIMIT);
        }
        let _ = read(&stream[..at], LIMIT);
    }
    std::panic::set_hook(hook);
}
