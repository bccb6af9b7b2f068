//! What a shop and its plug-ins agree on. Both compile this crate: the shop gets a client of the plug-ins and makes host
//! functions of its own implementation of [`Shop`]; a plug-in exports its implementation of [`Discounts`] and calls the
//! shop.
//!
//! `discounts.json` and `shop.json` describe the two traits. `cargo test` keeps them current, plug-ins carry them, and
//! `extism-call schema` makes pages for authors in other languages of them.

use extism_runtime::{Error, Json, PluginError, host_interface, plugin_interface};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error as ErrorOfVariants;

/// What plug-ins export: discounts.
#[plugin_interface(description = "discounts.json")]
pub trait Discounts {
    /// Returns what a customer pays less for a cart.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no discount for this cart.
    fn discount(&mut self, cart: Json<Cart>) -> Result<Json<Discount>, DiscountError>;

    /// Returns how often the plug-in was asked since its instance was created.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails.
    fn asked(&mut self) -> Result<u32, Error>;

    /// Returns the line for a receipt.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails.
    fn receipt(&mut self, customer: &str, cents: u64) -> Result<String, Error>;

    /// Returns what the plug-in says of itself.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails.
    #[export(optional)]
    fn describe(&mut self) -> Result<String, Error>;
}

/// What the shop gives to plug-ins.
#[host_interface(description = "shop.json")]
pub trait Shop {
    /// Returns the price of an article in cents, if there is such an article.
    fn price(&self, article: &str) -> Option<u64>;

    /// Reserves pieces of an article for the customer; returns how many are left.
    ///
    /// # Errors
    ///
    /// Returns an error if there are not enough.
    fn reserve(&self, article: &str, pieces: u32) -> Result<u32, ShopError>;
}

/// What somebody wants to buy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cart {
    /// The articles, with how many of each.
    pub items: Vec<(String, u32)>,
}

/// What they pay less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Discount {
    /// In cents.
    pub cents: u64,
    /// Why.
    pub reason: String,
}

/// Why there is no discount.
#[derive(Debug, ErrorOfVariants, Serialize, Deserialize, JsonSchema, PluginError)]
pub enum DiscountError {
    /// There is no article of this name.
    #[error("there is no article `{article}`")]
    #[plugin_error(code = 2)]
    UnknownArticle {
        /// The name.
        article: String,
    },
    /// The shop has not enough of them.
    #[error("{0}")]
    #[plugin_error(code = 3)]
    SoldOut(String),
    /// The cart costs less than what there is a discount for.
    #[error("there is no discount below {minimum} cents")]
    TooCheap {
        /// In cents.
        minimum: u64,
    },
    /// The call failed: a trap, a timeout, or the like.
    #[error(transparent)]
    #[serde(skip)]
    #[plugin_error(other)]
    Failed(Error),
}

/// Why an article cannot be reserved.
#[derive(Debug, ErrorOfVariants, Serialize, Deserialize, JsonSchema, PluginError)]
pub enum ShopError {
    /// There are too few.
    #[error("there are only {left} pieces of `{article}` left")]
    SoldOut {
        /// The article.
        article: String,
        /// How many there are.
        left: u32,
    },
    /// The shop cannot tell.
    #[error(transparent)]
    #[serde(skip)]
    #[plugin_error(other)]
    Failed(Error),
}
