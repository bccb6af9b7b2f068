//! The caches on disk: compiled code, which is wasmtime's to keep, and beside it the fused modules that it's of.

#[cfg(feature = "cache")]
use std::path::Path;

use wasmtime::Config;
#[cfg(feature = "cache")]
use wasmtime::{Cache, CacheConfig};

use super::options::CacheChoice;
use crate::{Error, code::Stored};

/// Where compiled code is in a directory that a user has named. There, fused modules can be beside it.
#[cfg(feature = "cache")]
const CODE: &str = "code";

/// What an engine keeps on disk, if anything.
pub(super) struct DiskCache {
    #[cfg(feature = "cache")]
    compiled: Option<Cache>,
    fused: Option<Stored>,
}

impl DiskCache {
    /// The fused modules.
    pub(super) fn fused(&self) -> Option<&Stored> {
        self.fused.as_ref()
    }
}

#[cfg(feature = "cache")]
impl DiskCache {
    pub(super) fn open(choice: &CacheChoice) -> Result<Self, Error> {
        let compiled = match choice {
            CacheChoice::Off => None,
            CacheChoice::Default => match Cache::new(CacheConfig::new()) {
                Ok(cache) => Some(cache),
                Err(error) => {
                    tracing::debug!("no cache of compiled code: {error}");
                    None
                }
            },
            CacheChoice::Directory(directory) => {
                let mut config = CacheConfig::new();
                config.with_directory(directory.join(CODE));
                let cache = Cache::new(config);
                Some(cache.map_err(|error| cannot_use(directory, error))?)
            }
            CacheChoice::Config(file) => {
                let cache = Cache::from_file(Some(file));
                Some(cache.map_err(|error| cannot_use(file, error))?)
            }
        };
        let fused = compiled.as_ref().and_then(|cache| Stored::beside(cache.directory()));
        Ok(Self { compiled, fused })
    }

    pub(super) fn use_in(&self, config: &mut Config) {
        config.cache(self.compiled.clone());
    }
}

#[cfg(not(feature = "cache"))]
impl DiskCache {
    pub(super) fn open(choice: &CacheChoice) -> Result<Self, Error> {
        match choice {
            CacheChoice::Off | CacheChoice::Default => Ok(Self { fused: None }),
            CacheChoice::Directory(path) | CacheChoice::Config(path) => {
                let context = format!("cannot use `{}` for the cache of compiled code", path.display());
                Err(Error::engine(context, "the feature `cache` is off"))
            }
        }
    }

    #[expect(clippy::unused_self, reason = "with the feature `cache` there is one")]
    pub(super) fn use_in(&self, _: &mut Config) {}
}

#[cfg(feature = "cache")]
fn cannot_use(path: &Path, error: wasmtime::Error) -> Error {
    Error::engine(format!("cannot use `{}` for the cache of compiled code", path.display()), error)
}
