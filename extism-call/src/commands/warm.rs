//! `extism-call warm DIR`.

use std::io::{self, Write as _};

use extism_runtime::{Engine, Error, error::SetProblem, plugin::WarmProgress};

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
fn show(progress: WarmProgress<'_>) {
    let WarmProgress { plugin, finished, total, .. } = progress;
    let name = printable(&plugin.name);
    let text = match &plugin.error {
        None => format!("[{finished}/{total}] {name} ({} ms)\n", plugin.time.as_millis()),
        Some(error) => {
            let path = printable(&plugin.path.to_string_lossy());
            let lines: Vec<_> = problem(error).iter().map(|line| printable(line)).collect();
            format!("[{finished}/{total}] {name} ({path}): {}\n", lines.join("\n    "))
        }
    };
    // If this fails, the progress cannot be shown anywhere.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Returns what is wrong with a plug-in, without its name and file.
fn problem(error: &Error) -> Vec<String> {
    match error {
        Error::Set(error) => match &error.problem {
            SetProblem::Plugin(error) => explain::lines(error),
            problem => problem.to_string().lines().map(str::to_owned).collect(),
        },
        error => explain::lines(error),
    }
}
