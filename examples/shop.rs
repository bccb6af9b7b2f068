//! A shop and its plug-in, typed on both sides: the crate `shop-interface` has a trait of what plug-ins export and one of
//! what the shop gives them, and an enum of errors that crosses over. The plug-in's source is
//! `plugins/typed/shop_discounts`.
//!
//! ```text
//! cargo run --example shop
//! ```

use std::{collections::HashMap, sync::Mutex};

use extism_runtime::{Error, Json, Manifest, Wasm};
use shop_interface::{Cart, DiscountError, DiscountsPlugin, Shop, ShopError, ShopFunctions};

/// What there is, with prices in cents.
struct Warehouse(Mutex<HashMap<&'static str, Article>>);

struct Article {
    price: u64,
    pieces: u32,
}

/// The functions that plug-ins can call. The compiler checks them against the trait.
impl Shop for Warehouse {
    fn price(&self, article: &str) -> Option<u64> {
        self.0.lock().ok()?.get(article).map(|article| article.price)
    }

    fn reserve(&self, article: &str, pieces: u32) -> Result<u32, ShopError> {
        let failed = |cause| ShopError::Failed(Error::other(cause));
        let mut articles = self.0.lock().map_err(|_| failed("the warehouse is closed"))?;
        let found = articles.get_mut(article).ok_or_else(|| failed("there is no such article"))?;
        let Some(left) = found.pieces.checked_sub(pieces) else {
            return Err(ShopError::SoldOut { article: article.to_owned(), left: found.pieces });
        };
        found.pieces = left;
        Ok(left)
    }
}

fn main() -> Result<(), Error> {
    let articles =
        HashMap::from([("mug", Article { price: 800, pieces: 3 }), ("pen", Article { price: 150, pieces: 100 })]);
    let plugin = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/shop_discounts.wasm");
    let manifest = Manifest::new([Wasm::file(plugin)]).with_config_key("percent", "15");
    let mut discounts =
        DiscountsPlugin::builder(manifest).with_functions(ShopFunctions(Warehouse(Mutex::new(articles)))).build()?;
    for items in [vec![("mug", 2), ("pen", 4)], vec![("pen", 1)], vec![("mug", 2)], vec![("cup", 1)]] {
        let items = items.into_iter().map(|(article, pieces)| (article.to_owned(), pieces)).collect();
        match discounts.discount(Json(Cart { items })) {
            Ok(Json(discount)) => println!("{}: {}", discounts.receipt("Ada", discount.cents)?, discount.reason),
            // The same enum that the plug-in returned.
            Err(DiscountError::TooCheap { minimum }) => println!("buy for {minimum} cents"),
            Err(DiscountError::Failed(error)) => return Err(error),
            Err(refused) => println!("{refused}"),
        }
    }
    println!("asked {} times", discounts.asked()?);
    // The plug-in describes its types, so a host that means others by the same names finds out before any call.
    let shop = ShopFunctions(Warehouse(Mutex::default()));
    match newer::DiscountsPlugin::builder(plugin).with_functions(shop).build() {
        Ok(mut discounts) => {
            let Json(discount) = discounts.discount(Json(Cart { items: Vec::new() }))?;
            println!("{} {}", discount.cents, discount.currency);
        }
        Err(error) => println!("{error}"),
    }
    Ok(())
}

/// The interface as it might become: a discount has a currency.
mod newer {
    use extism_runtime::{Error, Json, plugin_interface};
    use schemars::JsonSchema;
    use serde::Deserialize;
    use shop_interface::Cart;

    /// Discounts with a currency.
    #[plugin_interface]
    pub(super) trait Discounts {
        /// Returns what a customer pays less for a cart.
        fn discount(&mut self, cart: Json<Cart>) -> Result<Json<Discount>, Error>;
    }

    /// What they pay less.
    #[derive(Deserialize, JsonSchema)]
    pub(super) struct Discount {
        /// How much.
        pub(super) cents: u64,
        /// Of what.
        pub(super) currency: String,
    }
}
