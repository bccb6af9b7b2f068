use std::fmt;

use extism_runtime::{Error, Json, PluginError, host_interface, plugin_interface};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What plug-ins export.
#[plugin_interface(description = "discounts.json")]
pub trait Discounts {
    /// Returns the discount for some pieces of an article, in cents.
    fn discount(&mut self, order: Json<Order>) -> Result<u64, DiscountError>;
}

/// What the host gives them.
#[host_interface(description = "shop.json")]
pub trait Shop {
    /// Returns the price of an article in cents.
    fn price(&self, article: &str) -> Option<u64>;
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Order {
    pub article: String,
    pub pieces: u64,
}

/// Crosses over as a value.
#[derive(Debug, Serialize, Deserialize, JsonSchema, PluginError)]
pub enum DiscountError {
    UnknownArticle,
    /// Everything else: a trap, a timeout, ...
    #[serde(skip)]
    #[plugin_error(other)]
    Failed(Error),
}

/// The text, for hosts that do not know the type.
impl fmt::Display for DiscountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownArticle => f.write_str("there is no such article"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}
