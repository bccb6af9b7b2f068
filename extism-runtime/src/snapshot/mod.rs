//! Modules that are initialized already.
//!
//! Some languages' runtimes take long to initialize, and do so in each instance. A [`Snapshot`] runs a module's
//! initialization once, and writes its state into a new module: memory and globals. Instances of that begin where the
//! initialization ended. Debug information and names stay as they are, as the code does.
//!
//! The command line tool does the same: `extism-call snapshot plugin.wasm -o fast.wasm`.

mod error;
mod host;
mod run;
mod strip;

use std::time::Duration;

pub use self::error::SnapshotError;
use crate::{error::BoxError, load::wat_text};

/// Runs the initialization of a module, and keeps its state.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use extism_runtime::{Plugin, snapshot::Snapshot};
///
/// let module = std::fs::read("examples/plugins/init_ctors.wat")?;
/// let initialized = Snapshot::new().take(&module)?;
/// let order: String = Plugin::new(initialized)?.call("order", "")?;
/// assert_eq!(order, "C");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "`take` takes the snapshot"]
pub struct Snapshot {
    function: Option<String>,
    wasi: bool,
    timeout: Duration,
    max_memory: usize,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self { function: None, wasi: false, timeout: Duration::from_mins(1), max_memory: 1 << 30 }
    }
}

impl Snapshot {
    /// Runs what the runtime would run before an instance's first call: the start function, then `hs_init` (after
    /// `_initialize`), `__wasm_call_ctors` or `_initialize`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also runs this export, after that. It has no parameters and no results, and is not exported any more.
    pub fn with_function(mut self, name: impl Into<String>) -> Self {
        self.function = Some(name.into());
        self
    }

    /// Lets the initialization read what WASI tells of the world: an empty environment, no arguments, no directories,
    /// the clocks, and random bytes. It is off by default, as all instances then have what was read when the snapshot was
    /// taken: the same random seeds, and no directories or environment variables even if the plug-in is given some.
    pub fn with_wasi(mut self, wasi: bool) -> Self {
        self.wasi = wasi;
        self
    }

    /// Sets how long the initialization may take, one minute by default.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many bytes each of the module's memories may have, 1 GiB by default.
    pub fn with_max_memory(mut self, bytes: usize) -> Self {
        self.max_memory = bytes;
        self
    }

    /// Takes a snapshot of a module, in the binary or text format. The result is in the binary format.
    ///
    /// # Errors
    ///
    /// Returns an error if the module has nothing to run, its initialization fails, or does what a snapshot cannot keep:
    /// see [`SnapshotError`].
    pub fn take(&self, module: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        let wasm = wat::parse_bytes(module).map_err(|error| SnapshotError::Invalid(wat_text(&error).into()))?;
        let plan = run::Plan::of(&wasm, self)?;
        let (context, instrumented) = caught(|| wizer().instrument(&wasm))?;
        let mut state = run::run(&instrumented, &plan, self)?;
        let snapshot = caught(|| now(wizer().snapshot(&context, &mut state)))?;
        strip::without_exports(&snapshot, &plan.functions).ok_or_else(|| {
            let source: BoxError = "its result cannot be read".into();
            SnapshotError::Invalid(source)
        })
    }
}

fn wizer() -> wasmtime_wizer::Wizer {
    wasmtime_wizer::Wizer::new()
}

/// Returns what `wizer` returns. It checks its results by assertions.
fn caught<T>(step: impl FnOnce() -> wasmtime::Result<T>) -> Result<T, SnapshotError> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(step));
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(SnapshotError::Unsupported(format!("{error:#}"))),
        Err(panic) => Err(SnapshotError::Unsupported(crate::error::HostPanic::new(&*panic).to_string())),
    }
}

/// Returns the result of a future that never waits.
fn now<T>(future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(result) => result,
        std::task::Poll::Pending => Err(wasmtime::Error::msg("it waits for something")),
    }
}
