//! Options to observe a plug-in: dumps, profiles, records of calls.

use std::{path::PathBuf, sync::Arc};

use super::PluginBuilder;
use crate::{
    engine::Profiling,
    log::{LogEvents, LogLevel, LogRecord, PluginLog},
    profile::GuestProfile,
    usage::CallRecord,
};

impl<P> PluginBuilder<P> {
    /// Writes a core dump to this file when the plug-in traps, for WebAssembly debuggers. The environment variable
    /// `EXTISM_COREDUMP` does the same.
    ///
    /// A dump contains the plug-in's memory: only the user that runs the process may read it (on Unix, mode 0600). It
    /// replaces an existing regular file; links are not followed. The directory is the one that has this name when the
    /// plug-in is built. A dump that cannot be written is reported through `tracing`.
    pub fn with_coredump(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.instance.coredump = Some(path.into());
        self
    }

    /// Writes the kernel's memory to this file when a call fails: the input, the output, and the data
    /// exchanged between plug-in and host. The environment variable `EXTISM_MEMDUMP` does the same. The file
    /// is written under the rules of [`with_coredump`](Self::with_coredump).
    pub fn with_memdump(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.instance.memdump = Some(path.into());
        self
    }

    /// Calls a function with what this plug-in logs at `level` or above, besides `tracing` and what
    /// [`set_log_file`](crate::log::set_log_file) or [`set_log_callback`](crate::log::set_log_callback) set for the whole
    /// process. The plug-in sees the level as enabled, and [`with_max_log_bytes`](Self::with_max_log_bytes) limits the
    /// bytes that a call may log.
    ///
    /// The function runs on the thread of the call. If it panics, the line is lost, and the call goes on.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use std::sync::mpsc::channel;
    /// use extism_runtime::{PluginBuilder, log::LogLevel};
    ///
    /// # let wasm = r#"(module
    /// #   (import "extism:host/env" "log_warn" (func $warn (param i64)))
    /// #   (import "extism:host/env" "input_offset" (func $input (result i64)))
    /// #   (func (export "warn") (call $warn (call $input))))"#;
    /// let (lines, received) = channel();
    /// let mut plugin = PluginBuilder::new(wasm)
    ///     .with_log(LogLevel::Info, move |record| {
    ///         let _ = lines.send(format!("{}: {}", record.level, record.message));
    ///     })
    ///     .build()?;
    /// plugin.call::<_, ()>("warn", "the disk is full")?;
    /// assert_eq!(received.recv().unwrap(), "WARN: the disk is full");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_log(mut self, level: LogLevel, log: impl Fn(&LogRecord<'_>) + Send + Sync + 'static) -> Self {
        self.options.instance.log = Some(PluginLog::new(level, log));
        self
    }

    /// Sets the form of the `tracing` events for what this plug-in logs.
    pub fn with_log_events(mut self, events: LogEvents) -> Self {
        self.options.instance.log_events = events;
        self
    }

    /// Registers the compiled code with a profiler. The environment variable `EXTISM_PROFILE` (`perf`,
    /// `jitdump`, `vtune`) does the same.
    pub fn with_profiling(mut self, profiling: Profiling) -> Self {
        self.options.profiling = Some(profiling);
        self
    }

    /// Records in which functions the plug-in's calls spend their time: see [`GuestProfile`].
    pub fn with_guest_profile(mut self, profile: &GuestProfile) -> Self {
        self.options.instance.profile = Some(profile.clone());
        self
    }

    /// Sets whether the calls' times are measured, for [`Plugin::usage`](crate::Plugin::usage); off by default.
    ///
    /// A call then reads a clock twice, and twice more for each host function that it calls; this takes about
    /// as long as a short call. Calls are also measured if a function receives their records
    /// ([`with_on_call`](Self::with_on_call)), and while a subscriber of `tracing` listens to their spans
    /// ([`usage`](crate::usage#spans)); all other counters are always active.
    pub fn with_timing(mut self, timing: bool) -> Self {
        self.options.instance.listener.timing = timing;
        self
    }

    /// Calls a function at the end of each call, with a record of it.
    ///
    /// The function runs on the thread on which the call ended, before the caller has the result, and outside
    /// of the call's limits: so it should be short, and pass on long work to other threads. For an async
    /// call, that thread is one that polls it; if its future is dropped before its end, the one that drops
    /// it. Each call has exactly one record, unless its future is leaked. A panic of the function is reported
    /// through `tracing`, and does not affect the call. The called instance is still in use: a function that
    /// calls the same pool needs another instance.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use std::sync::mpsc;
    /// use extism_runtime::{PluginBuilder, usage::Outcome};
    ///
    /// let (records, received) = mpsc::channel();
    /// let mut plugin = PluginBuilder::new("examples/plugins/echo.wasm")
    ///     .with_on_call(move |record| {
    ///         let _ = records.send((record.export.to_owned(), record.outcome, record.output_bytes));
    ///     })
    ///     .build()?;
    /// plugin.call::<_, &str>("echo", "hello")?;
    /// assert_eq!(received.recv().unwrap(), ("echo".to_owned(), Outcome::Ok, 5));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_on_call(mut self, on_call: impl Fn(&CallRecord<'_>) + Send + Sync + 'static) -> Self {
        self.options.instance.listener.on_call = Some(Arc::new(on_call));
        self
    }
}
