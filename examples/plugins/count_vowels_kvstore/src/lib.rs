//! `count_vowels`, except that the host keeps the total, in a key-value store that the plug-in
//! reaches through two functions.

use extism_pdk::{FnResult, Json, ToBytes, config, host_fn, plugin_fn};
use serde::Serialize;

/// The vowels when the host configures none.
const DEFAULT_VOWELS: &str = "aeiouAEIOU";

/// The key under which the total is stored, as four bytes, little endian.
const KEY: &str = "total";

#[host_fn]
extern "ExtismHost" {
    /// The value under `key`; empty when there is none.
    fn kv_read(key: String) -> Vec<u8>;
    /// Stores `value` under `key`.
    fn kv_write(key: String, value: Vec<u8>);
}

/// The output of one call.
#[derive(Serialize, ToBytes)]
#[encoding(Json)]
struct Report {
    /// Vowels in this call's text.
    count: u32,
    /// Vowels in all texts so far, over all plug-ins that share the store.
    total: u32,
    /// The letters that were counted.
    vowels: String,
}

/// Text in, [`Report`] out.
#[plugin_fn]
pub fn count_vowels(text: String) -> FnResult<Report> {
    let vowels = config::get("vowels")?.unwrap_or_else(|| DEFAULT_VOWELS.to_owned());
    let count = text.chars().filter(|c| vowels.contains(*c)).count() as u32;
    // SAFETY: the host provides both functions with these signatures; linking checks it.
    let stored = unsafe { kv_read(KEY.to_owned())? };
    let before = stored.try_into().map_or(0, u32::from_le_bytes);
    let total = before.saturating_add(count);
    // SAFETY: as above.
    unsafe { kv_write(KEY.to_owned(), total.to_le_bytes().to_vec())? };
    Ok(Report {
        count,
        total,
        vowels,
    })
}
