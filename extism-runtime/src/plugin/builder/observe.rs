//! Options that show what a plug-in does: dumps, profiles, records of calls.

use std::{path::PathBuf, sync::Arc};

use super::PluginBuilder;
use crate::{engine::Profiling, profile::GuestProfile, usage::CallRecord};

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

    /// Writes the kernel's memory to this file when a call fails: the input, the output, and what passed between
    /// plug-in and host. The environment variable `EXTISM_MEMDUMP` does the same. The file is written under the rules
    /// of [`with_coredump`](Self::with_coredump).
    pub fn with_memdump(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.instance.memdump = Some(path.into());
        self
    }

    /// Makes the compiled code known to a profiler. The environment variable `EXTISM_PROFILE` (`perf`, `jitdump`,
    /// `vtune`) does the same.
    pub fn with_profiling(mut self, profiling: Profiling) -> Self {
        self.options.profiling = Some(profiling);
        self
    }

    /// Records in which functions the plug-in's calls spend their time: see [`GuestProfile`].
    pub fn with_guest_profile(mut self, profile: &GuestProfile) -> Self {
        self.options.instance.profile = Some(profile.clone());
        self
    }

    /// Sets whether the calls' times are measured, for [`Plugin::usage`]; off by default.
    ///
    /// A call then reads a clock twice, and twice more for each host function that it calls, which takes about as long
    /// as a short call. Calls are also measured if there is a function that receives their records
    /// ([`with_on_call`](Self::with_on_call)), and while a subscriber of `tracing` listens to their spans
    /// ([`usage`](crate::usage#spans)); all other counters are always there.
    pub fn with_timing(mut self, timing: bool) -> Self {
        self.options.instance.listener.timing = timing;
        self
    }

    /// Calls a function at the end of each call, with a record of it.
    ///
    /// It runs on the thread on which the call ended, before the caller has the result, and outside of the call's
    /// limits: so it should be short, and pass on to other threads what takes long. For an async call, that thread is one
    /// that polls it; if its future is dropped before its end, the one that drops it. Each call has exactly one record,
    /// unless its future is leaked. A panic of the function is reported through `tracing`, and the call ends as if there
    /// had been none. The called instance is still in use: a function that calls the same pool needs another instance.
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
