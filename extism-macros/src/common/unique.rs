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
    hash(item, &["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_CRATE_NAME", "CARGO_BIN_NAME"])
}

/// The same for what the compiler's errors show: the number does not depend on where the package is.
pub(crate) fn unique_anywhere(item: &impl ToTokens) -> u64 {
    hash(item, &["CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_CRATE_NAME"])
}

fn hash(item: &impl ToTokens, variables: &[&str]) -> u64 {
    static TEXTS: Mutex<Option<HashMap<u64, u32>>> = Mutex::new(None);
    let mut hasher = DefaultHasher::new();
    for variable in variables {
        env::var_os(variable).hash(&mut hasher);
    }
    item.to_token_stream().to_string().hash(&mut hasher);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let times = texts.get_or_insert_default().entry(hasher.finish()).or_default();
    *times += 1;
    times.hash(&mut hasher);
    hasher.finish()
}
