//! Tests that each guest works with the `max_pages` that it needs under the official runtime
//! (`tests/fixtures/limits.json`). With fewer pages it either works or reports that memory is exhausted; its
//! output never differs.

use extism_runtime::{CurrentPlugin, Error, Manifest, PluginBuilder, Val, ValType, Wasm};
use serde_json::Value;

use crate::{fixture, guest};

fn input(call: &Value) -> String {
    let size = usize::try_from(call["size"].as_u64().unwrap()).unwrap();
    let text = "some text, ".repeat(size / 11 + 1);
    let before = if call["export"] == "var_set" { "k\n" } else { "" };
    [before, &text[..size]].concat()
}

fn output(call: &Value, pages: Option<u32>) -> Result<Vec<u8>, Error> {
    let module = call["module"].as_str().unwrap();
    let mut manifest = Manifest::new([Wasm::file(guest(module))]);
    if let Some(pages) = pages {
        manifest = manifest.with_memory_max(pages);
    }
    let kv_read = |plugin: &mut CurrentPlugin<'_>, _: &[Val], results: &mut [Val]| {
        results[0] = plugin.put([0_u8; 4])?;
        Ok(())
    };
    let reflect = |_: &mut CurrentPlugin<'_>, arguments: &[Val], results: &mut [Val]| {
        results[0] = arguments[0];
        Ok(())
    };
    let builder = PluginBuilder::new(manifest)
        .with_wasi(module.starts_with("wasi"))
        .with_function("reflect", [ValType::I64], [ValType::I64], reflect)
        .with_function("kv_read", [ValType::I64], [ValType::I64], kv_read)
        .with_function("kv_write", [ValType::I64; 2], [], |_, _, _| Ok(()));
    builder.build()?.call(call["export"].as_str().unwrap(), input(call))
}

#[test]
fn no_guest_needs_more_pages_than_under_the_official_runtime() {
    let calls = fixture("limits.json");
    let calls = calls.as_array().unwrap();
    for call in calls {
        let expected = output(call, None).unwrap_or_else(|error| panic!("{call}: {error}"));
        let official = u32::try_from(call["pages"].as_u64().unwrap()).unwrap();
        let given = output(call, Some(official)).unwrap_or_else(|error| panic!("{call}: {error}"));
        assert!(given == expected, "{call}");
        for pages in [0, official / 2, official * 3 / 4, official.saturating_sub(1)] {
            match output(call, Some(pages)) {
                Ok(given) => assert!(given == expected, "{call} with {pages} pages gives another output"),
                Err(Error::OutOfMemory { .. } | Error::Link(_)) => {}
                Err(error) => panic!("{call} with {pages} pages: {error}"),
            }
        }
    }
    assert!(calls.len() > 50, "{} calls", calls.len());
}
