use wasmtime_wasi::{WasiCtxBuilder, WasiView as _, p1::WasiP1Ctx};

use super::{Directories, clock, stdin, stdout};
use crate::{Error, clock::InstanceClock, display, kernel::layout::PAGE, settings::Settings};

/// The maximum number of random bytes per call: they are created on the host before they are copied.
pub(super) const MAX_RANDOM: u64 = 64 << 20;

/// Returns the resources that a plug-in may access through WASI: its directories, streams, environment, clocks and
/// random numbers, but no network.
///
/// `initial_pages` is the initial size of its memories.
pub(crate) fn context(
    settings: &Settings,
    directories: &Directories,
    clock: Option<&InstanceClock>,
    initial_pages: u64,
) -> WasiP1Ctx {
    let mut builder = WasiCtxBuilder::new();
    if let Some(growth) = settings.max_pages {
        // At most what fits into the plug-in's memory: a small plug-in must not make the host use more in the meantime.
        let room = initial_pages.saturating_add(growth.into()).saturating_mul(PAGE);
        builder.max_random_size(room.min(MAX_RANDOM));
    }
    // Files are read and written on the calling thread, which would wait for them anyway.
    builder.allow_blocking_current_thread(true);
    match clock {
        Some(clock) => builder.wall_clock(clock::Given(clock.clone())).monotonic_clock(clock::Given(clock.clone())),
        None => builder.monotonic_clock(clock::Monotonic),
    };
    let sees = &settings.options.sees;
    builder.args(&sees.args);
    for (name, value) in &sees.env {
        builder.env(name, value);
    }
    stdin::provide(&mut builder, &sees.streams.input);
    stdout::provide(&mut builder, &sees.streams);
    let mut wasi = builder.build_p1();
    *wasi.ctx().ctx.filesystem() = directories.filesystem();
    // The table also holds standard input, output and error.
    wasi.ctx().table.set_max_capacity(settings.limits.open_files() + settings.allowed_paths.len() + 3);
    wasi
}

/// Checks what the builder was given for the environment: names and values end at a zero byte, and names at `=`.
pub(crate) fn check_environment(settings: &Settings) -> Result<(), Error> {
    let sees = &settings.options.sees;
    let wrong_name = |name: &str| name.is_empty() || name.contains(['=', '\0']);
    let problem = if let Some(name) = sees.env.keys().find(|name| wrong_name(name)) {
        format!("`{}` cannot be the name of an environment variable", display::name(name))
    } else if let Some((name, _)) = sees.env.iter().find(|(_, value)| value.contains('\0')) {
        format!("the environment variable `{}` has a zero byte in its value", display::name(name))
    } else if let Some(at) = sees.args.iter().position(|arg| arg.contains('\0')) {
        format!("argument {at} has a zero byte")
    } else {
        return Ok(());
    };
    Err(Error::engine(format!("cannot build plug-in `{}`", settings.name), problem))
}

/// Returns a context without access to anything.
pub(super) fn empty() -> WasiP1Ctx {
    WasiCtxBuilder::new().build_p1()
}
