//! The caches on disk: compiled code, kept by wasmtime, and beside it the fused modules that it was compiled from.

#[cfg(feature = "cache")]
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use wasmtime::Config;
#[cfg(feature = "cache")]
use wasmtime::{Cache, CacheConfig};

use super::options::CacheChoice;
use crate::{Error, artifact::Kept};
#[cfg(feature = "cache")]
use crate::{
    artifact::{CheckedCache, FASTEST_COMPRESSION, FusedCache},
    places,
};

/// A directory for compiled code that the user chose; it can hold the fused modules too.
#[cfg(feature = "cache")]
const CODE: &str = "code";

/// How many bytes of compiled code, and how many of fused modules, a directory that the user chose may hold before the
/// least recently used are removed. That is several times wasmtime's default: a cache that is made ahead of time has to
/// keep all of what is compiled into it.
#[cfg(feature = "cache")]
const CHOSEN_BYTES: u64 = 4 << 30;

/// An engine's caches on disk, if there are any.
#[derive(Default)]
pub(super) struct DiskCache {
    #[cfg(feature = "cache")]
    compiled: Option<Cache>,
    kept: Kept,
}

impl DiskCache {
    /// The same caches, for the code that fuses and compiles.
    pub(super) fn kept(&self) -> &Kept {
        &self.kept
    }
}

#[cfg(feature = "cache")]
impl DiskCache {
    pub(super) fn open(choice: &CacheChoice) -> Result<Self, Error> {
        match choice {
            CacheChoice::Off => Ok(Self::default()),
            // The user did not request this cache, so it is not an error if it cannot be used.
            CacheChoice::Default => Ok(default_cache().unwrap_or_else(|error| {
                tracing::warn!("cannot use the cache of compiled code, so modules are compiled each time: {error}");
                Self::default()
            })),
            CacheChoice::Directory(directory) => {
                Self::in_directory(directory).map_err(|error| cannot_use(directory, error))
            }
            CacheChoice::Config(file) => Self::of_config(file).map_err(|error| cannot_use(file, error)),
        }
    }

    pub(super) fn use_in(&self, config: &mut Config) {
        config.cache(self.compiled.clone());
    }

    fn in_directory(directory: &Path) -> Result<Self, String> {
        // wasmtime accepts no other paths.
        let directory = &std::path::absolute(directory).map_err(|error| text(&error))?;
        places::make_private_directory(&directory.join(CODE)).map_err(|error| text(&error))?;
        places::check_private_directory(directory).map_err(|error| text(&error))?;
        let mut config = CacheConfig::new();
        config.with_directory(directory.join(CODE)).with_files_total_size_soft_limit(CHOSEN_BYTES);
        Self::new(config)
    }

    fn of_config(file: &Path) -> Result<Self, String> {
        Self::new(CacheConfig::from_file(Some(file)).map_err(|error| text(&error))?)
    }

    fn new(mut config: CacheConfig) -> Result<Self, String> {
        // If a file were compressed again, its recorded checksum would no longer match.
        config.with_optimized_compression_usage_counter_threshold(u64::MAX);
        config.with_baseline_compression_level(FASTEST_COMPRESSION);
        let cache = Cache::new(config).map_err(|error| text(&error))?;
        let fused = FusedCache::beside(cache.directory(), cache.files_total_size_soft_limit());
        let directories = directories(&cache, fused.as_ref());
        for directory in directories.iter().filter(|directory| directory.is_dir()) {
            places::check_private_directory(directory).map_err(|error| text(&error))?;
            places::execute_from(directory).map_err(|error| format!("`{}`: {error}", directory.display()))?;
        }
        let compiled = fused.clone().map(|records| Arc::new(CheckedCache::new(cache.directory(), records)));
        // Without records, nothing could be checked.
        Ok(Self { compiled: compiled.is_some().then_some(cache), kept: Kept { fused, compiled } })
    }
}

/// The directories that hold code to execute, or the modules that it was compiled from.
#[cfg(feature = "cache")]
fn directories(cache: &Cache, fused: Option<&FusedCache>) -> Vec<PathBuf> {
    let modules = cache.directory().join("modules");
    // In a read-only cache, for instance, these cannot be created; then there are none.
    let _ = places::make_private_directory(&modules);
    let versions = std::fs::read_dir(&modules).into_iter().flatten();
    let versions: Vec<_> = versions.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    let mut directories = vec![cache.directory().clone(), modules];
    directories.extend(versions);
    if let Some(fused) = fused {
        let _ = places::make_private_directory(fused.directory());
        directories.push(fused.directory().to_owned());
    }
    directories
}

/// Opens the cache in the user's own directory.
#[cfg(feature = "cache")]
fn default_cache() -> Result<DiskCache, String> {
    match Cache::new(CacheConfig::new()) {
        Ok(cache) => close_new(cache.directory()),
        Err(error) => {
            tracing::debug!("cannot use the cache of compiled code: {error:#}");
            return Ok(DiskCache::default());
        }
    }
    DiskCache::new(CacheConfig::new())
}

/// Makes a newly created directory inaccessible to other users, who may be able to write to it because of the umask.
#[cfg(all(unix, feature = "cache"))]
fn close_new(directory: &Path) {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    let is_empty = |directory: &Path| fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none());
    if is_empty(directory) && fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).is_err() {
        tracing::debug!("cannot change the mode of `{}`", directory.display());
    }
}

#[cfg(all(not(unix), feature = "cache"))]
fn close_new(_: &Path) {}

#[cfg(not(feature = "cache"))]
impl DiskCache {
    pub(super) fn open(choice: &CacheChoice) -> Result<Self, Error> {
        match choice {
            CacheChoice::Off | CacheChoice::Default => Ok(Self::default()),
            CacheChoice::Directory(path) | CacheChoice::Config(path) => {
                let context = format!("cannot use `{}` for the cache of compiled code", path.display());
                Err(Error::engine(context, "enable the feature `cache` of extism-runtime"))
            }
        }
    }

    #[expect(clippy::unused_self, reason = "the feature `cache` uses it")]
    pub(super) fn use_in(&self, _: &mut Config) {}
}

/// An error's full text.
#[cfg(feature = "cache")]
fn text(error: &dyn fmt::Display) -> String {
    format!("{error:#}")
}

#[cfg(feature = "cache")]
fn cannot_use(path: &Path, error: String) -> Error {
    Error::engine(format!("cannot use `{}` for the cache of compiled code", path.display()), error)
}
