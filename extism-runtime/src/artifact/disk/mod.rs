//! Fused modules on disk, next to the engine's cache of compiled code. When the code is cached, fusing takes longer than the
//! rest of loading a module; and what is known of a fused module can be read without it.

mod room;
#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::room::Room;
use super::Key;
#[cfg(feature = "cache")]
use crate::places;
use crate::{
    fuse::{CodeMap, Cost, Fused},
    load::{hex, sha256},
};

/// Between the name of a fused module and the name of the engine that it was compiled for.
#[cfg(feature = "cache")]
pub(super) const COMPILED: &str = "-compiled-";
/// A file that is read is marked as used if its last mark is at least this old.
const TOUCH_AFTER: Duration = Duration::from_hours(1);

/// Changes whenever the code that fuses modules changes, so that modules fused by older code are not used.
const FUSER: u64 = {
    let mut state = 0xcbf2_9ce4_8422_2325;
    let mut source = 0;
    while source < SOURCES.len() {
        state = fnv1a(state, SOURCES[source].1);
        source += 1;
    }
    state
};

macro_rules! sources {
    ($($path:literal),* $(,)?) => { [$(($path, include_bytes!(concat!("../../", $path)))),*] };
}

/// The source files of that code, with their content.
const SOURCES: &[(&str, &[u8])] = &sources!(
    "fuse/body.rs",
    "fuse/cost.rs",
    "fuse/customs.rs",
    "fuse/dialect.rs",
    "fuse/error.rs",
    "fuse/features.rs",
    "fuse/headroom.rs",
    "fuse/inline.rs",
    "fuse/lift/algebra.rs",
    "fuse/lift/code.rs",
    "fuse/lift/copied.rs",
    "fuse/lift/emit.rs",
    "fuse/lift/explore.rs",
    "fuse/lift/flow.rs",
    "fuse/lift/front.rs",
    "fuse/lift/growth.rs",
    "fuse/lift/locals.rs",
    "fuse/lift/loops.rs",
    "fuse/lift/mod.rs",
    "fuse/lift/numeric.rs",
    "fuse/lift/path.rs",
    "fuse/lift/step.rs",
    "fuse/lift/values.rs",
    "fuse/map.rs",
    "fuse/mod.rs",
    "fuse/module.rs",
    "fuse/names.rs",
    "fuse/pieces.rs",
    "fuse/plan.rs",
    "fuse/program.rs",
    "fuse/renumber.rs",
    "fuse/rewrite.rs",
    "fuse/unreachable.rs",
    "fuse/write.rs",
    "kernel/kernel.wat",
    "kernel/layout.rs",
    "kernel/source.rs",
);

/// A directory of fused modules.
#[derive(Clone, Debug)]
pub(crate) struct FusedCache {
    directory: PathBuf,
    /// The total bytes at which the oldest files are removed, until seven tenths are left.
    max_bytes: u64,
    room: Room,
}

/// The most bytes that are read for the properties of a module: the names in them are short.
const TAIL: u64 = 4 << 10;

/// What is known of a fused module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Properties {
    pub(super) memory_export: Option<String>,
    pub(super) start: Option<String>,
    pub(super) initial_pages: u64,
    pub(super) memories: u32,
    pub(super) tables: u32,
    pub(super) cost: Cost,
}

impl Properties {
    pub(super) fn of(fused: &Fused) -> Self {
        Self {
            memory_export: fused.memory_export.clone(),
            start: fused.start.clone(),
            initial_pages: fused.initial_pages,
            memories: fused.memories,
            tables: fused.tables,
            cost: fused.cost.clone(),
        }
    }
}

/// Metadata that a file holds as JSON (which contains no line feeds) after the module, its map, and a line feed. Two
/// checksums follow, so that truncated or damaged files are not used: the SHA-256 of everything before the metadata, and
/// that of the metadata and the first checksum. So the end of a file is enough for the properties of its module.
#[derive(Debug, Serialize, Deserialize)]
struct Trailer {
    properties: Properties,
    /// The bytes of the map between the module and the metadata.
    map: usize,
}

impl FusedCache {
    /// Returns the fused modules that belong to a cache of compiled code. They have a directory of their own, as
    /// wasmtime removes unknown files from its directory. They may have as many bytes in total.
    #[cfg(feature = "cache")]
    pub(crate) fn beside(cache: &Path, max_bytes: u64) -> Option<Self> {
        let mut name = cache.file_name()?.to_owned();
        name.push("-fused");
        Some(Self { directory: cache.with_file_name(name), max_bytes, room: Room::default() })
    }

    #[cfg(feature = "cache")]
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the fused module for this key, if the cache contains it intact.
    pub(super) fn get(&self, key: &Key) -> Option<Fused> {
        let path = self.path(key);
        let bytes = fs::read(&path).ok()?;
        let Some(fused) = whole(bytes) else {
            tracing::debug!("`{}` is damaged, fusing its module again", path.display());
            return None;
        };
        touch(&path);
        Some(fused)
    }

    /// Returns what is known of the fused module for this key, if the cache contains that. The module itself is not read.
    pub(super) fn properties(&self, key: &Key) -> Option<Properties> {
        let path = self.path(key);
        let mut file = File::open(&path).ok()?;
        let length = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).ok()?;
        let mut tail = Vec::with_capacity(usize::try_from(TAIL.min(length)).unwrap_or(0));
        file.take(TAIL).read_to_end(&mut tail).ok()?;
        let (_, trailer, _) = split(&tail)?;
        touch(&path);
        Some(trailer.properties)
    }

    /// Returns whether there is something for this module that is of no use here: fused by another version of this
    /// crate, or compiled for an engine that is not among `engines`, the names of this process's.
    #[cfg(feature = "cache")]
    pub(super) fn has_ignored(&self, key: &Key, engines: &[String]) -> bool {
        let module = hex(&key.sha256);
        let is_ignored = |name: &str| match name.split_once(COMPILED) {
            _ if !name.starts_with(&module) => false,
            Some((_, engine)) => !engines.iter().any(|known| known == engine),
            None => !name.ends_with(&format!("{FUSER:016x}")),
        };
        let entries = fs::read_dir(&self.directory).into_iter().flatten();
        entries.flatten().any(|entry| is_ignored(&entry.file_name().to_string_lossy()))
    }

    /// Stores a fused module. Without the file, the next load takes longer, so a full disk is not an error.
    pub(super) fn put(&self, key: &Key, fused: &Fused) {
        let path = self.path(key);
        match self.write(&path, fused) {
            Ok(bytes) if self.room.take(bytes) => {
                let bytes = self.make_room(self.max_bytes, self.max_bytes / 10 * 7);
                self.room.found(self.max_bytes.saturating_sub(bytes));
            }
            Ok(_) => {}
            Err(error) => tracing::debug!("cannot write `{}`: {error}", path.display()),
        }
    }

    pub(super) fn path(&self, key: &Key) -> PathBuf {
        let memory = if key.defines_memory { "defines" } else { "imports" };
        let given = match key.given.bits() {
            0 => String::new(),
            bits => format!("-{bits:x}"),
        };
        let headroom = match key.headroom {
            0 => String::new(),
            pages => format!("-room{pages}"),
        };
        let loops = if key.lift { "" } else { "-loops" };
        self.directory.join(format!("{}-{memory}{given}{loops}{headroom}-{FUSER:016x}", hex(&key.sha256)))
    }

    /// Returns how many bytes the file has.
    fn write(&self, path: &Path, fused: &Fused) -> io::Result<u64> {
        let trailer = Trailer { properties: Properties::of(fused), map: fused.map.as_bytes().len() };
        let trailer = serde_json::to_vec(&trailer)?;
        let mut bytes = [&fused.wasm[..], fused.map.as_bytes(), b"\n"].concat();
        let ends = [&trailer[..], &sha256(&bytes)].concat();
        bytes.extend_from_slice(&ends);
        bytes.extend_from_slice(&sha256(&ends));
        self.write_whole(path, &bytes)?;
        Ok(bytes.len() as u64)
    }

    /// Writes a file that becomes visible only once it is complete.
    pub(super) fn write_whole(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        #[cfg(feature = "cache")]
        places::make_private_directory(&self.directory)?;
        let unfinished = self.directory.join(format!("unfinished-{}", Uuid::new_v4()));
        let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    /// If the files have more than `max` bytes in total, removes the least recently used ones until at most `kept`
    /// bytes remain. Returns how many there are afterwards.
    fn make_room(&self, max: u64, kept: u64) -> u64 {
        let Ok(entries) = fs::read_dir(&self.directory) else { return 0 };
        let mut files: Vec<_> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        let mut bytes: u64 = files.iter().map(|(_, length, _)| *length).sum();
        if bytes <= max {
            return bytes;
        }
        files.sort();
        for (_, length, path) in files {
            if bytes <= kept {
                break;
            }
            // Another process may have removed it.
            let _ = fs::remove_file(path);
            bytes -= length;
        }
        bytes
    }
}

/// Splits a file, or its end, into what comes before the metadata, the metadata, and the checksum of what comes before.
/// Returns `None` if the metadata is not intact.
fn split(bytes: &[u8]) -> Option<(&[u8], Trailer, &[u8; 32])> {
    let (rest, tail_checksum) = bytes.split_last_chunk()?;
    let (rest, checksum) = rest.split_last_chunk()?;
    let start = rest.iter().rposition(|byte| *byte == b'\n')? + 1;
    if sha256(&bytes[start..bytes.len() - tail_checksum.len()]) != *tail_checksum {
        return None;
    }
    let trailer = serde_json::from_slice(&rest[start..]).ok()?;
    Some((&bytes[..start], trailer, checksum))
}

/// Returns what a file holds; `None` if the file is not intact.
fn whole(mut bytes: Vec<u8>) -> Option<Fused> {
    let (content, trailer, checksum) = split(&bytes)?;
    if sha256(content) != *checksum {
        return None;
    }
    // Without the line feed.
    let end = content.len() - 1;
    bytes.truncate(end);
    let map = bytes.split_off(end.checked_sub(trailer.map)?);
    let Properties { memory_export, start, initial_pages, memories, tables, cost } = trailer.properties;
    let map = CodeMap::from_bytes(map);
    Some(Fused { wasm: bytes, memory_export, start, initial_pages, memories, tables, cost, map })
}

/// Marks a file as used, if its last mark is old enough.
fn touch(path: &Path) {
    let now = SystemTime::now();
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    let age = modified.ok().and_then(|modified| now.duration_since(modified).ok());
    if age.is_some_and(|age| age > TOUCH_AFTER) {
        // A directory without write access can still be read.
        let _ = File::options().append(true).open(path).and_then(|file| file.set_modified(now));
    }
}

/// Returns the 64-bit FNV-1a hash (<http://www.isthe.com/chongo/tech/comp/fnv/>) of bytes, continuing from `state`.
const fn fnv1a(mut state: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        state = (state ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    state
}
