use std::fs;

use extism_runtime::{
    Plugin,
    test::{BuildError, PluginCrate, TestFolder},
};
#[cfg(unix)]
use extism_tests::repeated;

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
            let library = PluginCrate::new("my-library").with_directory(workspace.path());
            assert!(matches!(library.build(), Err(BuildError::NoModule { package, .. }) if package == "my-library"));
            // Built once in a process: this needs no cargo, and no sources.
            fs::remove_dir_all(workspace.join("plugin")).unwrap();
            assert_eq!(plugin.build(), Ok(module));
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

/// What a build prints: a message about another package, one about the plug-in, and the end. It also notes how it was
/// called.
#[cfg(unix)]
const STUB: &str = r#"#!/bin/sh
if [ "$1" = metadata ]; then exec "$REAL_CARGO" "$@"; fi
folder="${0%/*}"
echo "$@ RUSTFLAGS=${RUSTFLAGS-none}" >> "$folder/calls"
message() { printf '{"reason":"compiler-artifact","manifest_path":"%s/Cargo.toml","filenames":["%s"]}\n' "$folder/$1" "$2"; }
message library "$folder/library.rlib"
message plugin "$folder/my_plugin.wasm"
echo '{"reason":"build-finished","success":true}'
"#;

/// Where the target is installed, cargo builds the module. A stand-in for it shows that, wherever the tests run.
#[cfg(unix)]
#[test]
fn a_module_that_cargo_has_built_is_the_plugin() {
    use std::{env, os::unix::fs::PermissionsExt as _, path::PathBuf};

    let name = "building::a_module_that_cargo_has_built_is_the_plugin";
    let Some(folder) = env::var_os("EXTISM_TEST_STUB").map(PathBuf::from) else {
        let workspace = workspace().with_file("cargo", STUB).unwrap();
        let module = wat::parse_str(r#"(module (func (export "run")))"#).unwrap();
        let workspace = workspace.with_file("my_plugin.wasm", module).unwrap();
        let stub = workspace.join("cargo");
        fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).unwrap();
        let mut child = repeated(name);
        child.env("EXTISM_TEST_STUB", workspace.path()).env("REAL_CARGO", env!("CARGO")).env("CARGO", stub);
        let output = child.env("RUSTFLAGS", "--cfg host").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    };
    let plugin = PluginCrate::new("my-plugin").with_directory(&folder).with_features(["a", "b"]);
    let module = plugin.built();
    assert_eq!(module, folder.join("my_plugin.wasm"));
    Plugin::new(module).unwrap().call::<_, ()>("run", ()).unwrap();
    // The directory of a package names it, too; and once is enough for each.
    let by_path = PluginCrate::new("./plugin").with_directory(&folder).with_profile("dev");
    assert_eq!((by_path.built(), plugin.built()), (folder.join("my_plugin.wasm"), folder.join("my_plugin.wasm")));
    let library = PluginCrate::new("my-library").with_directory(&folder);
    assert!(matches!(library.build(), Err(BuildError::NoModule { package, .. }) if package == "my-library"));
    let calls = fs::read_to_string(folder.join("calls")).unwrap();
    let call = |package: &str, rest: &str| {
        let manifest = folder.join(package).join("Cargo.toml");
        format!(
            "build --message-format json-render-diagnostics --manifest-path {} --target wasm32-unknown-unknown {rest} \
             RUSTFLAGS=none",
            manifest.display()
        )
    };
    let expected = [
        call("plugin", "--profile release --features a,b"),
        call("./plugin", "--profile dev"),
        call("library", "--profile release"),
    ];
    assert_eq!(calls.lines().collect::<Vec<_>>(), expected);
}
