use wasmtime_wasi::{FsPerms, WasiCtxBuilder, cli, p1::WasiP1Ctx};

use crate::compile::{Settings, WasiOutput};

/// What a plug-in may reach by WASI: its directories, clocks and random numbers. No environment, no network.
pub(crate) fn context(settings: &Settings) -> wasmtime::Result<WasiP1Ctx> {
    let mut builder = WasiCtxBuilder::new();
    // Files are read and written on the calling thread, which waits for them anyway.
    builder.allow_blocking_current_thread(true).monotonic_clock(super::clock::Monotonic);
    match settings.wasi_output {
        WasiOutput::Discard => {}
        WasiOutput::Inherit => {
            builder.stdout(cli::stdout()).stderr(cli::stderr());
        }
        WasiOutput::Stderr => {
            builder.stdout(cli::stderr()).stderr(cli::stderr());
        }
    }
    for directory in &settings.allowed_paths {
        let permissions = if directory.read_only { FsPerms::ReadOnly } else { FsPerms::ReadWrite };
        builder.preopened_dir(&directory.host, &directory.guest, permissions).map_err(|error| {
            let path = directory.host.display();
            error.context(format!("cannot open the allowed path `{path}`"))
        })?;
    }
    Ok(builder.build_p1())
}

/// A context that gives access to nothing.
pub(super) fn empty() -> WasiP1Ctx {
    WasiCtxBuilder::new().build_p1()
}
