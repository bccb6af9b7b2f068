//! The shop's plug-in in C, written from the page that is made of the interface: the same client, functions and errors.

use std::collections::HashMap;

use extism_runtime::{
    Json,
    interface::{Description, Role},
};
use extism_tests::guest;
use shop_interface::{Cart, DiscountError, DiscountsPlugin, Shop, ShopError, ShopFunctions};

struct Prices(HashMap<&'static str, u64>);

impl Shop for Prices {
    fn price(&self, article: &str) -> Option<u64> {
        self.0.get(article).copied()
    }

    fn reserve(&self, _: &str, _: u32) -> Result<u32, ShopError> {
        Ok(0)
    }
}

fn cart(items: &[(&str, u32)]) -> Json<Cart> {
    Json(Cart { items: items.iter().map(|(article, pieces)| ((*article).to_owned(), *pieces)).collect() })
}

/// The description that the committed module has to carry.
fn description() -> Description {
    Description::new([DiscountsPlugin::interface().clone(), ShopFunctions::interface().clone()])
}

#[test]
fn a_plug_in_in_c_satisfies_the_trait_and_describes_itself() {
    let prices = Prices(HashMap::from([("mug", 800), ("pen", 150)]));
    let mut discounts =
        DiscountsPlugin::builder(guest("shop_c.wasm")).with_functions(ShopFunctions(prices)).build().unwrap();
    let Json(discount) = discounts.discount(cart(&[("mug", 2), ("pen", 4)])).unwrap();
    assert_eq!((discount.cents, discount.reason.as_str()), (220, "a tenth"));
    assert!(matches!(discounts.discount(cart(&[("pen", 1)])), Err(DiscountError::TooCheap { minimum: 1000 })));
    let Err(DiscountError::UnknownArticle { article }) = discounts.discount(cart(&[("cup", 1)])) else { panic!() };
    assert_eq!(article, "cup");
    assert_eq!(discounts.receipt("Ada", 220).unwrap(), "Ada: -220");
    assert_eq!(discounts.describe().unwrap(), None);
    assert_eq!(discounts.asked().unwrap(), 3);
}

/// With `UPDATE_EXPECT=1`, this stamps it.
#[test]
fn the_committed_module_is_stamped_with_the_current_interface() {
    let path = guest("shop_c.wasm");
    let module = std::fs::read(&path).unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, description().stamp(&module).unwrap()).unwrap();
        return;
    }
    let carried = Description::from_module(&module).unwrap().unwrap();
    assert_eq!(carried, description());
    assert_eq!(carried.with_role(Role::Host).count(), 1);
}

#[test]
fn the_committed_page_is_that_of_the_interface() {
    let page = extism_interface::markdown::write(&description());
    expect_test::expect_file!["../../../examples/plugins/shop_c.md"].assert_eq(&page);
}
