//! `extism-call stamp FILE --interface INTERFACE`.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use extism_interface::{Description, Role};
use extism_runtime::PluginBuilder;

use crate::{
    args::{StampArgs, is_stdin},
    description,
    failure::{Failure, Status},
    input,
    style::printable,
};

/// Writes interfaces into a module, in place of those that it has.
pub(super) fn stamp(args: &StampArgs) -> Result<(), Failure> {
    let description = description::read_all(args.interfaces.iter().map(AsRef::as_ref), None)?;
    // As the host reads it: two files may have the same function.
    let description = Description::from_json(description.to_json().as_bytes())
        .map_err(|error| Failure::usage(format!("the interfaces cannot be in one module: {error}")))?;
    let module = input::read(&args.file, "the module")?;
    let stamped = description.stamp(&module).map_err(|error| Failure {
        status: Status::Load,
        cause: format!("{} cannot be stamped: {error}", args.file.display()),
        details: Vec::new(),
    })?;
    write(args.output.as_deref().unwrap_or(&args.file), &stamped)?;
    tell_lacking(&stamped, &description);
    Ok(())
}

/// Tells which functions of its interfaces the module does not export. That is no error, because another module of the
/// same plug-in may export them.
fn tell_lacking(stamped: &[u8], description: &Description) {
    let Ok(inspection) = PluginBuilder::new(stamped).inspect() else { return };
    let checked = description.with_role(Role::Plugin).filter_map(|interface| inspection.check(interface).err());
    let lacking = checked.flat_map(|error| error.mismatches);
    let notes =
        lacking.map(|lacking| format!("note: the module lacks what it says: {}\n", printable(&lacking.to_string())));
    // Standard error may be closed.
    let _ = io::stderr().write_all(notes.collect::<Vec<_>>().concat().as_bytes());
}

/// Writes a file as a whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let result = if is_stdin(path.as_os_str()) { io::stdout().lock().write_all(bytes) } else { replace(path, bytes) };
    result.map_err(|error| Failure::usage(format!("cannot write {}: {error}", path.display())))
}

/// Writes beside the file first, so that a full disk does not cost the module.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".stamp");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path).inspect_err(|_| drop(fs::remove_file(&beside)))
}
