//! What the builder limits.

use std::time::Duration;

use super::PluginBuilder;
use crate::Features;

/// What the plug-in may use. [`PluginBuilder::untrusted`] tells the limits of untrusted plug-ins.
impl<P> PluginBuilder<P> {
    /// How long a call may take, instead of the manifest's `timeout_ms`.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.options.limits.timeout = Some(timeout);
        self
    }

    /// How long compiling the plug-in's modules may take; without a limit by default. What is estimated to take several
    /// times as long isn't begun; what takes longer ends in an error, [`ModuleLimitError`](crate::ModuleLimitError), while
    /// a thread of the runtime's own goes on. Few such threads can be at work at a time. That a module was compiled before
    /// and is in the cache makes no difference to the estimate.
    pub fn with_compile_timeout(mut self, timeout: Duration) -> Self {
        self.options.limits.compile_timeout = Some(timeout);
        self
    }

    /// The pages, of 64 KiB, that each module may have at its start, and by which all memories of the plug-in may grow
    /// together; instead of the manifest's `memory.max_pages`.
    pub fn with_max_pages(mut self, pages: u32) -> Self {
        self.options.limits.max_pages = Some(pages);
        self
    }

    /// The memories that a module may have, 16 by default. Each takes 4 GiB of the process's addresses, of which there are
    /// 128 TiB on most machines.
    pub fn with_max_memories(mut self, memories: u32) -> Self {
        self.options.limits.max_memories = Some(memories);
        self
    }

    /// The tables that a module may have, 64 by default.
    pub fn with_max_tables(mut self, tables: u32) -> Self {
        self.options.limits.max_tables = Some(tables);
        self
    }

    /// The most bytes that a module may have, be it a file, downloaded or in the manifest; 1 GiB by default. Compiling
    /// takes time and memory in proportion.
    pub fn with_max_module_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_module_bytes = Some(bytes);
        self
    }

    /// The most bytes that the plug-in's variables may take, as the manifest's `memory.max_var_bytes`, which this replaces.
    pub fn with_max_var_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_var_bytes = Some(bytes);
        self
    }

    /// The most bytes of the body of one HTTP response, instead of the manifest's `memory.max_http_response_bytes`.
    pub fn with_max_http_response_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_http_response_bytes = Some(bytes);
        self
    }

    /// The most bytes that a call may return; as many as the plug-in's memory holds by default. More is
    /// [`Error::OutputTooLarge`](crate::Error::OutputTooLarge).
    pub fn with_max_output_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_output_bytes = Some(bytes);
        self
    }

    /// The most bytes that each argument of a host function may have that is decoded from the plug-in's memory; as many as
    /// that holds by default. More is [`MemoryError::TooLarge`](crate::MemoryError::TooLarge), which ends the call.
    pub fn with_max_argument_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_argument_bytes = Some(bytes);
        self
    }

    /// The most bytes of the host's memory that an output or an argument of a host function may take once it is decoded
    /// from JSON or MessagePack; without a limit by default. They are counted as a `serde_json::Value` takes them, before
    /// anything is decoded: 96 for each value, 640 for each map, 128 for each entry of a map, and the texts. More is an
    /// error of the codec. Types of your own that implement [`Decode`](crate::Decode) by other means than
    /// [`Json`](crate::Json) and `Msgpack` are bounded by the length of their input alone.
    pub fn with_max_decoded_bytes(mut self, bytes: u64) -> Self {
        self.options.limits.max_decoded_bytes = Some(bytes);
        self
    }

    /// Which WebAssembly proposals the plug-in's modules may use; all that the engine knows by default. A module that uses
    /// others is refused with an error that names them.
    pub fn with_features(mut self, features: Features) -> Self {
        self.options.limits.features = Some(features);
        self
    }
}
