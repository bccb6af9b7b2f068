//! wasmtime's cache of compiled code, with a check that wasmtime does not make: wasmtime runs whatever its
//! files contain.
//!
//! For each file there is a record with the file's SHA-256, which is compared before wasmtime reads the file. A file
//! that has changed or has no record is removed, so that wasmtime compiles the module and writes the file again.
//!
//! The name of the file that wasmtime will read is a hash of the module and the engine's configuration. It is computed
//! here as wasmtime 48 computes it; a test checks that both agree.

use std::{
    fs,
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::{
    Key,
    disk::{COMPILED, FusedCache},
    lock,
};
use crate::{
    load::{hex, sha256},
    places,
};

/// An engine's cache of compiled code.
pub(crate) struct CheckedCache {
    /// wasmtime's directory of compiled modules, with one subdirectory per version of wasmtime.
    modules: PathBuf,
    records: FusedCache,
    /// The hash that identifies each engine's configuration.
    engines: Mutex<Vec<(wasmtime::Engine, [u8; 32])>>,
}

/// A file of compiled code.
#[derive(Debug, PartialEq, Eq)]
struct Record {
    /// Its path relative to [`CheckedCache::modules`].
    file: String,
    sha256: [u8; 32],
}

impl CheckedCache {
    /// Uses the code in `cache`, a directory of wasmtime's; the records are kept with the fused modules.
    pub(crate) fn new(cache: &Path, records: FusedCache) -> Self {
        Self { modules: cache.join("modules"), records, engines: Mutex::default() }
    }

    /// Returns whether the cache contains a module's code, undamaged, so that wasmtime loads it instead of compiling.
    pub(super) fn contains(&self, engine: &wasmtime::Engine, key: &Key) -> bool {
        let record = self.records.record_path(key, &self.fingerprint(engine));
        let contains = self.is_intact(&record);
        if !contains && !record.exists() {
            self.report_ignored(key);
        }
        contains
    }

    /// Reports code of this module that is of no use here, as it may have been made ahead of time, for this process.
    fn report_ignored(&self, key: &Key) {
        // Finding it takes longer the more files there are.
        if !tracing::enabled!(tracing::Level::INFO) {
            return;
        }
        let engines: Vec<_> = lock(&self.engines).iter().map(|(_, fingerprint)| engine_name(fingerprint)).collect();
        if self.records.has_ignored(key, &engines) {
            tracing::info!(
                "the cache `{}` has code of the module with the SHA-256 {}, but for another version, machine or \
                 configuration: it is ignored, and the module is compiled",
                self.modules.parent().unwrap_or(&self.modules).display(),
                hex(&key.sha256)
            );
        }
    }

    /// Compiles a module that the cache does not [contain](Self::contains), and writes its code to the cache.
    pub(super) fn compile(
        &self,
        engine: &wasmtime::Engine,
        key: &Key,
        wasm: &[u8],
    ) -> wasmtime::Result<wasmtime::Module> {
        let path = self.records.record_path(key, &self.fingerprint(engine));
        let name = file_name(engine, wasm);
        self.remove(&name);
        let module = wasmtime::Module::from_binary(engine, wasm);
        // Even for a module that this engine rejects: another memory allocation strategy is tried next.
        if let Err(error) = self.record(&path, &name) {
            tracing::debug!("cannot write the checksum of compiled code `{}`: {error}", path.display());
        }
        module
    }

    /// Returns whether the file that belongs to a record is unchanged.
    fn is_intact(&self, record: &Path) -> bool {
        let Some(known) = fs::read(record).ok().and_then(|bytes| Record::read(&bytes)) else { return false };
        let file = self.modules.join(&known.file);
        let intact = match fs::read(&file) {
            Ok(bytes) => sha256(&bytes) == known.sha256,
            Err(_) => return false,
        };
        if !intact {
            tracing::warn!("`{}` is damaged; compiling its module again to replace the file", file.display());
        }
        intact
    }

    /// Removes a file by name, and the temporary file left behind by a process that was killed while writing it, which
    /// would keep wasmtime from ever writing the file again. A process that is writing it right now does without the
    /// cache.
    fn remove(&self, name: &str) {
        for directory in self.versions() {
            for file in [directory.join(name), directory.join(name).with_extension("wip-atomic-write-mod")] {
                match fs::remove_file(&file) {
                    Ok(()) => tracing::debug!("removed `{}`", file.display()),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => tracing::warn!("cannot remove `{}`: {error}", file.display()),
                }
            }
        }
    }

    /// Writes a record for the file that wasmtime has written.
    fn record(&self, path: &Path, name: &str) -> io::Result<()> {
        for directory in self.versions() {
            let file = directory.join(name);
            let Ok(bytes) = fs::read(&file) else { continue };
            // The directory may have just been created.
            places::execute_from(&directory)?;
            let place = file.strip_prefix(&self.modules).map_err(io::Error::other)?;
            let record = Record { file: place.to_string_lossy().into_owned(), sha256: sha256(&bytes) };
            return self.records.write_whole(path, &record.write());
        }
        Err(io::Error::other(format!("there is no file `{name}`")))
    }

    fn versions(&self) -> impl Iterator<Item = PathBuf> {
        let entries = fs::read_dir(&self.modules).into_iter().flatten();
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path()))
    }

    fn fingerprint(&self, engine: &wasmtime::Engine) -> [u8; 32] {
        let mut engines = lock(&self.engines);
        if let Some((_, known)) = engines.iter().find(|(known, _)| wasmtime::Engine::same(known, engine)) {
            return *known;
        }
        let mut hasher = ByteHasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let fingerprint = hasher.0.finalize().into();
        engines.push((engine.clone(), fingerprint));
        fingerprint
    }
}

impl Record {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (content, checksum) = bytes.split_last_chunk()?;
        if sha256(content) != *checksum {
            return None;
        }
        let (file, sha256) = content.split_last_chunk()?;
        Some(Self { file: std::str::from_utf8(file).ok()?.to_owned(), sha256: *sha256 })
    }

    fn write(&self) -> Vec<u8> {
        let content = [self.file.as_bytes(), &self.sha256].concat();
        [&content[..], &sha256(&content)].concat()
    }
}

impl FusedCache {
    /// Returns the path of the record for the code compiled from a fused module.
    fn record_path(&self, key: &Key, engine: &[u8; 32]) -> PathBuf {
        let mut path = self.path(key).into_os_string();
        path.push(format!("{COMPILED}{}", engine_name(engine)));
        path.into()
    }
}

/// Returns the name of an engine's configuration.
fn engine_name(fingerprint: &[u8; 32]) -> String {
    hex(fingerprint.first_chunk::<8>().unwrap_or(&[0; 8]))
}

/// Returns the name of the file in which wasmtime keeps a compiled module.
fn file_name(engine: &wasmtime::Engine, wasm: &[u8]) -> String {
    let mut hasher = ByteHasher(Sha256::new());
    // No debug information from another file and no host intrinsics.
    let (debug, intrinsics) = (None::<&[u8]>, None::<&str>);
    (engine.precompile_compatibility_hash(), wasm, debug, intrinsics).hash(&mut hasher);
    URL_SAFE_NO_PAD.encode(hasher.0.finalize())
}

/// Computes the SHA-256 of whatever is hashed.
struct ByteHasher(Sha256);

impl Hasher for ByteHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Never called.
    fn finish(&self) -> u64 {
        0
    }
}

impl std::fmt::Debug for CheckedCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedCache").field("modules", &self.modules).finish_non_exhaustive()
    }
}
