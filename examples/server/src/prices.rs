use std::{path::Path, sync::Arc};

use extism_runtime::{Json, host_fn};
use redb::{Database, ReadableDatabase as _, TableDefinition};
use tokio::task::{self, JoinError};

/// The price of each article, in cents.
const TABLE: TableDefinition<'_, &str, u64> = TableDefinition::new("prices");

/// The shop's prices, in a database.
#[derive(Clone)]
pub struct Prices(Arc<Database>);

/// Why a price cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PriceError {
    /// The database failed.
    #[error("the price database failed: {0}")]
    Database(#[from] redb::Error),
    /// The thread that reads the database failed.
    #[error("the thread that reads the price database failed: {0}")]
    Thread(#[from] JoinError),
}

impl Prices {
    /// Opens the database, or creates it.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be opened or is not a database.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, PriceError> {
        let prices = Self(Arc::new(Database::create(path).map_err(redb::Error::from)?));
        // Creates the table, so that it can be read before anything is written.
        prices.set([])?;
        Ok(prices)
    }

    /// Sets the prices of articles, in cents.
    ///
    /// # Errors
    ///
    /// Returns an error if the database cannot be written.
    pub fn set<'a>(&self, prices: impl IntoIterator<Item = (&'a str, u64)>) -> Result<(), PriceError> {
        Ok(write(&self.0, prices)?)
    }
}

/// The functions that plug-ins can call.
#[host_fn]
impl Prices {
    /// Returns the price of an article, in cents; `None` if there is no such article.
    ///
    /// The database reads from the disk, which would block the other requests of this thread; so it does on
    /// another one.
    async fn unit_price(&self, article: &str) -> Result<Json<Option<u64>>, PriceError> {
        let (database, article) = (Arc::clone(&self.0), article.to_owned());
        let price = task::spawn_blocking(move || read(&database, &article)).await??;
        Ok(Json(price))
    }
}

fn write<'a>(database: &Database, prices: impl IntoIterator<Item = (&'a str, u64)>) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(TABLE)?;
        for (article, cents) in prices {
            table.insert(article, cents)?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn read(database: &Database, article: &str) -> Result<Option<u64>, redb::Error> {
    let table = database.begin_read()?.open_table(TABLE)?;
    Ok(table.get(article)?.map(|cents| cents.value()))
}
