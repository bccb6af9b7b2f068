//! Arguments that a plug-in owns: long ones are not copied again.

use extism_runtime::{Engine, Function, PluginBuilder, ValType};

/// The guest of `extism-guest` in the benchmarks, whose `echo` takes and returns a `Vec<u8>`.
const GUEST: &[u8] = include_bytes!("../../../benches/peers/guests/guest.wasm");

#[test]
fn bytes_of_any_length_arrive() {
    let reflect = Function::new("reflect", [ValType::I64], [ValType::I64], |plugin, arguments, results| {
        let bytes: Vec<u8> = plugin.get(&arguments[0])?;
        results[0] = plugin.put(&bytes)?;
        Ok(())
    });
    for bulk_copies in [true, false] {
        let engine = Engine::builder().with_cache(false).with_bulk_copies(bulk_copies).build().expect("an engine");
        let builder = PluginBuilder::new(GUEST).with_engine(&engine).with_functions(reflect.clone());
        let mut plugin = builder.build().expect("it builds");
        // Long inputs are in buffers of their own, from 4 KiB on.
        for length in [0, 1, 255, 257, 4095, 4096, 4097, 4098, 4104, 5, 100_003, 1 << 20, 4096, 4097] {
            let bytes: Vec<u8> = (0..length).map(|byte: u32| (byte % 251) as u8).collect();
            for export in ["echo", "reflect"] {
                assert!(plugin.call::<_, &[u8]>(export, &bytes).expect("it works") == bytes, "{export}, {length}");
            }
        }
    }
}
