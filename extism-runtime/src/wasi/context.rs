use wasmtime_wasi::{WasiCtxBuilder, WasiView as _, cli, p1::WasiP1Ctx};

use super::Directories;
use crate::{
    kernel::layout::PAGE,
    settings::{Settings, WasiOutput},
};

/// The maximum number of random bytes per call: they are created on the host before they are copied.
const MAX_RANDOM: u64 = 64 << 20;

/// Returns the resources that a plug-in may access through WASI: its directories, clocks and random numbers,
/// but no environment variables and no network.
///
/// `initial_pages` is the initial size of its memories.
pub(crate) fn context(settings: &Settings, directories: &Directories, initial_pages: u64) -> WasiP1Ctx {
    let mut builder = WasiCtxBuilder::new();
    if let Some(growth) = settings.max_pages {
        // At most what fits into the plug-in's memory: a small plug-in must not make the host use more in the meantime.
        let room = initial_pages.saturating_add(growth.into()).saturating_mul(PAGE);
        builder.max_random_size(room.min(MAX_RANDOM));
    }
    // Files are read and written on the calling thread, which would wait for them anyway.
    builder.allow_blocking_current_thread(true).monotonic_clock(super::clock::Monotonic);
    match settings.options.wasi_output {
        WasiOutput::Discard => {}
        WasiOutput::Inherit => {
            builder.stdout(cli::stdout()).stderr(cli::stderr());
        }
        WasiOutput::Stderr => {
            builder.stdout(cli::stderr()).stderr(cli::stderr());
        }
    }
    let mut wasi = builder.build_p1();
    *wasi.ctx().ctx.filesystem() = directories.filesystem();
    // The table also holds standard input, output and error.
    wasi.ctx().table.set_max_capacity(settings.limits.open_files() + settings.allowed_paths.len() + 3);
    wasi
}

/// Returns a context without access to anything.
pub(super) fn empty() -> WasiP1Ctx {
    WasiCtxBuilder::new().build_p1()
}
