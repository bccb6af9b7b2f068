//! Keeping descriptions in files, which plug-ins carry and tools read.

use std::{fmt, fs, path::Path};

use extism_interface::Interface;

/// Why the test of a `description = ".."` fails.
pub struct StaleDescription(String);

/// A failed test shows this.
impl fmt::Debug for StaleDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks that a file has the description of an interface, without what it has from its bases, which have files of their
/// own. If it has not, writes it.
///
/// # Errors
///
/// Returns an error if the file was not current, cannot be written, or would lack the types' schemas.
pub fn keep_description(path: &str, interface: &Interface, bases: &[&Interface]) -> Result<(), StaleDescription> {
    let shown = Path::new(path).file_name().map_or_else(|| path.into(), |name| name.to_string_lossy());
    if !cfg!(feature = "schema") {
        let why =
            "the description in it has the schemas of the types: turn on the feature `schema` of `extism-runtime`";
        return Err(StaleDescription(format!("`{shown}` cannot be checked: {why}")));
    }
    let json = own(interface, bases).to_json();
    // A checkout may have changed the ends of lines.
    if fs::read_to_string(path).is_ok_and(|found| found.lines().eq(json.lines())) {
        return Ok(());
    }
    Err(StaleDescription(match fs::write(path, json) {
        Ok(()) => format!("`{shown}` was not current, and has been written: read the difference and commit it"),
        Err(error) => format!("`{shown}` is not current, and cannot be written: {error}"),
    }))
}

fn own(interface: &Interface, bases: &[&Interface]) -> Interface {
    let mut own = interface.clone();
    own.methods.to_mut().retain(|method| bases.iter().all(|base| base.method(&method.export).is_none()));
    own
}
