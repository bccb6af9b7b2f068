use expect_test::{Expect, expect};

use crate::surface;

fn check(module: &str, expected: &Expect) {
    expected.assert_eq(&surface::exports(module).join("\n"));
}

/// The root contains what most programs use. A new name belongs in a module, unless almost every program needs it.
#[test]
fn the_root_does_not_grow_by_accident() {
    check(
        "lib",
        &expect![[r#"
            CancelHandle
            CompiledPlugin
            CurrentPlugin
            Decode
            Encode
            Engine
            Error
            Export
            Function
            Json
            Manifest
            Plugin
            PluginBuilder
            PluginError
            PluginId
            PluginInterface
            Pool
            Source
            State
            Val
            ValType
            Wasm
            host_fn
            host_fns!
            host_interface
            mod client
            mod codec
            mod engine
            mod error
            mod guide
            mod host
            mod http
            mod inspect
            mod interface
            mod log
            mod manifest
            mod plugin
            mod pool
            mod prelude
            mod profile
            mod set
            mod snapshot
            mod test
            mod usage
            mod value
            plugin_interface"#]],
    );
}

/// The prelude contains only names that are unlikely to mean something else in the same file. So not `Json`,
/// `State`, `Error`, ..., which also exist in other crates' globs.
#[test]
fn the_prelude_does_not_grow_by_accident() {
    check(
        "prelude",
        &expect![[r#"
        CompiledPlugin
        CurrentPlugin
        Decode
        Encode
        Manifest
        Plugin
        PluginBuilder
        PluginInterface
        Wasm
        host_fn
        host_fns
        plugin_interface"#]],
    );
}

/// Compiled to WebAssembly, the crate is the plug-in's side: an item that is in both would need the engine there.
#[test]
fn each_item_of_the_root_says_on_which_side_it_is() {
    assert_eq!(surface::of_no_side(), Vec::<String>::new());
}
