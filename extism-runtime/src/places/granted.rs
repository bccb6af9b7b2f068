//! The directories that plug-ins of this process may write to, and those that the host executes code from.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Component, Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use rustix::fs::{Mode, OFlags, openat};

/// Maximum number of links in a path, as on Linux.
const MAX_LINKS: usize = 40;
/// The smallest number of directories worth searching for removed ones.
const FEW: usize = 64;

/// Identifies a directory, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Identity {
    device: u64,
    inode: u64,
    /// When it was created, if the system records that: a directory created after another one was removed may get the
    /// same inode.
    created: Option<SystemTime>,
}

impl Identity {
    fn of(metadata: &fs::Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino(), created: metadata.created().ok() }
    }
}

#[derive(Default)]
struct Granted {
    /// The directories that plug-ins may write to, or could earlier, each with the path under which it was granted:
    /// what a plug-in has created there outlives it.
    writable: HashMap<Identity, PathBuf>,
    /// The number of these at which removed ones are forgotten.
    limit: usize,
    /// The directories that the host executes code from.
    executed: HashMap<Identity, PathBuf>,
}

static GRANTED: Mutex<Option<Granted>> = Mutex::new(None);

fn with<T>(look: impl FnOnce(&mut Granted) -> T) -> T {
    let mut granted: MutexGuard<'_, _> = GRANTED.lock().unwrap_or_else(PoisonError::into_inner);
    look(granted.get_or_insert_default())
}

/// Lets plug-ins write to a directory, and remembers that.
///
/// # Errors
///
/// Returns an error if the host executes code from the directory.
pub(crate) fn grant(directory: &File, path: &Path) -> io::Result<()> {
    let identity = Identity::of(&directory.metadata()?);
    let executed: Vec<_> = with(|granted| granted.executed.values().cloned().collect());
    for executed in executed {
        // The directory may have been removed.
        if let Ok(open) = File::open(&executed)
            && ancestor(&open, |above| (above == identity).then_some(()))?.is_some()
        {
            return Err(io::Error::other(format!(
                "it contains the cache of compiled code `{}`, and plug-ins must not write code that is executed; \
                 allow only a subdirectory of it, or keep the cache elsewhere \
                 (`Engine::builder().with_cache_directory(..)`)",
                executed.display()
            )));
        }
    }
    with(|granted| {
        if granted.writable.len() >= granted.limit {
            let there = |identity: &Identity, path: &PathBuf| {
                fs::metadata(path).is_ok_and(|metadata| Identity::of(&metadata) == *identity)
            };
            granted.writable.retain(|identity, path| there(identity, path));
            granted.limit = (2 * granted.writable.len()).max(FEW);
        }
        granted.writable.insert(identity, path.to_owned());
    });
    Ok(())
}

/// Checks what a path has led to, which is open: if the path passes through a directory that plug-ins may write to, the
/// file must lie inside that directory.
///
/// # Errors
///
/// Returns an error if it does not, or if the system cannot tell.
pub(crate) fn check(path: &Path, opened: &File) -> io::Result<()> {
    let Some((within, name)) = first_writable(path)? else { return Ok(()) };
    if ancestor(opened, |above| (above == within).then_some(()))?.is_some() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "a link in `{}`, to which plug-ins may write, leads out of that directory, and a plug-in may have created \
         it; use the link's target as the path",
        name.display()
    )))
}

/// Returns the path of a directory that plug-ins may write to and that contains `directory`; `None` if there is none.
pub(crate) fn granted_above(directory: &Path) -> io::Result<Option<PathBuf>> {
    let opened = File::open(directory)?;
    ancestor(&opened, |above| with(|granted| granted.writable.get(&above).cloned()))
}

/// Marks a directory as one that the host executes code from.
///
/// # Errors
///
/// Returns an error if plug-ins may write to it.
pub(crate) fn execute_from(directory: &Path) -> io::Result<()> {
    if let Some(writable) = granted_above(directory)? {
        return Err(io::Error::other(format!(
            "plug-ins may write to `{}`, which contains it, and its content is executed; choose another directory",
            writable.display()
        )));
    }
    let identity = Identity::of(&fs::metadata(directory)?);
    with(|granted| granted.executed.insert(identity, directory.to_owned()));
    Ok(())
}

/// Returns what `look` finds for an open directory and its ancestors. These are opened one from the other, as names may
/// have changed.
fn ancestor<T>(directory: &File, mut look: impl FnMut(Identity) -> Option<T>) -> io::Result<Option<T>> {
    let mut identity = Identity::of(&directory.metadata()?);
    let mut above = directory.try_clone()?;
    loop {
        if let Some(found) = look(identity) {
            return Ok(Some(found));
        }
        above = openat(&above, "..", SEARCH, Mode::empty())?.into();
        let parent = Identity::of(&above.metadata()?);
        if parent == identity {
            return Ok(None);
        }
        identity = parent;
    }
}

/// Opens a directory to continue from there, without needing permission to list it where the system makes that
/// distinction.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SEARCH: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SEARCH: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Returns the first directory along a path that plug-ins may write to, with its path; `None` if the path does not pass
/// through one. From there on, plug-ins decide where the path leads.
fn first_writable(path: &Path) -> io::Result<Option<(Identity, PathBuf)>> {
    let mut rest = reversed(&std::path::absolute(path)?);
    let (mut at, mut links) = (PathBuf::from("/"), 0);
    while let Some(next) = rest.pop() {
        if next == "/" {
            at = PathBuf::from("/");
            continue;
        }
        if next == ".." {
            at.pop();
            continue;
        }
        let identity = Identity::of(&fs::metadata(&at)?);
        if with(|granted| granted.writable.contains_key(&identity)) {
            return Ok(Some((identity, at)));
        }
        let place = at.join(next);
        if fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_symlink()) {
            links += 1;
            if links > MAX_LINKS {
                return Err(io::Error::other("it contains too many links"));
            }
            rest.extend(reversed(&fs::read_link(&place)?));
        } else {
            at = place;
        }
    }
    Ok(None)
}

/// Returns the components of a path, last one first.
fn reversed(path: &Path) -> Vec<OsString> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts.rev().map(|part| part.as_os_str().to_owned()).collect()
}
