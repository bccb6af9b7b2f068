//! What the guests do: the same code in each of them, and in the benchmark as native code. A guest adds only what its
//! kind needs to get its input and to return its output.
#![forbid(unsafe_code)]

use serde::{Deserialize, Serialize};

/// The letters that are counted.
const VOWELS: &str = "aeiouAEIOU";

/// Returns its input.
#[must_use]
pub fn echo(input: Vec<u8>) -> Vec<u8> {
    input
}

/// Reads its input: the exclusive or of all 8-byte words, little-endian, the last one filled up with zeros.
#[must_use]
pub fn consume(input: &[u8]) -> u64 {
    let (words, rest) = input.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    words.iter().fold(u64::from_le_bytes(last), |sum, word| sum ^ u64::from_le_bytes(*word))
}

/// What a text contains.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Report {
    /// Vowels in this text.
    pub count: u32,
    /// Vowels in this text and all before it.
    pub total: u32,
    /// The letters that were counted.
    pub vowels: String,
}

/// Counts vowels, and keeps the total.
#[derive(Debug, Default)]
pub struct Counter {
    total: u32,
}

impl Counter {
    /// Creates a counter.
    #[must_use]
    pub const fn new() -> Self {
        Self { total: 0 }
    }

    /// Counts the vowels of a text.
    pub fn count(&mut self, text: &str) -> Report {
        let count = text.chars().filter(|letter| VOWELS.contains(*letter)).map(|_| 1).sum();
        self.total = self.total.saturating_add(count);
        Report { count, total: self.total, vowels: VOWELS.to_owned() }
    }
}
