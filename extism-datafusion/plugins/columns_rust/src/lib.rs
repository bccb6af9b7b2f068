//! Batch functions in Rust: each takes the columns of its arguments, and gives the column of its results, as Arrow IPC
//! streams.
#![forbid(unsafe_code)]

mod ipc;

use arrow_array::{Array, Float64Array, StringArray, cast::AsArray, types::Float64Type};
use extism_guest::{Error, export_plugin, plugin_interface};

use crate::ipc::ArrowIpc;

/// Functions over columns.
#[plugin_interface]
pub trait Columns {
    /// The number of the text's vowels, times the weight: of `Utf8` and `Float64`, `Float64`.
    fn score(&mut self, columns: ArrowIpc) -> Result<ArrowIpc, Error>;

    /// The text with its letters in upper case: of `Utf8`, `Utf8`.
    fn shout(&mut self, columns: ArrowIpc) -> Result<ArrowIpc, Error>;

    /// The number of this instance's calls so far, this one included, in each row: `Int64`.
    fn calls(&mut self, columns: ArrowIpc) -> ArrowIpc;
}

/// The plug-in.
#[derive(Default)]
pub struct Plugin {
    calls: i64,
}

#[export_plugin]
impl Columns for Plugin {
    fn score(&mut self, ArrowIpc(columns): ArrowIpc) -> Result<ArrowIpc, Error> {
        let [texts, weights] = columns.columns() else {
            return Err(Error::other("`score` takes two columns"));
        };
        let texts = texts.as_string_opt::<i32>().ok_or_else(|| Error::other("the first column is not `Utf8`"))?;
        let weights =
            weights.as_primitive_opt::<Float64Type>().ok_or_else(|| Error::other("the second column is not `Float64`"))?;
        Ok(ArrowIpc::column(scores(texts, weights)))
    }

    fn shout(&mut self, ArrowIpc(columns): ArrowIpc) -> Result<ArrowIpc, Error> {
        let [texts] = columns.columns() else {
            return Err(Error::other("`shout` takes one column"));
        };
        let texts = texts.as_string_opt::<i32>().ok_or_else(|| Error::other("the column is not `Utf8`"))?;
        Ok(ArrowIpc::column(texts.iter().map(|text| text.map(str::to_uppercase)).collect::<StringArray>()))
    }

    fn calls(&mut self, ArrowIpc(columns): ArrowIpc) -> ArrowIpc {
        self.calls += 1;
        ArrowIpc::column(arrow_array::Int64Array::from(vec![self.calls; columns.num_rows()]))
    }
}

/// The values of both columns are looked at whether they are null or not, since that is quicker than to ask.
fn scores(texts: &StringArray, weights: &Float64Array) -> Float64Array {
    let letters = texts.value_data();
    let ends = texts.value_offsets().windows(2).map(|ends| letters.get(ends[0] as usize..ends[1] as usize).unwrap_or(&[]));
    let scores = ends.zip(weights.values()).map(|(text, weight)| f64::from(vowels(text)) * weight).collect::<Vec<_>>();
    let nulls = arrow_buffer::NullBuffer::union(texts.nulls(), weights.nulls());
    Float64Array::new(scores.into(), nulls)
}

/// The vowels of a text, of either case: sixteen letters at a time, which the compiler turns into SIMD. (It would look
/// letters up in a bit set if they were compared by `matches!`, one by one.)
fn vowels(text: &[u8]) -> u32 {
    let is_vowel = |letter: &u8| {
        let lower = letter | 0x20;
        u8::from((lower == b'a') | (lower == b'e') | (lower == b'i') | (lower == b'o') | (lower == b'u'))
    };
    let (chunks, rest) = text.as_chunks::<16>();
    let of_chunks: u32 = chunks.iter().map(|chunk| u32::from(chunk.iter().map(is_vowel).sum::<u8>())).sum();
    of_chunks + rest.iter().map(|letter| u32::from(is_vowel(letter))).sum::<u32>()
}
