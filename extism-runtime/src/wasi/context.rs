use wasmtime_wasi::{WasiCtxBuilder, WasiView as _, cli, p1::WasiP1Ctx};

use super::Directories;
use crate::{
    settings::{Settings, WasiOutput},
    store::PAGE,
};

/// How many files and directories an instance may have open. The process has a limit of its own (often 1024), which a
/// plug-in must not use up for all the others.
pub(super) const MAX_FILES: usize = 256;

/// Random bytes in one call, at most: they are made on the host before they are copied.
const MAX_RANDOM: u64 = 64 << 20;

/// What a plug-in may reach by WASI: its directories, clocks and random numbers. No environment, no network.
///
/// `initial_pages` is how large its memories are at their start.
pub(crate) fn context(settings: &Settings, directories: &Directories, initial_pages: u64) -> WasiP1Ctx {
    let mut builder = WasiCtxBuilder::new();
    if let Some(growth) = settings.max_pages {
        // No more than the plug-in has room for: what the host takes meanwhile is not for a small one to choose.
        let room = initial_pages.saturating_add(growth.into()).saturating_mul(PAGE);
        builder.max_random_size(room.min(MAX_RANDOM));
    }
    // Files are read and written on the calling thread, which waits for them anyway.
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
    // Standard input and output have places there too.
    wasi.ctx().table.set_max_capacity(MAX_FILES + settings.allowed_paths.len() + 3);
    wasi
}

/// A context that gives access to nothing.
pub(super) fn empty() -> WasiP1Ctx {
    WasiCtxBuilder::new().build_p1()
}
