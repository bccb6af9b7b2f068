//! Host functions with a database, so that the plug-in's data outlives the process.
//!
//! ```text
//! cargo run --example kv_store
//! ```

use extism_runtime::{Json, prelude::*};
use redb::{Database, ReadableDatabase as _, TableDefinition};
use serde::Deserialize;

const TABLE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("values");

/// The functions that the plug-in imports, as methods of one shared value.
struct Store(Database);

#[host_fn]
impl Store {
    /// Returns the value of a key, if there is one.
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
        // Creates the table, so that it can be read before anything is written.
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

/// Counts vowels and keeps the total in the host.
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
        // Each round opens the database and loads the plug-in again, like a program that is restarted.
        let plugin = PluginBuilder::new(Wasm::file(file)).with_functions(Store::open(&database)?).build()?;
        let mut counter = VowelCounterPlugin::try_from(plugin)?;
        for text in ["Hello, world!", "Again"] {
            let Json(Report { count, total }) = counter.count_vowels(text)?;
            println!("run {run}: {text:?} has {count} vowels, the database's total is {total}");
        }
    }
    Ok(())
}
