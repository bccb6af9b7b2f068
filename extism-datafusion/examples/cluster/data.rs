//! Parquet files.

use std::{fs::File, path::Path, sync::Arc};

use datafusion::{
    arrow::{
        array::{Float64Array, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    parquet::arrow::ArrowWriter,
};

use crate::Result;

const KINDS: [&str; 7] = ["apple", "banana", "cherry", "date", "elderberry", "fig", "grape"];
const WORDS: [&str; 8] = ["lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit"];

/// The columns: a kind, a text, and a weight, the latter two sometimes null. The weights are quarters, so that sums are
/// exact in any order.
fn schema() -> Arc<Schema> {
    Arc::new(Schema::new(vec![
        Field::new("kind", DataType::Utf8, false),
        Field::new("text", DataType::Utf8, true),
        Field::new("weight", DataType::Float64, true),
    ]))
}

/// Writes files of so many rows each.
pub(crate) fn write(folder: &Path, files: usize, rows: usize) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for file in 0..files {
        let numbers = (file * rows)..((file + 1) * rows);
        let kinds = numbers.clone().map(|number| KINDS[number * 31 % KINDS.len()]).collect::<Vec<_>>();
        let texts = numbers.clone().map(|number| (number % 11 != 0).then(|| text(number))).collect::<StringArray>();
        let weights = numbers.map(|number| (number % 13 != 0).then(|| weight(number))).collect();
        let columns: (StringArray, Float64Array) = (kinds.into(), weights);
        let batch = RecordBatch::try_new(schema(), vec![Arc::new(columns.0), Arc::new(texts), Arc::new(columns.1)])?;
        let mut writer =
            ArrowWriter::try_new(File::create(folder.join(format!("{file:02}.parquet")))?, schema(), None)?;
        writer.write(&batch)?;
        writer.close()?;
    }
    Ok(())
}

/// Quarters up to ten.
fn weight(number: usize) -> f64 {
    f64::from(u8::try_from(number % 40).unwrap_or_default()) / 4.0
}

fn text(number: usize) -> String {
    (0..=number % 5).map(|word| WORDS[(number / 7 + word) % WORDS.len()]).collect::<Vec<_>>().join(" ")
}
