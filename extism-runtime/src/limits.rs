use std::time::Duration;

use crate::{Manifest, features::Features};

/// Limits on what a plug-in may use, from the builder, the manifest or the defaults. `None` if a limit is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The time that a call may take.
    pub(crate) timeout: Option<Duration>,
    /// The time that compiling the modules may take.
    pub(crate) compile_timeout: Option<Duration>,
    /// Pages of 64 KiB.
    pub(crate) max_pages: Option<u32>,
    pub(crate) max_memories: Option<u32>,
    pub(crate) max_tables: Option<u32>,
    pub(crate) max_module_bytes: Option<u64>,
    pub(crate) max_var_bytes: Option<u64>,
    pub(crate) max_http_response_bytes: Option<u64>,
    /// Whether HTTP requests may go to addresses that are not of the public internet.
    pub(crate) private_addresses: Option<bool>,
    /// Of a call's output.
    pub(crate) max_output_bytes: Option<u64>,
    /// Of each argument of a host function.
    pub(crate) max_argument_bytes: Option<u64>,
    /// Files and directories that an instance has open.
    pub(crate) max_open_files: Option<u32>,
    /// Connections of all instances together.
    pub(crate) max_connections: Option<u32>,
    /// Of a call's log output.
    pub(crate) max_log_bytes: Option<u64>,
    /// Of host memory, for values decoded from JSON and MessagePack.
    pub(crate) max_decoded_bytes: Option<u64>,
    pub(crate) features: Option<Features>,
}

/// Default limit on a module's memories. Each reserves 4 GiB of the process's address space.
const DEFAULT_MAX_MEMORIES: u32 = 16;
/// Default limit on a module's tables.
const DEFAULT_MAX_TABLES: u32 = 64;
/// Default limit on the files that an instance may have open. The process has its own limit (often 1024).
#[cfg(feature = "wasi")]
const DEFAULT_MAX_OPEN_FILES: u32 = 256;
/// Default limit on a plug-in's connections.
#[cfg(feature = "http")]
const DEFAULT_MAX_CONNECTIONS: u32 = 256;
/// Default limit on the bytes that a call may log.
const DEFAULT_MAX_LOG_BYTES: u64 = 32 << 20;
/// Default limit on a module's bytes.
const DEFAULT_MAX_MODULE_BYTES: u64 = 1 << 30;

impl Limits {
    /// The limits of [`PluginBuilder::untrusted`](crate::PluginBuilder::untrusted).
    pub(crate) const UNTRUSTED: Self = Self {
        timeout: Some(Duration::from_secs(5)),
        compile_timeout: Some(Duration::from_secs(20)),
        max_pages: Some(256),
        max_memories: Some(4),
        max_tables: Some(16),
        max_module_bytes: Some(16 << 20),
        max_var_bytes: Some(64 << 10),
        max_http_response_bytes: Some(1 << 20),
        private_addresses: Some(false),
        max_output_bytes: Some(4 << 20),
        max_argument_bytes: Some(1 << 20),
        max_open_files: Some(32),
        max_connections: Some(8),
        max_log_bytes: Some(1 << 20),
        max_decoded_bytes: Some(64 << 20),
        features: Some(Features::conservative()),
    };

    /// Returns the limits that a manifest sets.
    pub(crate) fn of_manifest(manifest: &Manifest) -> Self {
        Self {
            timeout: manifest.timeout_ms.map(Duration::from_millis),
            max_pages: manifest.memory.max_pages,
            max_var_bytes: manifest.memory.max_var_bytes,
            max_http_response_bytes: manifest.memory.max_http_response_bytes,
            ..Self::default()
        }
    }

    /// Returns these limits, set on a builder, completed with those of a manifest, which may only tighten the
    /// defaults of an untrusted plug-in.
    pub(crate) fn resolve(self, untrusted: bool, manifest: Self) -> Self {
        self.or(if untrusted { manifest.and(Self::UNTRUSTED) } else { manifest })
    }

    /// Returns these limits, completed with the others.
    fn or(self, other: Self) -> Self {
        self.join(other, &First)
    }

    /// Returns the stricter limit of each pair.
    fn and(self, other: Self) -> Self {
        let features = match (self.features, other.features) {
            (Some(these), Some(others)) => Some(these.and(others)),
            (these, others) => these.or(others),
        };
        Self { features, ..self.join(other, &Least) }
    }

    fn join(self, other: Self, by: &impl Join) -> Self {
        Self {
            timeout: by.join(self.timeout, other.timeout),
            compile_timeout: by.join(self.compile_timeout, other.compile_timeout),
            max_pages: by.join(self.max_pages, other.max_pages),
            max_memories: by.join(self.max_memories, other.max_memories),
            max_tables: by.join(self.max_tables, other.max_tables),
            max_module_bytes: by.join(self.max_module_bytes, other.max_module_bytes),
            max_var_bytes: by.join(self.max_var_bytes, other.max_var_bytes),
            max_http_response_bytes: by.join(self.max_http_response_bytes, other.max_http_response_bytes),
            private_addresses: by.join(self.private_addresses, other.private_addresses),
            max_output_bytes: by.join(self.max_output_bytes, other.max_output_bytes),
            max_argument_bytes: by.join(self.max_argument_bytes, other.max_argument_bytes),
            max_open_files: by.join(self.max_open_files, other.max_open_files),
            max_connections: by.join(self.max_connections, other.max_connections),
            max_log_bytes: by.join(self.max_log_bytes, other.max_log_bytes),
            max_decoded_bytes: by.join(self.max_decoded_bytes, other.max_decoded_bytes),
            features: self.features.or(other.features),
        }
    }

    pub(crate) fn memories(&self) -> u32 {
        self.max_memories.unwrap_or(DEFAULT_MAX_MEMORIES)
    }

    pub(crate) fn tables(&self) -> u32 {
        self.max_tables.unwrap_or(DEFAULT_MAX_TABLES)
    }

    pub(crate) fn module_bytes(&self) -> u64 {
        self.max_module_bytes.unwrap_or(DEFAULT_MAX_MODULE_BYTES)
    }

    pub(crate) fn output_bytes(&self) -> u64 {
        self.max_output_bytes.unwrap_or(u64::MAX)
    }

    #[cfg(feature = "wasi")]
    pub(crate) fn open_files(&self) -> usize {
        self.max_open_files.unwrap_or(DEFAULT_MAX_OPEN_FILES) as usize
    }

    #[cfg(feature = "http")]
    pub(crate) fn connections(&self) -> usize {
        self.max_connections.unwrap_or(DEFAULT_MAX_CONNECTIONS) as usize
    }

    #[cfg(feature = "http")]
    pub(crate) fn private_addresses(&self) -> bool {
        self.private_addresses.unwrap_or(true)
    }

    pub(crate) fn log_bytes(&self) -> u64 {
        self.max_log_bytes.unwrap_or(DEFAULT_MAX_LOG_BYTES)
    }

    pub(crate) fn argument_bytes(&self) -> u64 {
        self.max_argument_bytes.unwrap_or(u64::MAX)
    }
}

/// Describes how two values of a limit are combined.
trait Join {
    fn join<T: Ord>(&self, these: Option<T>, others: Option<T>) -> Option<T>;
}

struct First;
struct Least;

impl Join for First {
    fn join<T: Ord>(&self, these: Option<T>, others: Option<T>) -> Option<T> {
        these.or(others)
    }
}

impl Join for Least {
    fn join<T: Ord>(&self, these: Option<T>, others: Option<T>) -> Option<T> {
        match (these, others) {
            (Some(these), Some(others)) => Some(these.min(others)),
            (these, others) => these.or(others),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists all limits explicitly, so that the compiler demands new ones here, and thereby in the table.
    fn rows(limits: &Limits) -> Vec<(&'static str, String, &'static str)> {
        let Limits {
            timeout,
            compile_timeout,
            max_pages,
            max_memories,
            max_tables,
            max_module_bytes,
            max_var_bytes,
            max_http_response_bytes,
            private_addresses,
            max_output_bytes,
            max_argument_bytes,
            max_open_files,
            max_connections,
            max_log_bytes,
            max_decoded_bytes,
            features,
        } = limits;
        let time = |time: &Option<Duration>| format!("{} s", time.expect("finite").as_secs());
        let number = |number: &Option<u32>| number.expect("finite").to_string();
        let bytes = |bytes: &Option<u64>| match bytes.expect("finite") {
            bytes if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
            bytes => format!("{} KiB", bytes >> 10),
        };
        assert_eq!(features, &Some(Features::conservative()));
        vec![
            ("time of a call, with start functions and initializers", time(timeout), "with_timeout"),
            ("time of compiling", time(compile_timeout), "with_compile_timeout"),
            ("pages of 64 KiB, at the start and in growth", number(max_pages), "with_max_pages"),
            ("memories of a module", number(max_memories), "with_max_memories"),
            ("tables of a module", number(max_tables), "with_max_tables"),
            ("bytes of a module", bytes(max_module_bytes), "with_max_module_bytes"),
            ("bytes of variables", bytes(max_var_bytes), "with_max_var_bytes"),
            ("bytes of an HTTP response", bytes(max_http_response_bytes), "with_max_http_response_bytes"),
            (
                "addresses of HTTP requests beyond the public internet",
                if private_addresses.expect("it is set") { "allowed" } else { "refused" }.to_owned(),
                "with_private_addresses",
            ),
            ("bytes that a call returns", bytes(max_output_bytes), "with_max_output_bytes"),
            ("bytes of an argument of a host function", bytes(max_argument_bytes), "with_max_argument_bytes"),
            ("open files and directories of an instance", number(max_open_files), "with_max_open_files"),
            ("connections of all instances together", number(max_connections), "with_max_connections"),
            ("bytes that a call logs", bytes(max_log_bytes), "with_max_log_bytes"),
            ("bytes that JSON or MessagePack take once decoded", bytes(max_decoded_bytes), "with_max_decoded_bytes"),
            ("WebAssembly proposals", "`Features::conservative()`".to_owned(), "with_features"),
        ]
    }

    #[test]
    fn every_limit_of_untrusted_plugins_is_finite_and_in_the_table() {
        let rows = rows(&Limits::UNTRUSTED);
        let table: Vec<Vec<_>> = include_str!("docs/limits.md")
            .lines()
            .skip(2)
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();
        assert_eq!(table.len(), rows.len());
        for ((what, value, method), row) in rows.iter().zip(&table) {
            assert_eq!((*what, value.as_str()), (row[0], row[1]));
            assert!(row[3].starts_with(&format!("`{method}`")), "{row:?}");
        }
        let security = include_str!("../../SECURITY.md");
        assert!(security.contains(include_str!("docs/limits.md")), "SECURITY.md has another table than docs/limits.md");
    }

    #[test]
    fn what_stands_in_the_table_for_other_plugins_is_so() {
        let table = include_str!("docs/limits.md");
        let default = Limits::default();
        assert!(table.contains(&format!("| memories of a module | 4 | {} |", default.memories())));
        assert!(table.contains(&format!("| tables of a module | 16 | {} |", default.tables())));
        assert!(table.contains(&format!("| bytes of a module | 16 MiB | {} GiB |", default.module_bytes() >> 30)));
    }
}
