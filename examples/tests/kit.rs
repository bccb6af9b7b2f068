//! The tests of a plug-in: copy this file into the `tests` folder of the plug-in's crate, which has
//! `extism-runtime = { .., features = ["test"] }` and `serde_json` among its `dev-dependencies`, and replace `module` by
//!
//! ```ignore
//! fn module() -> PathBuf {
//!     extism_runtime::test::wasm!("my-plugin")
//! }
//! ```

use std::path::PathBuf;

use extism_runtime::{
    Error, plugin_interface,
    test::{BuildError, MockHost, PluginCrate},
};

/// What the plug-in exports.
#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> serde_json::Value;
}

/// The plug-in's module, built if it has changed. It belongs to another workspace here, and where the target is missing,
/// the committed module is used.
fn module() -> PathBuf {
    let plugins = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins");
    let built = PluginCrate::new("count_vowels_kvstore").with_directory(plugins).build();
    match built {
        Ok(module) => module,
        Err(BuildError::MissingTarget { .. }) => PathBuf::from(plugins).join("count_vowels_kvstore.wasm"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_total_is_read_and_written() -> Result<(), Error> {
    // Each call in this order, with these arguments. Anything else fails.
    let host = MockHost::in_order();
    host.expect("kv_read").with_arg("total").returns(40_u32);
    host.expect("kv_write").with_arg("total").with_arg(43_u32);

    let mut counter: VowelCounterPlugin = host.builder(module())?.typed().build()?;
    let report = counter.count_vowels("Hello, world!")?;
    assert_eq!((&report["count"], &report["total"]), (&3.into(), &43.into()));

    // All of them have been made.
    host.verify();
    Ok(())
}

#[test]
fn without_a_total_it_starts_at_zero() -> Result<(), Error> {
    let host = MockHost::new();
    host.expect("kv_read");
    host.expect("kv_write").when(|call| call.argument::<u32>(1).is_ok_and(|total| total == 3));

    let mut counter: VowelCounterPlugin = host.builder(module())?.typed().build()?;
    assert_eq!(counter.count_vowels("Hello, world!")?["total"], 3);
    host.verify();
    Ok(())
}

#[test]
fn a_store_that_fails_ends_the_call() -> Result<(), Error> {
    let host = MockHost::new();
    host.expect("kv_read").fails("the disk is full");

    let mut counter: VowelCounterPlugin = host.builder(module())?.typed().build()?;
    let error = counter.count_vowels("Hello, world!").expect_err("it cannot read");
    assert!(matches!(error, Error::HostFunction { ref name, .. } if name == "kv_read"), "{error}");
    host.verify();
    Ok(())
}
