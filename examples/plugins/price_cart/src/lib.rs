//! Prices shopping carts for the server example; the host knows what things cost.

use extism_pdk::{FnResult, FromBytes, Json, ToBytes, WithReturnCode, config, host_fn, plugin_fn};
use serde::{Deserialize, Serialize};

/// The code of the error about an article that has no price.
const UNKNOWN_ARTICLE: i32 = 2;

#[host_fn]
extern "ExtismHost" {
    /// The price of an article, in cents; `null` if there is no such article.
    fn unit_price(article: String) -> Json<Option<u64>>;
}

/// A shopping cart.
#[derive(Deserialize, FromBytes)]
#[encoding(Json)]
struct Cart {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    article: String,
    quantity: u64,
}

/// The price of a cart.
#[derive(Serialize, ToBytes)]
#[encoding(Json)]
struct Quote {
    /// In cents, after the discount.
    total: u64,
    /// In cents.
    discount: u64,
}

/// [`Cart`] in, [`Quote`] out. Config `discount`: in percent, by default 0.
#[plugin_fn]
pub fn quote(cart: Cart) -> FnResult<Quote> {
    let percent = config::get("discount")?.map_or(Ok(0), |percent| percent.parse::<u64>())?;
    let mut sum = 0_u64;
    for Item { article, quantity } in cart.items {
        // SAFETY: the host provides the function with this signature; linking checks it.
        let Json(price) = unsafe { unit_price(article.clone())? };
        let Some(price) = price else {
            let error = extism_pdk::Error::msg(format!("there is no article `{article}`"));
            return Err(WithReturnCode::new(error, UNKNOWN_ARTICLE));
        };
        sum = sum.saturating_add(price.saturating_mul(quantity));
    }
    let discount = (u128::from(sum) * u128::from(percent.min(100)) / 100) as u64;
    Ok(Quote { total: sum - discount, discount })
}
