//! The shop's plug-in in C, written from nothing but the page that is made of the interface: the same client, functions and
//! errors.

use std::collections::HashMap;

use extism_runtime::{
    Error, Json,
    interface::{Description, Role},
};
use extism_tests::guest;
use shop_interface::{Cart, DiscountError, DiscountsPlugin, Shop, ShopError, ShopFunctions};

struct Prices(HashMap<&'static str, u64>);

impl Shop for Prices {
    fn price(&self, article: &str) -> Option<u64> {
        self.0.get(article).copied()
    }

    fn reserve(&self, article: &str, pieces: u32) -> Result<u32, ShopError> {
        if pieces > 1_000_000 {
            return Err(ShopError::SoldOut { article: article.to_owned(), left: 1_000_000 });
        }
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

/// The page says that JSON may have all of this.
#[test]
fn a_plug_in_in_c_reads_every_text_and_passes_over_what_it_does_not_know() {
    let names = ["a \"mug\"\\\n\u{1f}", "Tasse für 0,5 l \u{20ac} \u{1f600}", ""];
    let prices = Prices(HashMap::from(names.map(|name| (name, 1000))));
    let mut discounts =
        DiscountsPlugin::builder(guest("shop_c.wasm")).with_functions(ShopFunctions(prices)).build().unwrap();
    for name in names {
        assert_eq!(discounts.discount(cart(&[(name, 3)])).unwrap().0.cents, 300, "{name:?}");
        let unknown = format!("{name}?");
        match discounts.discount(cart(&[(&unknown, 1)])) {
            Err(DiscountError::UnknownArticle { article }) => assert_eq!(article, unknown),
            other => panic!("{other:?}"),
        }
        match discounts.discount(cart(&[(name, 1_000_001)])) {
            Err(DiscountError::SoldOut(text)) => assert_eq!(text, format!("there are not enough pieces of `{name}`")),
            other => panic!("{other:?}"),
        }
    }
    let mut call = |input: &str| discounts.plugin_mut().call::<_, String>("discount", input);
    let escaped = r#" { "note" : [ "]" , { "x" : -1.5e3 , "y" : null } ] ,
        "items" : [ [ "Tasse f\u00fcr 0,5 l \u20AC \ud83d\ude00" , 2 ] ] , "more" : true } "#;
    assert_eq!(call(escaped).unwrap(), r#"{"cents":200,"reason":"a tenth"}"#);
    let bad = ["", "{", "[]", "{}", r#"{"items":[["a"]]}"#, r#"{"items":[["a",-1]]}"#, r#"{"items":[]}{"#, r#"{"items":[["\ud800",1]]}"#];
    for input in bad {
        let Err(Error::Guest { code: 1, message, .. }) = call(input) else { panic!("{input}") };
        assert_eq!(message, "the input is not the expected JSON", "{input}");
    }
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
