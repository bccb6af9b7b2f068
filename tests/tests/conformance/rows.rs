//! One call of each bundled guest, with its expected output.

use extism_runtime::{
    Manifest, PluginBuilder,
    ValType::{F32, F64, I32, I64},
    Wasm, host_fn, host_fns,
};
use shop_interface::ShopFunctions;
use sides_interface::HostFunctions;

use crate::{
    guest,
    nothing::{NoHost, NoShop},
};

/// A guest with a call that has the same output in any instance, and one that takes far more of everything.
pub struct Row {
    pub file: &'static str,
    wasi: bool,
    pub export: &'static str,
    pub input: &'static str,
    pub output: &'static str,
    /// The export and the input of the larger call: this text, many times over.
    pub dear: (&'static str, &'static str),
}

const fn row(file: &'static str, export: &'static str, input: &'static str, output: &'static str) -> Row {
    Row { file, wasi: false, export, input, output, dear: (export, input) }
}

impl Row {
    const fn with_wasi(self) -> Self {
        Self { wasi: true, ..self }
    }

    const fn dear(self, export: &'static str, input: &'static str) -> Self {
        Self { dear: (export, input), ..self }
    }

    pub fn manifest(&self) -> Manifest {
        Manifest::new([Wasm::file(guest(self.file))]).with_config_key("greeting", "bonjour!")
    }

    pub fn builder(&self) -> PluginBuilder {
        self.equip(PluginBuilder::new(self.manifest()))
    }

    /// Sets on a builder what any of the guests needs.
    pub fn equip(&self, builder: PluginBuilder) -> PluginBuilder {
        if self.file == "sides.wasm" {
            // Some of its functions have the names of those below.
            return builder.with_functions(HostFunctions(NoHost));
        }
        builder
            .with_wasi(self.wasi)
            .with_functions(host_fns![kv_read, kv_write, reflect, join, notify, now, check, square, unit_price])
            .with_functions(ShopFunctions(NoShop))
            .with_function("sum", [I32, I64, F32, F64], [F64], |_, _, _| Ok(()))
    }
}

/// The output of an export `settings` for the key `greeting`, twice.
const GREETINGS: &str = "greeting=bonjour!\ngreeting=bonjour!\n";
const NO_VOWELS: &str = r#"{"count":0,"total":0,"vowels":"aeiouAEIOU"}"#;
/// A line for an export `remember`.
const SET: &str = "a=1\n";
const CART: &str = r#"{"items":[{"article":"apple","quantity":3}]}"#;

pub const ROWS: [Row; 30] = [
    row("consume.wasm", "consume", "eight by", "eight by"),
    row("count_vowels.wasm", "count_vowels", "xyz", NO_VOWELS),
    row("count_vowels_as.wasm", "count_vowels", "xyz", NO_VOWELS),
    row("count_vowels_typed.wasm", "count_vowels", "xyz", NO_VOWELS),
    row("count_vowels_kvstore.wasm", "count_vowels", "xyz", NO_VOWELS),
    row("echo.wasm", "echo", "an echo", "an echo"),
    row("echo_pdk.wasm", "echo", "an echo", "an echo"),
    row("host_calls.wasm", "join", "a,b,c", "a+b+c").dear("notify", "word "),
    row("init_both.wat", "order", "", "SI"),
    row("init_ctors.wat", "order", "", "C"),
    row("init_haskell.wat", "order", "", "IH"),
    row("kitchen_sink.wasm", "greet", "World", "Hello, World!"),
    row("lines_c.wasm", "divide", "6", "76"),
    row("lines_rust.wasm", "divide", "6", "70"),
    row("lines_zig.wasm", "pick", "abc", "ccc"),
    row("pdk_as.wasm", "settings", "greeting", GREETINGS).dear("remember", SET),
    row("pdk_c.wasm", "settings", "greeting", GREETINGS).dear("remember", SET),
    row("pdk_go.wasm", "settings", "greeting", GREETINGS).with_wasi().dear("remember", SET),
    row("pdk_moonbit.wasm", "settings", "greeting", GREETINGS).dear("remember", SET),
    row("pdk_orders.wasm", "haskell_config", "greeting", "bonjour!;").dear("haskell_config", "a\n"),
    row("pdk_rust.wasm", "settings", "greeting", GREETINGS).dear("remember", SET),
    row("pdk_zig.wasm", "settings", "greeting", GREETINGS).dear("remember", SET),
    row("price_cart.wasm", "quote", CART, r#"{"total":21,"discount":0}"#).dear("quote", "        "),
    row("reflect.wasm", "reflect", "mirrored", "mirrored"),
    row("reverse.wasm", "reverse", "abc", "cba"),
    row("shop_c.wasm", "receipt", r#"["Ada",330]"#, "Ada: -330").dear("receipt", "        "),
    row("shop_discounts.wasm", "receipt", r#"["Ada",330]"#, "Ada saves 3.30"),
    row("sides.wasm", "join", r#"["a","b"]"#, "ab"),
    row("wasi_command.wasm", "_start", "loud", "LOUD").with_wasi(),
    row("wasi_files.wasm", "exit_with", "0", "leaving").with_wasi().dear("read_file", "none"),
];

#[host_fn]
fn kv_read(_key: String) -> Vec<u8> {
    Vec::new()
}

#[host_fn]
fn kv_write(_key: String, _value: Vec<u8>) {}

#[host_fn]
fn reflect(bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

#[host_fn]
fn join(first: String, second: String, third: String) -> String {
    format!("{first}+{second}+{third}")
}

#[host_fn]
fn notify(_word: String) {}

#[host_fn]
fn now() -> String {
    String::new()
}

#[host_fn]
fn check(text: String) -> String {
    text
}

#[host_fn]
fn unit_price(_article: String) -> String {
    "7".to_owned()
}

#[host_fn(namespace = "example:math")]
fn square(number: i64) -> i64 {
    number * number
}
