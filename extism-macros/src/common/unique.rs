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

/// A number that is unique among a package's traits, and the same wherever the package is: the compiler's errors show it.
/// The FNV-1a hash of the package, the trait's name, and how many traits had that name before.
pub(crate) fn unique_trait(name: &str) -> u64 {
    static NAMES: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let times = names.get_or_insert_default().entry(name.to_owned()).or_default();
    let package = |variable| env::var(variable).unwrap_or_default();
    let text = format!("{} {} {name} {times}", package("CARGO_PKG_NAME"), package("CARGO_PKG_VERSION"));
    *times += 1;
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
