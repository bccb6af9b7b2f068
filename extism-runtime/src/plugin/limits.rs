//! The builder's limits.

use std::time::Duration;

use super::PluginBuilder;
use crate::features::Features;

/// Limits on the plug-in's resources. [`PluginBuilder::untrusted`] lists those of untrusted plug-ins.
impl<P> PluginBuilder<P> {
    /// Limits how long a call may take, instead of the manifest's `timeout_ms`.
    ///
    /// A call never ends before that time has passed. It ends up to four milliseconds after it (two ticks of the clock that
    /// all calls share: one until the clock has seen the call, one until the call looks at the clock), and later only if
    /// the machine is busy, or a host function or a single long instruction has to end first.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.options.limits.timeout = Some(timeout);
        self
    }

    /// Limits how long compiling the plug-in's modules may take; without a limit by default. A compilation is not
    /// started if its estimate is several times the limit; one that exceeds the limit ends in an error,
    /// [`ModuleLimitError`](crate::error::ModuleLimitError), while a thread of the runtime finishes it in the background. Only
    /// a few such threads can run at a time. The estimate does not consider whether the compiled module is in the
    /// cache.
    pub fn with_compile_timeout(mut self, timeout: Duration) -> Self {
        self.options.limits.compile_timeout = Some(timeout);
        self
    }

    /// Limits the pages, of 64 KiB, that each module may have at its start, and by which all memories of the plug-in
    /// may grow together; instead of the manifest's `memory.max_pages`.
    pub fn with_max_pages(mut self, pages: u32) -> Self {
        self.options.limits.max_pages = Some(pages);
        self
    }

    /// Limits the memories that a module may have, 16 by default. Each reserves 4 GiB of the process's address space,
    /// which has 128 TiB on most machines.
    pub fn with_max_memories(mut self, memories: u32) -> Self {
        self.options.limits.max_memories = Some(memories);
        self
    }

    /// Limits the tables that a module may have, 64 by default.
    pub fn with_max_tables(mut self, tables: u32) -> Self {
        self.options.limits.max_tables = Some(tables);
        self
    }

    /// Limits the size of a module in bytes, whether it is read from a file, downloaded or contained in the manifest; 1
    /// GiB by default. Compiling takes time and memory in proportion to the size.
    pub fn with_max_module_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_module_bytes = Some(bytes);
        self
    }

    /// Limits the bytes that the plug-in's variables may take, instead of the manifest's `memory.max_var_bytes`.
    pub fn with_max_var_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_var_bytes = Some(bytes);
        self
    }

    /// Limits the bytes in the body of an HTTP response, instead of the manifest's `memory.max_http_response_bytes`.
    pub fn with_max_http_response_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_http_response_bytes = Some(bytes);
        self
    }

    /// Limits the bytes that a call may return; by default only the plug-in's memory limits them. More is
    /// [`Error::OutputTooLarge`](crate::Error::OutputTooLarge).
    pub fn with_max_output_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_output_bytes = Some(bytes);
        self
    }

    /// Limits the bytes of each argument of a host function that is decoded from the plug-in's memory; by default only
    /// that memory limits them. More is [`MemoryError::TooLarge`](crate::error::MemoryError::TooLarge), which ends the call.
    pub fn with_max_argument_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_argument_bytes = Some(bytes);
        self
    }

    /// Limits the files and directories that an instance may have open through WASI, 256 by default, not counting the
    /// manifest's `allowed_paths`. Opening one more ends the call with a trap that says so.
    ///
    /// All plug-ins together may use half of the descriptors, for files and connections, that the process may
    /// have (`ulimit -n`). A plug-in, with all its instances, gets another one only while it holds fewer of
    /// them than are free: half of them if it is the only plug-in. Beyond that, opening a file fails with
    /// WASI's `ENFILE`, which the plug-in may handle.
    pub fn with_max_open_files(mut self, files: u32) -> Self {
        self.options.limits.max_open_files = Some(files);
        self
    }

    /// Limits the connections that all instances of the plug-in together may have for HTTP requests, 256 by
    /// default; connections that are still being established count too, even after the call that requested
    /// one has ended. A request waits for a free connection for half of its time limit and at most 10
    /// seconds, and then fails with
    /// [`HttpError::TooManyConnections`](crate::error::HttpError::TooManyConnections), which ends the call. 0
    /// allows no requests.
    ///
    /// All plug-ins together establish at most 64 connections at the same time; a plug-in may start another one only
    /// while it is establishing fewer of them than are free.
    pub fn with_max_connections(mut self, connections: u32) -> Self {
        self.options.limits.max_connections = Some(connections);
        self
    }

    /// Limits the bytes that a call may log at enabled levels, 32 MiB by default; each line counts as 16 additional
    /// bytes. More ends the call with [`Error::LogTooLong`](crate::Error::LogTooLong).
    pub fn with_max_log_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_log_bytes = Some(bytes);
        self
    }

    /// Limits the bytes of host memory that an output or an argument of a host function may take once it is decoded
    /// from JSON or MessagePack; without a limit by default. They are counted as for a `serde_json::Value`, before
    /// anything is decoded: 96 for each value, 640 for each map, 128 for each entry of a map, plus the text itself.
    /// More is an error of the codec. For your own types that implement [`Decode`](crate::Decode) without
    /// [`Json`](crate::Json) or `Msgpack`, only the length of the input is limited.
    pub fn with_max_decoded_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_decoded_bytes = Some(bytes);
        self
    }

    /// Sets which WebAssembly proposals the plug-in's modules may use; all that the engine supports by default.
    /// Compiling a module that uses others fails with an error that names them.
    pub fn with_features(mut self, features: Features) -> Self {
        self.options.limits.features = Some(features);
        self
    }
}
