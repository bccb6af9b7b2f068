//! `extism-call check FILE --interface INTERFACE.json`.

use extism_runtime::Error;

use crate::{
    args::{CheckArgs, is_stdin},
    description,
    failure::Failure,
    output, plugin,
    progress::Progress,
    style::printable,
};

/// Checks whether a plug-in has the functions of an interface. Its imports need not be available.
pub(super) fn check(args: &CheckArgs) -> Result<(), Failure> {
    if is_stdin(&args.file) && is_stdin(args.interface.as_os_str()) {
        return Err(Failure::usage("standard input cannot be both the plug-in and the interface"));
    }
    let interface = description::read_one(&args.interface)?;
    let progress = Progress::default();
    let inspection = plugin::builder(&args.file, &args.links, None, &progress)?.inspect();
    progress.clear();
    let inspection = inspection.map_err(|error| Failure::load(&error))?;
    inspection.check(&interface).map_err(|error| Failure::load(&Error::from(error)))?;
    let (plugin, interface) = (printable(&inspection.plugin), printable(&interface.name));
    output::write_text(&format!("plug-in `{plugin}` satisfies the interface `{interface}`\n")).map(|_| ())
}
