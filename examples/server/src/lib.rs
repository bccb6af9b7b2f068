//! A web server that runs untrusted plug-ins; the examples `server` and `server_load` start it.
//!
//! The shop's plug-ins price carts. They know the discounts, and the shop knows the prices: plug-ins request
//! them through an async host function, which reads a database. All requests share one client per plug-in,
//! without a lock.
//!
//! ```text
//! POST /quote/standard {"items": [{"article": "apple", "quantity": 3}]}   -> {"total": 150, "discount": 0}
//! GET  /plugins                                                           -> ["endless", "sale", "standard"]
//! GET  /metrics                                                           -> Prometheus' text format
//! ```

mod failure;
mod figures;
mod plugins;
mod prices;
mod routes;

pub use self::{
    figures::Figures,
    plugins::{Cart, Item, LoadError, Options, Plugins, Quote},
    prices::{PriceError, Prices},
    routes::router,
};
