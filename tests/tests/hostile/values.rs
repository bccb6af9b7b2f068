//! Tests values that take much more memory on the host than in the plug-in.

use std::collections::BTreeMap;

use extism_runtime::{Error, Json, PluginBuilder, ValType, codec::Msgpack};
use serde_json::Value;

use crate::{failure, manifest};

/// Returns it as a list, with the brackets, of about this many bytes.
fn list(unit: &str, bytes: usize) -> String {
    format!("[{}]", [unit].repeat(bytes / (unit.len() + 1)).join(","))
}

fn untrusted() -> PluginBuilder {
    PluginBuilder::untrusted(manifest(
        r#"(func (export "pass") (call $give (call $host (call $input_offset))))
           (func (export "trap") (unreachable))"#,
    ))
    .with_name("hostile")
    .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, args, results| {
        let value: Value = plugin.get(&args[0])?;
        results[0] = plugin.put(value.as_array().map_or(0, Vec::len).to_string())?;
        Ok(())
    })
}

#[test]
fn an_output_of_many_small_values_is_refused_before_it_is_decoded() {
    let input = list(r#"{"":0}"#, 3 << 20);
    let mut plugin = untrusted().build().expect("a plug-in");
    let used = allocation_counter::measure(|| {
        let error = plugin.call::<_, Value>("echo", &input).expect_err("too many values");
        assert!(matches!(error, Error::Decode { .. }), "{error}");
        assert!(error.to_string().ends_with(
            "bytes of JSON would take more than 67108864 bytes of memory once decoded; raise the limit with \
             `PluginBuilder::with_max_decoded_bytes` if they may take more"
        ));
        for _ in 0..3 {
            assert!(plugin.call::<_, Json<Vec<BTreeMap<String, u8>>>>("echo", &input).is_err());
        }
    });
    assert!(used.bytes_max < 1 << 20, "{used:?}");
    // Only the codec counts: bytes are bytes, and a few values are accepted.
    assert_eq!(plugin.call::<_, &str>("echo", &input).expect("text"), input);
    assert!(plugin.call::<_, Value>("echo", list(r#"{"":0}"#, 100 << 10)).is_ok());
    let mut trusting = untrusted().with_max_decoded_bytes(u64::MAX).build().expect("a plug-in");
    assert_eq!(
        trusting.call::<_, Value>("echo", list("0", 3 << 20)).expect("many").as_array().map(Vec::len),
        Some(1_572_864)
    );
}

#[test]
fn so_is_messagepack() {
    let mut input = vec![0xdd, 0, 0x20, 0, 0];
    input.resize(5 + (2 << 20), 0x90);
    let mut plugin = untrusted().build().expect("a plug-in");
    let used = allocation_counter::measure(|| {
        let error = plugin.call::<_, Msgpack<Value>>("echo", &input[..]).expect_err("too many values");
        assert!(error.to_string().contains("bytes of MessagePack would take more than 67108864 bytes"), "{error}");
    });
    assert!(used.bytes_max < 1 << 20, "{used:?}");
}

#[test]
fn so_is_an_argument_of_a_host_function() {
    let mut plugin = untrusted().build().expect("a plug-in");
    assert_eq!(plugin.call::<_, &str>("pass", "[1,2]").expect("a short list"), "2");
    let text = failure(&mut plugin, "pass", list(r#"{"":0}"#, 1_000_000).as_bytes());
    assert!(text.starts_with("host function `host`: ") && text.contains("once decoded"), "{text}");
    let text = failure(&mut plugin, "pass", list(r#""some text""#, 2 << 20).as_bytes());
    let limit = "bytes exceed the limit of 1048576; raise it with `PluginBuilder::with_max_argument_bytes`";
    assert!(text.ends_with(limit), "{text}");
    assert_eq!(plugin.call::<_, &str>("pass", "[1]").expect("it works still"), "1");
    let mut trusting =
        untrusted().with_max_argument_bytes(u64::MAX).with_max_decoded_bytes(u64::MAX).build().expect("one");
    assert_eq!(trusting.call::<_, &str>("pass", list("0", 2_000_000)).expect("a long list"), "1000000");
}

#[test]
fn an_output_is_no_longer_than_it_may_be() {
    let mut plugin = untrusted().with_max_output_bytes(1000).build().expect("a plug-in");
    let text = failure(&mut plugin, "echo", &[b'x'; 1001]);
    assert_eq!(
        text,
        "the output has 1001 bytes, but the limit is 1000; raise it with `PluginBuilder::with_max_output_bytes` if it \
         may \
         be longer"
    );
    assert_eq!(plugin.call::<_, &[u8]>("echo", [b'x'; 1000]).expect("as long as it may be"), [b'x'; 1000]);
    let error = untrusted().build().expect("a plug-in").call::<_, Vec<u8>>("echo", vec![0; (4 << 20) + 1]);
    assert!(matches!(error, Err(Error::OutputTooLarge { length: 4_194_305, limit: 4_194_304, .. })), "{error:?}");
}
