use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use extism_runtime::{Error, Json, Manifest, PluginBuilder, Wasm, plugin_interface};
use serde::{Deserialize, Serialize};

use crate::{Prices, figures};

/// A shopping cart.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cart {
    /// Articles with their quantities.
    pub items: Vec<Item>,
}

/// A quantity of one article.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// The article's name.
    pub article: String,
    /// The quantity.
    pub quantity: u64,
}

/// The price of a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The price in cents, after the discount.
    pub total: u64,
    /// The discount in cents.
    pub discount: u64,
}

/// The exports of the shop's plug-ins. All methods take `&self`, so any number of requests share the client.
#[plugin_interface]
pub(crate) trait Pricing {
    /// Prices a cart.
    async fn quote(&self, cart: &Json<Cart>) -> Result<Json<Quote>, Error>;
}

/// The plug-ins that the server has loaded, by name.
#[derive(Clone, Debug)]
pub struct Plugins(Arc<BTreeMap<String, PricingPlugin>>);

/// The options for running plug-ins.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The time limit of a call.
    pub timeout: Duration,
    /// The maximum number of calls of one plug-in at a time.
    pub max_instances: usize,
    /// How long a call waits for an instance before the plug-in is reported as busy.
    pub max_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { timeout: Duration::from_millis(500), max_instances: 32, max_wait: Duration::from_millis(100) }
    }
}

/// Why the plug-ins cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The list of plug-ins cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The list's file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The list of plug-ins is malformed.
    #[error("`{}`: {source}", path.display())]
    Parse {
        /// The list's file.
        path: PathBuf,
        /// What is wrong, and where.
        source: toml::de::Error,
    },
    /// A plug-in cannot be built.
    #[error("plug-in `{name}`: {source}")]
    Build {
        /// Its name in the list.
        name: String,
        /// The cause.
        source: Error,
    },
}

/// An entry of the list of plug-ins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The module, relative to the list's file.
    module: PathBuf,
    #[serde(default)]
    config: BTreeMap<String, String>,
}

impl Plugins {
    /// Loads the plug-ins that a file lists, with a host function that provides the prices.
    ///
    /// # Errors
    ///
    /// Returns an error if the list cannot be read, or if a plug-in cannot be built or lacks an export.
    pub async fn load(list: &Path, prices: &Prices, options: Options) -> Result<Self, LoadError> {
        let text = fs::read_to_string(list).map_err(|source| LoadError::Read { path: list.to_owned(), source })?;
        let entries: BTreeMap<String, Entry> =
            toml::from_str(&text).map_err(|source| LoadError::Parse { path: list.to_owned(), source })?;
        let mut plugins = BTreeMap::new();
        for (name, entry) in entries {
            match build(list, &name, entry, prices, options).await {
                Ok(plugin) => plugins.insert(name, plugin),
                Err(source) => return Err(LoadError::Build { name, source }),
            };
        }
        Ok(Self(Arc::new(plugins)))
    }

    /// Returns the plug-ins' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&PricingPlugin> {
        self.0.get(name)
    }
}

async fn build(
    list: &Path,
    name: &str,
    entry: Entry,
    prices: &Prices,
    options: Options,
) -> Result<PricingPlugin, Error> {
    let module = list.parent().unwrap_or(Path::new("")).join(&entry.module);
    // The modules are untrusted, the list is the shop's own.
    let manifest = Manifest::new([Wasm::file(module)]).with_config(entry.config).with_timeout(options.timeout);
    PluginBuilder::untrusted(manifest)
        .typed::<PricingPlugin>()
        .with_name(name)
        .with_functions(prices.clone())
        .with_on_call(figures::record)
        .with_max_instances(options.max_instances)
        .with_max_wait(options.max_wait)
        .build_async()
        .await
}
