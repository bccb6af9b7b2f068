//! wasmtime's cache of compiled code, with a check that wasmtime does not make: wasmtime runs whatever its
//! files contain.
//!
//! For each file there is a record with the file's SHA-256, which is compared before wasmtime reads the file. A file
//! that has changed or has no record is removed, and its module is compiled again.
//!
//! wasmtime finds a file by a [stand-in](mod@stand_in) for the module. The name of the file is a hash of the stand-in
//! and the engine's configuration. It is computed here as wasmtime 48 computes it; a test checks that both agree.

mod record;
mod stand_in;
mod strip;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    fs::{self, File},
    hash::{Hash, Hasher},
    hint::black_box,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, Once},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use self::{
    record::Record,
    stand_in::{is_stand_in, stand_in},
    strip::without_symbols,
};
use super::{
    Key,
    disk::{COMPILED, FusedCache},
    lock,
};
use crate::{
    load::{hex, sha256},
    places,
};

/// zstd's fastest level. Less compressed code is read faster, which makes up for half of the time that checking it takes.
pub(crate) const FASTEST_COMPRESSION: i32 = 1;
/// See [`keep_buffers`].
const KEPT_BUFFERS: usize = 4 << 20;

/// The extension of a file that is being written.
const UNFINISHED: &str = "wip-atomic-write-mod";

/// An engine's cache of compiled code.
pub(crate) struct CheckedCache {
    /// wasmtime's directory of compiled modules, with one subdirectory per version of wasmtime.
    modules: PathBuf,
    records: FusedCache,
    /// The hash that identifies each engine's configuration.
    engines: Mutex<Vec<(wasmtime::Engine, [u8; 32])>>,
}

impl CheckedCache {
    /// Uses the code in `cache`, a directory of wasmtime's; the records are kept with the fused modules.
    pub(crate) fn new(cache: &Path, records: FusedCache) -> Self {
        Self { modules: cache.join("modules"), records, engines: Mutex::default() }
    }

    /// Loads a fused module's code; `None` if the cache does not contain it, or not undamaged.
    pub(super) fn load(&self, engine: &wasmtime::Engine, key: &Key) -> wasmtime::Result<Option<wasmtime::Module>> {
        let record = self.records.record_path(key, &self.fingerprint(engine));
        let stand_in = self.stand_in(key);
        if !self.is_intact(&record, &file_name(engine, &stand_in)) {
            if !record.exists() {
                self.report_ignored(key);
            }
            return Ok(None);
        }
        keep_buffers();
        let module = wasmtime::Module::from_binary(engine, &stand_in)?;
        // The file may have been removed or replaced since it was checked.
        Ok(Some(module).filter(|module| !is_stand_in(module)))
    }

    /// Returns whether the code of a fused module was written to the cache, without reading it.
    pub(super) fn was_written(&self, engine: &wasmtime::Engine, key: &Key) -> bool {
        self.records.record_path(key, &self.fingerprint(engine)).exists()
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

    /// Compiles a module that cannot be [loaded](Self::load), and writes its code to the cache.
    pub(super) fn compile(
        &self,
        engine: &wasmtime::Engine,
        key: &Key,
        wasm: &[u8],
    ) -> wasmtime::Result<wasmtime::Module> {
        let file = match self.make_file(engine, key) {
            Ok(file) => file,
            Err(error) => {
                tracing::debug!("cannot keep compiled code in `{}`: {error}", self.modules.display());
                return wasmtime::Module::from_binary(engine, wasm);
            }
        };
        let code = engine.precompile_module(wasm)?;
        // Even for a module that this engine rejects: another memory allocation strategy is tried next.
        match self.write(&file, &code, &self.records.record_path(key, &self.fingerprint(engine))) {
            Ok(()) => {}
            Err(error) => tracing::debug!("cannot write compiled code to `{}`: {error}", file.display()),
        }
        drop(code);
        match self.load(engine, key)? {
            Some(module) => Ok(module),
            None => wasmtime::Module::from_binary(engine, wasm),
        }
    }

    /// Has wasmtime make the file for a module's code, which at first contains that of the stand-in.
    fn make_file(&self, engine: &wasmtime::Engine, key: &Key) -> io::Result<PathBuf> {
        let stand_in = self.stand_in(key);
        let name = file_name(engine, &stand_in);
        self.remove(&name);
        wasmtime::Module::from_binary(engine, &stand_in).map_err(io::Error::other)?;
        let file = self.versions().map(|directory| directory.join(&name)).find(|file| file.exists());
        let file = file.ok_or_else(|| io::Error::other("wasmtime could not write to it"))?;
        // The directory may have just been created.
        file.parent().map_or(Ok(()), places::execute_from)?;
        Ok(file)
    }

    /// Writes a module's code to its file, and then the record.
    fn write(&self, file: &Path, code: &[u8], record: &Path) -> io::Result<()> {
        // As wasmtime's cache compresses it.
        let code = without_symbols(code).map_or(Cow::Borrowed(code), Cow::Owned);
        let bytes = zstd::encode_all(&*code, FASTEST_COMPRESSION)?;
        // As wasmtime names and writes it.
        let unfinished = file.with_extension(UNFINISHED);
        File::options().create_new(true).write(true).open(&unfinished)?.write_all(&bytes)?;
        fs::rename(&unfinished, file)?;
        let place = file.strip_prefix(&self.modules).map_err(io::Error::other)?;
        let known = Record { file: place.to_string_lossy().into_owned(), sha256: sha256(&bytes) };
        self.records.write_whole(record, &known.write())
    }

    /// Returns whether the file that belongs to a record is unchanged, and has this name.
    fn is_intact(&self, record: &Path, name: &str) -> bool {
        let Some(known) = fs::read(record).ok().and_then(|bytes| Record::read(&bytes)) else { return false };
        let file = self.modules.join(&known.file);
        if file.file_name().is_none_or(|known| known != name) {
            return false;
        }
        let intact = match sha256_of(&file) {
            Ok(sha256) => sha256 == known.sha256,
            Err(_) => return false,
        };
        if !intact {
            tracing::warn!("`{}` is damaged; compiling its module again to replace the file", file.display());
        }
        intact
    }

    /// Removes a file by name, and the temporary file left behind by a process that was killed while writing it, which
    /// would keep the file from ever being written again. A process that is writing it right now does without the
    /// cache.
    fn remove(&self, name: &str) {
        for directory in self.versions() {
            for file in [directory.join(name), directory.join(name).with_extension(UNFINISHED)] {
                match fs::remove_file(&file) {
                    Ok(()) => tracing::debug!("removed `{}`", file.display()),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => tracing::warn!("cannot remove `{}`: {error}", file.display()),
                }
            }
        }
    }

    fn versions(&self) -> impl Iterator<Item = PathBuf> {
        let entries = fs::read_dir(&self.modules).into_iter().flatten();
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path()))
    }

    fn stand_in(&self, key: &Key) -> Vec<u8> {
        stand_in(&self.records.path(key).file_name().unwrap_or_default().to_string_lossy())
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

impl FusedCache {
    /// Returns the path of the record for the code compiled from a fused module.
    fn record_path(&self, key: &Key, engine: &[u8; 32]) -> PathBuf {
        let mut path = self.path(key).into_os_string();
        path.push(format!("{COMPILED}{}", engine_name(engine)));
        path.into()
    }
}

/// Returns the SHA-256 of a file, which is not kept in memory.
fn sha256_of(file: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(file)?;
    let (mut hasher, mut buffer) = (Sha256::new(), [0; 16 << 10]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(length) => hasher.update(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Lets the allocator keep the buffers of one load for the next one. glibc returns freed memory to the system above a
/// limit, which adapts to the largest buffer that was ever freed; until then, the system clears the same pages for
/// each plug-in, which takes a third of the time of loading it. The pages of this buffer are never touched.
fn keep_buffers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(black_box(Vec::<u8>::with_capacity(KEPT_BUFFERS))));
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
