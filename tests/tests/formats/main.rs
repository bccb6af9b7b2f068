//! An interface in the formats of other tools: an XTP document with everything that XTP can express, the JSON Schema and the
//! Rust that are made of it. `UPDATE_EXPECT=1` writes the files in `fixtures/formats` again; then other readers have to
//! accept them: `shop.yaml` the parser of `xtp-bindgen` 1.0.0-rc.17 and its `schema.json`, `shop.schema.json` a validator of
//! JSON Schema 2020-12. They accepted these. The compiler reads the Rust below.

mod everything;
mod rust;
mod small;

use expect_test::expect_file;
use extism_interface::{Description, json_schema, rust as rust_format, xtp};

#[allow(dead_code, reason = "only its interface is used")]
mod generated {
    include!("../../fixtures/formats/shop.rs");
}

const DOCUMENT: &str = include_str!("../../fixtures/formats/shop.yaml");

fn read() -> Description {
    xtp::read(DOCUMENT, "shop").unwrap()
}

#[test]
fn an_xtp_document_survives_being_read() {
    let written = xtp::write(&read());
    assert_eq!(written.omissions, []);
    expect_file!["../../fixtures/formats/shop.yaml"].assert_eq(&written.yaml);
}

#[test]
fn an_xtp_document_survives_becoming_a_trait() {
    let traits = [generated::ShopPlugin::interface(), generated::ShopHostFunctions::interface()];
    let written = xtp::write(&Description::new(traits.map(Clone::clone)));
    assert_eq!(written.omissions, []);
    assert_eq!(written.yaml, DOCUMENT);
}

#[test]
fn the_generated_trait_is_the_one_that_the_compiler_reads_here() {
    expect_file!["../../fixtures/formats/shop.rs"].assert_eq(&rust_format::write(&read()));
}

#[test]
fn an_interface_as_json_schema_is_the_one_that_a_validator_accepted() {
    expect_file!["../../fixtures/formats/shop.schema.json"].assert_eq(&json_schema::write(&read()));
}
