//! Discounts for the shop of the examples: the percentage is the host's choice (config `percent`).
#![forbid(unsafe_code)]

use extism_guest::{Error, Json, PluginState, config, export_plugin, info};
use shop_interface::{Cart, Discount, DiscountError, Discounts, ShopError, shop};

/// There is no discount for less, in cents.
const MINIMUM: u64 = 1000;

struct MyDiscounts {
    percent: u64,
    asked: u32,
}

impl PluginState for MyDiscounts {
    fn create() -> Result<Self, Error> {
        let percent = config::get("percent")?.unwrap_or_else(|| "10".to_owned());
        let percent = percent.parse().map_err(|_| Error::other("config `percent` is not a number").with_code(9))?;
        Ok(Self { percent, asked: 0 })
    }
}

#[export_plugin]
impl Discounts for MyDiscounts {
    fn discount(&mut self, Json(cart): Json<Cart>) -> Result<Json<Discount>, DiscountError> {
        self.asked += 1;
        let mut total = 0;
        for (article, pieces) in cart.items {
            let Some(price) = shop().price(&article) else {
                return Err(DiscountError::UnknownArticle { article });
            };
            let left = shop().reserve(&article, pieces).map_err(|error| match error {
                ShopError::Failed(error) => DiscountError::Failed(error),
                sold_out => DiscountError::SoldOut(sold_out.to_string()),
            })?;
            info!("{left} pieces of {article} are left");
            total += price * u64::from(pieces);
        }
        if total < MINIMUM {
            return Err(DiscountError::TooCheap { minimum: MINIMUM });
        }
        let reason = format!("{} % of {total} cents", self.percent);
        Ok(Json(Discount { cents: total * self.percent / 100, reason }))
    }

    fn asked(&mut self) -> Result<u32, Error> {
        Ok(self.asked)
    }

    fn receipt(&mut self, customer: &str, cents: u64) -> Result<String, Error> {
        Ok(format!("{customer} saves {}.{:02}", cents / 100, cents % 100))
    }
}
