//! Where a fused module, and the module that it was made of, can be had.

use std::sync::Arc;

use super::{Kept, Key};
use crate::{
    error::BoxError,
    fuse::{self, FuseError, Fused, KernelMemory, MEMORY_MODULE, fuse_with},
    load::Again,
};

/// Where a fused module, and the module that it was made of, can be had.
pub(super) struct Origin {
    pub(super) key: Key,
    pub(super) kept: Kept,
    /// The fused module; `None` if it was not needed so far, since its code is in the cache.
    fused: Option<Arc<Fused>>,
    guest: Again,
}

impl Origin {
    pub(super) fn new(key: Key, kept: Kept, fused: Option<Fused>, guest: Again) -> Self {
        Self { key, kept, fused: fused.map(Arc::new), guest }
    }

    /// Returns the fused module.
    ///
    /// # Errors
    ///
    /// Returns an error if it is neither in memory nor in the cache, and what it was made of cannot be read again.
    pub(super) fn fused(&self) -> Result<Arc<Fused>, BoxError> {
        if let Some(fused) = &self.fused {
            return Ok(Arc::clone(fused));
        }
        let kept = self.kept.fused.as_ref().and_then(|cache| cache.get(&self.key));
        let fused = match kept {
            Some(fused) => fused,
            None => fused(&self.key, &self.guest()?, &self.kept)?,
        };
        Ok(Arc::new(fused))
    }

    /// Returns the module as it was loaded, in the binary format.
    ///
    /// # Errors
    ///
    /// Returns an error, as its text, if it cannot be read again.
    pub(super) fn guest(&self) -> Result<Arc<Vec<u8>>, String> {
        self.guest.wasm(&self.key.sha256)
    }
}

/// Returns the fused module: the one that was `kept` earlier, or a new one.
pub(super) fn fused(key: &Key, wasm: &[u8], kept: &Kept) -> Result<Fused, FuseError> {
    if let Some(fused) = kept.fused.as_ref().and_then(|cache| cache.get(key)) {
        return Ok(fused);
    }
    let options =
        fuse::Options { memory: kernel_memory(key), given: key.given, lift: key.lift, headroom: key.headroom };
    let fused = fuse_with(wasm, options)?;
    kept.fused.iter().for_each(|cache| cache.put(key, &fused));
    Ok(fused)
}

fn kernel_memory(key: &Key) -> KernelMemory<'static> {
    if key.defines_memory {
        KernelMemory::Define
    } else {
        KernelMemory::Import { module: MEMORY_MODULE, name: super::MEMORY_NAME }
    }
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.guest.fmt(f)
    }
}
