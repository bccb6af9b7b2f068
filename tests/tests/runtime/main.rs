//! Tests the runtime's behaviour from a user's point of view, without macros.

mod assemblyscript;
mod atomics;
mod bulk_copies;
mod calls;
mod create;
mod debugging;
mod dense;
mod env;
mod guests;
mod headroom;
mod host_functions;
mod initializers;
mod inlining;
mod inspect;
mod interruption;
mod kernel_calls;
mod kitchen_sink;
mod leftovers;
mod life;
mod limits;
mod linking;
mod missing_imports;
mod old_pdks;
mod page_limits;
mod probe;
mod stack;
mod threads;
mod untrusted;
mod wasi;

use extism_runtime::{CompiledPlugin, Plugin, PluginBuilder};
use extism_tests::{GIVE, INPUT, SPIN, VARIABLE as VAR, echo, environment, fixture, guest, module};

/// A plug-in with these WAT fields, with most of the environment imported, and `$give`, `$input` and the export `echo`.
fn wat(body: &str) -> String {
    let environment = environment(&[
        "alloc",
        "free",
        "length",
        "load_u8",
        "load_u64",
        "store_u8",
        "store_u64",
        "input_length",
        "input_offset",
        "input_load_u8",
        "output_set",
        "error_set",
        "config_get",
        "var_get",
        "var_set",
        "log_info",
        "get_log_level",
    ]);
    module(&[&environment, body, GIVE, INPUT, &echo(&["echo"])])
}

fn plugin(body: &str) -> Plugin {
    Plugin::new(wat(body)).expect("the plug-in builds")
}

fn builder(body: &str) -> PluginBuilder {
    PluginBuilder::new(wat(body))
}

fn compiled(body: &str) -> CompiledPlugin {
    builder(body).compile().expect("the plug-in compiles")
}

/// The function `trap`.
const TRAP: &str = r#"(func $reason (unreachable)) (func (export "trap") (call $reason))"#;
/// A value that takes a megabyte more each time it is encoded.
#[derive(Default)]
struct Growing(std::cell::Cell<usize>);

impl extism_runtime::Encode for Growing {
    fn encode(&self, out: &mut extism_runtime::codec::Writer<'_>) -> Result<(), extism_runtime::codec::CodecError> {
        self.0.set(self.0.get() + (2 << 20));
        out.put(&vec![0; self.0.get()]);
        Ok(())
    }
}

/// The error about it.
const GROWS: &str = "the value's encoding grows each time it is encoded";
