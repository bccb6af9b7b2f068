//! Tests `wasm = ".."`: modules that are checked at compile time and embedded.

use std::{collections::HashMap, sync::Mutex};

use extism_runtime::{Json, State, host_fn, host_fns, plugin_interface};
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
struct Report {
    count: u32,
    total: u32,
}

#[plugin_interface(wasm = "../examples/plugins/count_vowels.wasm", imports())]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
    #[cfg(any())]
    fn not_compiled(&mut self);
    #[export(optional)]
    fn count_consonants(&mut self, text: &str) -> Json<Report>;
}

#[test]
fn an_embedded_module_is_part_of_the_program() {
    let mut counter = VowelCounterPlugin::embedded().with_wasi(true).build().unwrap();
    assert_eq!(counter.count_vowels("Hello").unwrap(), Json(Report { count: 2, total: 2 }));
    assert_eq!(counter.count_consonants("Hello").unwrap(), None);
}

#[derive(Default)]
struct KvStore(Mutex<HashMap<String, Vec<u8>>>);

#[host_fn]
fn kv_read(store: State<KvStore>, key: &str) -> Vec<u8> {
    store.0.lock().unwrap().get(key).cloned().unwrap_or(vec![0; 4])
}

struct Writes;

#[host_fn]
impl Writes {
    fn kv_write(&self, store: State<KvStore>, key: &str, value: Vec<u8>) {
        store.0.lock().unwrap().insert(key.to_owned(), value);
    }
}

#[plugin_interface(wasm = "../examples/plugins/count_vowels_kvstore.wasm", imports(kv_read, self::Writes))]
trait StoredCounter {
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
}

#[test]
fn imports_are_provided_by_functions_and_by_values() {
    let mut counter = StoredCounterPlugin::embedded()
        .with_wasi(true)
        .with_state(KvStore::default())
        .with_functions(host_fns![kv_read])
        .with_functions(Writes)
        .build()
        .unwrap();
    counter.count_vowels("Hello").unwrap();
    assert_eq!(counter.count_vowels("Hello").unwrap(), Json(Report { count: 2, total: 4 }));
}

/// Without `imports(..)`, imports are checked when the plug-in is built.
#[plugin_interface(wasm = "../examples/plugins/count_vowels_kvstore.wasm")]
trait UncheckedImports {
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
}

#[test]
fn imports_are_checked_when_the_plugin_is_built() {
    let error = UncheckedImportsPlugin::embedded().with_wasi(true).build().unwrap_err();
    assert!(matches!(error, extism_runtime::Error::Link(_)), "{error}");
}
