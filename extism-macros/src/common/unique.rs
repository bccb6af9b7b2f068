use std::{
    collections::HashMap,
    env,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, PoisonError},
};

use quote::ToTokens;

/// A number that is unique among a program's items with macros: a hash of the crate, the item's text, and the number of
/// previous occurrences of that text. It is the same in every compilation.
pub(crate) fn unique(item: &impl ToTokens) -> u64 {
    static TEXTS: Mutex<Option<HashMap<u64, u32>>> = Mutex::new(None);
    let mut hasher = DefaultHasher::new();
    for variable in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_CRATE_NAME", "CARGO_BIN_NAME"]
    {
        env::var_os(variable).hash(&mut hasher);
    }
    item.to_token_stream().to_string().hash(&mut hasher);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let times = texts.get_or_insert_default().entry(hasher.finish()).or_default();
    *times += 1;
    times.hash(&mut hasher);
    hasher.finish()
}
