//! Options for finding faults.

use std::{env, path::PathBuf};

use extism_runtime::engine::Profiling;

/// The profiler to which compiled code is made known. It has the variants of wasmtime's type of this name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfilingStrategy {
    /// No profiler.
    #[default]
    None,
    /// `perf`, through a symbol map.
    PerfMap,
    /// `perf inject --jit`.
    JitDump,
    /// Intel `VTune`.
    VTune,
}

impl ProfilingStrategy {
    /// Reads `EXTISM_PROFILE`.
    fn from_env() -> Self {
        match env::var("EXTISM_PROFILE").as_deref() {
            Ok("perf") => Self::PerfMap,
            Ok("jitdump") => Self::JitDump,
            Ok("vtune") => Self::VTune,
            Ok(other) => {
                tracing::warn!("Invalid value for EXTISM_PROFILE: {other}");
                Self::None
            }
            Err(_) => Self::None,
        }
    }
}

impl From<ProfilingStrategy> for Profiling {
    fn from(strategy: ProfilingStrategy) -> Self {
        match strategy {
            ProfilingStrategy::None => Self::None,
            ProfilingStrategy::PerfMap => Self::PerfMap,
            ProfilingStrategy::JitDump => Self::JitDump,
            ProfilingStrategy::VTune => Self::Vtune,
        }
    }
}

/// Options for finding faults. The default is what the environment variables `EXTISM_PROFILE`, `EXTISM_COREDUMP`,
/// `EXTISM_MEMDUMP` and `EXTISM_DEBUG` say.
#[derive(Clone)]
pub struct DebugOptions {
    /// The profiler.
    pub profiling_strategy: ProfilingStrategy,
    /// Where the core dump of a trap is written.
    pub coredump: Option<PathBuf>,
    /// Where the memory that plug-in and host share is written when a call fails.
    pub memdump: Option<PathBuf>,
    /// Whether to compile with debug information. Function names are in backtraces in any case.
    pub debug_info: bool,
}

impl Default for DebugOptions {
    fn default() -> Self {
        Self {
            profiling_strategy: ProfilingStrategy::from_env(),
            coredump: env::var_os("EXTISM_COREDUMP").map(PathBuf::from),
            memdump: env::var_os("EXTISM_MEMDUMP").map(PathBuf::from),
            debug_info: env::var_os("EXTISM_DEBUG").is_some(),
        }
    }
}
