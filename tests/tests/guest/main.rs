//! The plug-in's side of the interfaces, compiled for the host: shared crates and plug-ins as they are, with the expansions
//! that WebAssembly gets. Where no wasm32 target is installed, the compiler checks them here.

#![allow(dead_code, reason = "plug-ins are called by exports, which the host does not have")]

extern crate extism_guest as extism_runtime;
// The plug-ins' sources name the shared crates.
extern crate self as shop_interface;
extern crate self as sides_interface;

#[path = "../../../examples/plugins/typed/count_vowels_typed/src/lib.rs"]
mod count_vowels_typed;
#[path = "../../../examples/shop-interface/src/lib.rs"]
mod shop;
#[path = "../../../examples/plugins/typed/shop_discounts/src/lib.rs"]
mod shop_discounts;
#[path = "../../../examples/plugins/typed/sides/src/lib.rs"]
mod sides;
#[path = "../../sides-interface/src/lib.rs"]
mod sides_of_tests;

pub use self::{shop::*, sides_of_tests::*};

/// Code that is generic over the host can be tested without one.
fn total<S: Shop>(shop: &S, articles: &[&str]) -> Option<u64> {
    articles.iter().map(|article| shop.price(article)).sum()
}

struct Prices;

impl Shop for Prices {
    fn price(&self, article: &str) -> Option<u64> {
        (article == "mug").then_some(800)
    }

    fn reserve(&self, article: &str, _: u32) -> Result<u32, ShopError> {
        Err(ShopError::SoldOut { article: article.to_owned(), left: 0 })
    }
}

#[test]
fn plug_ins_are_tested_like_other_code() {
    let mut counter = count_vowels_typed::Counter;
    let count = |counter: &mut count_vowels_typed::Counter, text| {
        let extism_guest::Json(report) = count_vowels_typed::VowelCounter::count_vowels(counter, text).unwrap();
        serde_json::to_value(report).unwrap()["total"].clone()
    };
    assert_eq!(count(&mut counter, "aeiou"), 5);
    assert_eq!(count(&mut counter, "a"), 6, "variables are kept");
}

#[test]
fn the_hosts_functions_can_be_replaced() {
    assert_eq!(total(&Prices, &["mug", "mug"]), Some(1600));
    assert_eq!(total(&Prices, &["mug", "cup"]), None);
}

#[test]
#[should_panic(expected = "`price` of `extism:host/user` is a function of the host")]
fn without_webassembly_there_is_no_host() {
    let _ = total(&shop::shop(), &["mug"]);
}

#[test]
fn interfaces_have_what_a_shared_crate_re_exports_of_the_host() {
    // Types without values, so that the names exist.
    assert_eq!(size_of::<DiscountsPlugin>() + size_of::<ShopFunctions>(), 0);
}
