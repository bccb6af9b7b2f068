//! Host functions over a database, so that what a plug-in writes outlives it.
//!
//! ```text
//! cargo run --example kv_store
//! ```

use extism_runtime::prelude::*;
use redb::{Database, ReadableDatabase as _, TableDefinition};
use serde::Deserialize;

const TABLE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("values");

/// The functions that the plug-in imports: the methods of one value, which they share.
struct Store(Database);

#[host_fn]
impl Store {
    /// The value of a key; nothing where there is none.
    fn kv_read(&self, key: &str) -> Result<Option<Vec<u8>>, redb::Error> {
        let transaction = self.0.begin_read()?;
        let table = transaction.open_table(TABLE)?;
        Ok(table.get(key)?.map(|value| value.value().to_vec()))
    }

    /// Sets the value of a key.
    fn kv_write(&self, key: &str, value: &[u8]) -> Result<(), redb::Error> {
        let transaction = self.0.begin_write()?;
        transaction.open_table(TABLE)?.insert(key, value)?;
        Ok(transaction.commit()?)
    }
}

impl Store {
    fn open(path: &std::path::Path) -> Result<Self, redb::Error> {
        let database = Database::create(path)?;
        // So that reading finds the table before anything was written.
        let transaction = database.begin_write()?;
        transaction.open_table(TABLE)?;
        transaction.commit()?;
        Ok(Self(database))
    }
}

#[derive(Deserialize)]
struct Report {
    count: u32,
    total: u32,
}

/// Counts vowels, and leaves the total to the host.
#[plugin_interface]
trait VowelCounter {
    /// Counts the vowels of `text`.
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("values.redb");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/count_vowels_kvstore.wasm");

    for run in 1..=2 {
        // Each run opens the database and loads the plug-in anew, as a program does that is started again.
        let plugin = PluginBuilder::new(Wasm::file(file)).with_functions(Store::open(&database)?).build()?;
        let mut counter = VowelCounterPlugin::try_from(plugin)?;
        for text in ["Hello, world!", "Again"] {
            let Json(Report { count, total }) = counter.count_vowels(text)?;
            println!("run {run}: {text:?} has {count} vowels, the database's total is {total}");
        }
    }
    Ok(())
}
