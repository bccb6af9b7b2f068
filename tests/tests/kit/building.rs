use std::fs;

use extism_runtime::{
    Plugin,
    test::{BuildError, PluginCrate, TestFolder},
};

/// A workspace with a plug-in and a library that is none.
fn workspace() -> TestFolder {
    let member = |name: &str, lib: &str| {
        format!("[package]\nname = '{name}'\nversion = '0.1.0'\nedition = '2021'\n[lib]\npath = 'lib.rs'\n{lib}")
    };
    let code = "#![no_std]\n#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n\
                #[no_mangle]\npub extern \"C\" fn run() -> i32 { 0 }";
    TestFolder::new()
        .and_then(|folder| {
            folder.with_file("Cargo.toml", "[workspace]\nmembers = ['plugin', 'library']\nresolver = '2'")
        })
        .and_then(|folder| folder.with_file("plugin/Cargo.toml", member("my-plugin", "crate-type = ['cdylib']")))
        .and_then(|folder| folder.with_file("plugin/lib.rs", code))
        .and_then(|folder| folder.with_file("library/Cargo.toml", member("my-library", "")))
        .and_then(|folder| folder.with_file("library/lib.rs", "#![no_std]"))
        .unwrap()
}

#[test]
fn a_package_is_built_or_the_missing_target_is_named() {
    let workspace = workspace();
    let plugin = PluginCrate::new("my-plugin").with_directory(workspace.path());
    match plugin.build() {
        Ok(module) => {
            Plugin::new(&module).unwrap().call::<_, ()>("run", ()).unwrap();
            // Built once in a process: this needs no cargo, and no sources.
            fs::remove_dir_all(workspace.join("plugin")).unwrap();
            assert_eq!(plugin.build(), Ok(module));
            let library = PluginCrate::new("my-library").with_directory(workspace.path());
            assert!(matches!(library.build(), Err(BuildError::NoModule { package, .. }) if package == "my-library"));
        }
        Err(error @ BuildError::MissingTarget { .. }) => {
            let message = error.to_string();
            assert!(message.contains("`my-plugin`") && message.contains("rustup target add wasm32-unknown-unknown"));
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn an_unknown_package_is_an_error_that_says_what_there_is() {
    let workspace = workspace();
    let unknown = |name: &str| PluginCrate::new(name).with_directory(workspace.path()).build().unwrap_err().to_string();
    let message = unknown("my-plugn");
    assert!(message.contains("no package `my-plugn`") && message.ends_with("did you mean `my-plugin`?"), "{message}");
    let message = unknown("another");
    assert!(message.ends_with("there are `my-library`, `my-plugin`") || message.ends_with("`my-plugin`, `my-library`"));
}

#[test]
fn errors_of_the_compiler_are_shown() {
    let workspace = workspace().with_file("plugin/Cargo.toml", "[package]\nname = 'my-plugin'\nversion = 1").unwrap();
    let plugin = PluginCrate::new("plugin/../plugin").with_directory(workspace.path());
    match plugin.build() {
        Err(BuildError::Cargo { output, .. }) => assert!(output.contains("version"), "{output}"),
        other => panic!("{other:?}"),
    }
}

#[test]
#[should_panic(expected = "no package `no-such-plug-in`")]
fn the_macro_panics_with_the_error() {
    let _ = extism_runtime::test::wasm!("no-such-plug-in");
}
