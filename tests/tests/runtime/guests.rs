//! Tests the committed guests, compiled with PDKs.

use extism_runtime::{Plugin, test::MockHost};

use crate::guest;

#[test]
fn count_vowels_keeps_its_total_in_a_variable() {
    let mut plugin = Plugin::new(guest("count_vowels.wasm")).unwrap();
    for total in [3, 6, 9] {
        let report = plugin.call::<_, serde_json::Value>("count_vowels", "Hello, world!").unwrap();
        assert_eq!(report, serde_json::json!({"count": 3, "total": total, "vowels": "aeiouAEIOU"}));
    }
    assert_eq!(plugin.vars().count(), 1);
}

#[test]
fn count_vowels_kvstore_keeps_its_total_with_the_host() {
    let host = MockHost::in_order();
    host.expect("kv_read").with_arg("total");
    host.expect("kv_write").with_arg("total").with_arg(3_u32);
    host.expect("kv_read").with_arg("total").returns(3_u32);
    host.expect("kv_write").with_arg("total").with_arg(6_u32);
    let compiled = host.builder(guest("count_vowels_kvstore.wasm")).unwrap().compile().unwrap();
    for total in [3, 6] {
        let mut plugin = compiled.instantiate().unwrap();
        let report = plugin.call::<_, serde_json::Value>("count_vowels", "Hello, world!").unwrap();
        assert_eq!(report["total"], total);
    }
    host.verify();
}

#[test]
fn guests_of_every_compiler_return_their_input() {
    let input: Vec<u8> = (0..100_000).map(|at| (at % 253) as u8).collect();
    for (file, export) in [("echo.wasm", "echo"), ("echo_pdk.wasm", "echo")] {
        let mut plugin = Plugin::new(guest(file)).unwrap();
        for length in [0, 1, 7, 8, 9, 4096, 100_000] {
            assert!(plugin.call::<_, &[u8]>(export, &input[..length]).unwrap() == &input[..length], "{file} {length}");
        }
    }
}

#[test]
fn reflect_passes_its_input_through_a_host_function() {
    let host = MockHost::new();
    host.expect("reflect").with_arg("abc").returns("cba");
    let mut plugin = host.builder(guest("reflect.wasm")).unwrap().build().unwrap();
    assert_eq!(plugin.call::<_, &str>("reflect", "abc").unwrap(), "cba");
    host.verify();
}
