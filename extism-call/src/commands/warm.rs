//! `extism-call warm DIR`.

use std::{
    io::{self, Write as _},
    path::Path,
};

use extism_runtime::{Engine, plugin::Warmed};

use crate::{
    args::WarmArgs,
    explain,
    failure::{Failure, Status},
    output,
    style::printable,
};

/// Compiles the plug-ins of a directory into a cache.
pub(super) fn warm(args: &WarmArgs) -> Result<(), Failure> {
    // As programs do by default: with a pool.
    let mut builder = Engine::builder();
    if let Some(cache) = &args.cache {
        builder = builder.with_cache_directory(cache);
    }
    let engine = builder.build().map_err(|error| Failure::load(&error))?;
    let warmed = engine.warm(&args.directory, show).map_err(|error| Failure::load(&error))?;
    let failed = warmed.iter().filter(|plugin| plugin.error.is_some()).count();
    let done = warmed.len() - failed;
    output::write_text(&format!("{done} of {} plug-ins are compiled\n", warmed.len()))?;
    match failed {
        0 => Ok(()),
        _ => Err(Failure {
            status: Status::Load,
            cause: format!("{failed} of {} plug-ins could not be compiled", warmed.len()),
            details: Vec::new(),
        }),
    }
}

/// Tells what became of a plug-in.
fn show(plugin: &Warmed) {
    let name = plugin.path.file_name().map_or_else(|| plugin.path.display().to_string(), shown);
    let text = match &plugin.error {
        None => format!("{} ({} ms)\n", printable(&name), plugin.time.as_millis()),
        Some(error) => {
            let lines = explain::lines(error).join("\n    ");
            let lines: Vec<_> = lines.lines().map(printable).collect();
            format!("{}: {}\n", printable(&name), lines.join("\n"))
        }
    };
    // If this fails, the progress cannot be shown anywhere.
    let _ = io::stderr().write_all(text.as_bytes());
}

fn shown(name: impl AsRef<Path>) -> String {
    name.as_ref().display().to_string()
}
