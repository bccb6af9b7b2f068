//! The shop of the examples.

use std::{collections::HashMap, sync::Mutex};

use extism_runtime::{Error, Json, Manifest, Wasm};
use extism_tests::guest;
use shop_interface::{Cart, DiscountError, DiscountsPlugin, Shop, ShopError, ShopFunctions};

struct Stock(Mutex<HashMap<&'static str, u32>>);

impl Shop for Stock {
    fn price(&self, article: &str) -> Option<u64> {
        self.0.lock().unwrap().contains_key(article).then_some(300)
    }

    fn reserve(&self, article: &str, pieces: u32) -> Result<u32, ShopError> {
        let mut stock = self.0.lock().unwrap();
        let left = stock.get_mut(article).ok_or_else(|| ShopError::Failed(Error::other("no such article")))?;
        if *left < pieces {
            return Err(ShopError::SoldOut { article: article.to_owned(), left: *left });
        }
        *left -= pieces;
        Ok(*left)
    }
}

fn discounts(percent: &str) -> DiscountsPlugin {
    let stock = Stock(Mutex::new(HashMap::from([("mug", 5), ("poster", 1)])));
    let manifest = Manifest::new([Wasm::file(guest("shop_discounts.wasm"))]).with_config_key("percent", percent);
    DiscountsPlugin::builder(manifest).with_functions(ShopFunctions(stock)).build().unwrap()
}

fn cart(items: &[(&str, u32)]) -> Json<Cart> {
    Json(Cart { items: items.iter().map(|(article, pieces)| ((*article).to_owned(), *pieces)).collect() })
}

#[test]
fn plug_in_and_shop_call_each_other_by_their_traits() {
    let mut discounts = discounts("20");
    let Json(discount) = discounts.discount(cart(&[("mug", 4)])).unwrap();
    assert_eq!((discount.cents, discount.reason.as_str()), (240, "20 % of 1200 cents"));
    assert_eq!(discounts.receipt("Ada \"A.\"", discount.cents).unwrap(), "Ada \"A.\" saves 2.40");
    assert_eq!(discounts.describe().unwrap(), None);
    assert_eq!(discounts.asked().unwrap(), 1);
}

#[test]
fn an_enum_of_errors_crosses_over() {
    let mut discounts = discounts("20");
    assert!(matches!(discounts.discount(cart(&[("mug", 1)])), Err(DiscountError::TooCheap { minimum: 1000 })));
    let Err(DiscountError::UnknownArticle { article }) = discounts.discount(cart(&[("cup", 1)])) else { panic!() };
    assert_eq!(article, "cup");
    let Err(DiscountError::SoldOut(text)) = discounts.discount(cart(&[("poster", 2)])) else { panic!() };
    assert_eq!(text, "there are only 1 pieces of `poster` left");
    assert_eq!(discounts.asked().unwrap(), 3);
}

#[test]
fn a_state_that_cannot_be_created_fails_the_call() {
    let error = discounts("many").asked().unwrap_err();
    assert!(
        matches!(&error, Error::Guest { code: 9, message, .. } if message == "config `percent` is not a number"),
        "{error}"
    );
}
