//! Reads interfaces: JSON, XTP documents, and modules that describe themselves.

use std::path::Path;

use extism_interface::{Description, Role, xtp};

use crate::{args::is_stdin, failure::Failure, input};

/// Reads the interfaces of a file. `name` is for those of an XTP document, which has none; by default it is the file's.
pub(crate) fn read(path: &Path, name: Option<&str>) -> Result<Description, Failure> {
    let bytes = input::read(path, "the interface")?;
    let shown = if is_stdin(path.as_os_str()) { "standard input".to_owned() } else { path.display().to_string() };
    let refuse = |error: &dyn std::fmt::Display| Failure::usage(format!("{shown} is not an interface: {error}"));
    if bytes.starts_with(b"\0asm") {
        return match Description::from_module(&bytes) {
            Ok(Some(description)) => Ok(description),
            Ok(None) => {
                Err(Failure::usage(format!("{shown} does not describe itself: it has no section `extism:interface`"))
                    .with_detail("`extism-call stamp` writes one"))
            }
            Err(error) => {
                Err(Failure::usage(format!("the section `extism:interface` of {shown} cannot be read: {error}")))
            }
        };
    }
    if let Some(text) = xtp_document(&bytes) {
        let stem = path.file_stem().filter(|_| !is_stdin(path.as_os_str()));
        let stem = stem.map_or_else(|| "Plugin".to_owned(), |stem| stem.to_string_lossy().into_owned());
        return xtp::read(text, name.unwrap_or(&stem)).map_err(|error| refuse(&error));
    }
    Description::from_json(&bytes).map_err(|error| refuse(&error))
}

/// The text, if it looks like an XTP document: as JSON, an interface has `methods` and no `exports`.
fn xtp_document(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_json = text.trim_start().starts_with(['{', '[']);
    let xtp = if is_json {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        json.get("exports").is_some() && json.get("methods").is_none()
    } else {
        text.lines().any(|line| line.starts_with("version:") || line.starts_with("exports:"))
    };
    xtp.then_some(text)
}

/// Reads the interfaces of several files. `name` is for those of XTP documents, as for one.
pub(crate) fn read_all<'p>(
    paths: impl IntoIterator<Item = &'p Path>,
    name: Option<&str>,
) -> Result<Description, Failure> {
    let mut all = Description::default();
    for path in paths {
        all.interfaces.extend(read(path, name)?.interfaces);
    }
    Ok(all)
}

/// Reads the interface of a plug-in's exports, of which the file has to have one.
pub(crate) fn read_one(path: &Path) -> Result<extism_interface::Interface, Failure> {
    let description = read(path, None)?;
    let mut interfaces: Vec<_> = description.with_role(Role::Plugin).cloned().collect();
    match interfaces.len() {
        1 => Ok(interfaces.remove(0)),
        count => Err(Failure::usage(format!("{} has {count} interfaces of plug-ins: one is needed", path.display()))),
    }
}
