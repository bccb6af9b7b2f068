//! `extism-call FILE NAME`.

use extism_runtime::{
    Error, Plugin,
    plugin::{BuildStage, WasiOutput},
};

use crate::{
    args::{CallArgs, is_stdin},
    failure::Failure,
    logs,
    output::{self, Reader},
    plugin,
    profile::Recording,
    progress::Progress,
    times::Times,
};

/// The number of exports that are listed if the requested one does not exist.
const MAX_LISTED: usize = 20;

/// Loads the plug-in and calls its function.
pub(super) fn call(mut args: CallArgs) -> Result<(), Failure> {
    // The parser guarantees that both are present.
    let (Some(file), Some(name)) = (args.file.take(), args.name.take()) else {
        return Err(Failure::usage("FILE and NAME are missing"));
    };
    if is_stdin(&file) && args.input.uses_stdin() {
        return Err(Failure::usage("standard input cannot be both the plug-in and its input"));
    }
    logs::set_up(&args.log)?;
    let times = Times::default();
    let result = run(args, &file, &name, &times);
    times.end();
    result
}

fn run(args: CallArgs, file: &std::ffi::OsStr, name: &str, times: &Times) -> Result<(), Failure> {
    let CallArgs { input, more, limits, wasi, links, time, profile, .. } = args;
    let recording = Recording::new(profile)?;
    let input = input.read()?;
    let (progress, engine) = (Progress::default(), plugin::engine()?);
    times.begin("load");
    let builder = plugin::builder(file, &links, Some(limits), &progress)?
        .with_wasi(wasi)
        .with_wasi_output(WasiOutput::Stderr)
        .with_engine(&engine);
    let builder = match &recording {
        Some(recording) => recording.of(builder),
        None => builder,
    };
    let (shown, clock) = (progress.clone(), times.clone());
    let compiled = builder
        .with_build_progress(move |stage| {
            if let BuildStage::Compile { bytes, .. } = stage {
                clock.begin("compile");
                shown.compile(bytes);
            }
        })
        .compile();
    progress.clear();
    let result = compiled
        .and_then(|compiled| {
            times.begin("instantiate");
            compiled.instantiate()
        })
        .map_err(|error| Failure::load(&error))
        .and_then(|mut plugin| {
            let called = calls(&mut plugin, name, &input, more, times);
            // Also of a call that failed; then its failure comes first.
            let written = recording.as_ref().map_or(Ok(()), Recording::write);
            match (called, written) {
                (Err(failure), Err(unwritten)) => Err(failure.with_detail(unwritten.cause)),
                (called, written) => called.and(written),
            }
        });
    if time {
        times.print();
    }
    result
}

/// Calls the function once, and then as many more times as requested.
fn calls(plugin: &mut Plugin, name: &str, input: &[u8], more: u64, times: &Times) -> Result<(), Failure> {
    for _ in 0..=more {
        times.begin("call");
        let result = plugin.call::<_, &[u8]>(name, input);
        times.end();
        let reader = match result {
            Ok(bytes) => output::write_result(bytes)?,
            Err(error) => return Err(explain(&error, plugin)),
        };
        if reader == Reader::Gone {
            break;
        }
    }
    Ok(())
}

/// Why the call failed, with the functions that exist if this one does not.
fn explain(error: &Error, plugin: &Plugin) -> Failure {
    let failure = Failure::call(error);
    if !matches!(error, Error::Interface(_)) {
        return failure;
    }
    let callable: Vec<_> =
        plugin.exports().iter().filter(|export| export.is_callable()).map(|export| export.name.as_str()).collect();
    let listed = callable.get(..MAX_LISTED).unwrap_or(&callable).join(", ");
    match callable.len() {
        0 => failure.with_detail("it has no callable functions"),
        count if count > MAX_LISTED => {
            failure.with_detail(format!("callable functions: {listed} and {} more", count - MAX_LISTED))
        }
        _ => failure.with_detail(format!("callable functions: {listed}")),
    }
}
