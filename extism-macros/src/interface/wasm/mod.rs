//! The module that `wasm = ".."` names. It is embedded and, with the feature `check`, checked at compile time.

#[cfg(feature = "check")]
mod check;
#[cfg(feature = "check")]
mod module;
#[cfg(feature = "check")]
mod report;
#[cfg(feature = "check")]
mod section;

use std::path::{Path, PathBuf};

use super::model::{Interface, Wasm};
use crate::common::{Errors, nearest};

/// Reports problems with the file, and mismatches between the module and the interface.
pub(super) fn check(interface: &mut Interface, errors: &mut Errors) {
    let Some(wasm) = &mut interface.wasm else { return };
    let Some(path) = locate(wasm, errors) else {
        wasm.found = false;
        return;
    };
    #[cfg(feature = "check")]
    check::file(interface, &path, errors);
    let _ = path;
}

/// The path of the file. If it is not absolute, it is relative to the folder of the crate's `Cargo.toml`.
fn locate(wasm: &Wasm, errors: &mut Errors) -> Option<PathBuf> {
    let path = match wasm.path.absolute() {
        Ok(path) => path,
        Err(problem) => {
            errors.at(&wasm.path, problem);
            return None;
        }
    };
    if path.is_file() {
        return Some(path);
    }
    let hint = similar(&path).map_or_else(
        || "the path is relative to the folder of `Cargo.toml`; has the plug-in been built?".to_owned(),
        |similar| format!("did you mean `{similar}`?"),
    );
    errors.at(&wasm.path, format!("there is no file `{}`: {hint}", wasm.path.display()));
    None
}

/// The file next to `path` with the most similar name.
fn similar(path: &Path) -> Option<String> {
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    let mut names: Vec<_> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str)).map(str::to_owned)
}
