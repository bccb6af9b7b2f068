//! Puts a module where the tests of modules that a build script makes look for it.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let from = "../examples/plugins/echo.wasm";
    println!("cargo::rerun-if-changed={from}");
    let folder = env::var_os("OUT_DIR").ok_or("Cargo sets OUT_DIR")?;
    fs::copy(from, Path::new(&folder).join("echo.wasm"))?;
    Ok(())
}
