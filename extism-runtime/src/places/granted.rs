//! The directories that plug-ins of this process may write to, and those whose content the host executes.

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

/// Links that a name may lead through, as on Linux.
const MAX_LINKS: usize = 40;
/// The least number of directories at which it is worth looking for those that are gone.
const FEW: usize = 64;

/// What tells a directory from all others, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Identity {
    device: u64,
    inode: u64,
    /// When it was made, where the system tells: a directory that is made after another one was removed may get the
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
    /// What plug-ins may write to, or once might, with the name by which it was granted: what a plug-in has made there
    /// outlives it.
    writable: HashMap<Identity, PathBuf>,
    /// How many of these there may be until those that were removed are forgotten.
    limit: usize,
    /// What the host executes the content of.
    executed: HashMap<Identity, PathBuf>,
}

static GRANTED: Mutex<Option<Granted>> = Mutex::new(None);

fn with<T>(look: impl FnOnce(&mut Granted) -> T) -> T {
    let mut granted: MutexGuard<'_, _> = GRANTED.lock().unwrap_or_else(PoisonError::into_inner);
    look(granted.get_or_insert_default())
}

/// Lets plug-ins write to a directory, and keeps that in mind.
///
/// # Errors
///
/// When the host executes what is in the directory.
pub(crate) fn grant(directory: &File, path: &Path) -> io::Result<()> {
    let identity = Identity::of(&directory.metadata()?);
    let executed: Vec<_> = with(|granted| granted.executed.values().cloned().collect());
    for executed in executed {
        // It may have been removed.
        if let Ok(open) = File::open(&executed)
            && ancestor(&open, |above| (above == identity).then_some(()))?.is_some()
        {
            return Err(io::Error::other(format!(
                "the cache of compiled code in `{}`, which is executed, lies in it; give a directory within it, or keep \
                 the cache elsewhere (`Engine::builder().cache_directory(..)`)",
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

/// Checks what a name has led to, which is open: where the name passes through a directory that plug-ins may write to, it
/// must lie within that.
///
/// # Errors
///
/// When it does not, or when the system does not tell.
pub(crate) fn check(path: &Path, opened: &File) -> io::Result<()> {
    let Some((within, name)) = first_writable(path)? else { return Ok(()) };
    if ancestor(opened, |above| (above == within).then_some(()))?.is_some() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "it leads out of `{}`, to which a plug-in may write, by a link in there, which the plug-in may have made; name the \
         place itself",
        name.display()
    )))
}

/// The directory that plug-ins may write to and in which another one lies, by its name; none if there is none.
pub(crate) fn granted_above(directory: &Path) -> io::Result<Option<PathBuf>> {
    let opened = File::open(directory)?;
    ancestor(&opened, |above| with(|granted| granted.writable.get(&above).cloned()))
}

/// From now on the host executes what is in this directory.
///
/// # Errors
///
/// When plug-ins may write to it.
pub(crate) fn execute_from(directory: &Path) -> io::Result<()> {
    if let Some(writable) = granted_above(directory)? {
        return Err(io::Error::other(format!(
            "a plug-in may write to `{}`, in which it lies, and what is in it is executed; keep it elsewhere",
            writable.display()
        )));
    }
    let identity = Identity::of(&fs::metadata(directory)?);
    with(|granted| granted.executed.insert(identity, directory.to_owned()));
    Ok(())
}

/// What `look` finds of an open directory and those above it, by the directories themselves: names may have changed.
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

/// Opens a directory to go on from there, which needs no right to list it where the system tells these apart.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SEARCH: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SEARCH: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The first directory that plug-ins may write to on the way along a name, with what it is called there; none if the
/// name does not pass through one. From there on, names mean what plug-ins want.
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
                return Err(io::Error::other("it leads through too many links"));
            }
            rest.extend(reversed(&fs::read_link(&place)?));
        } else {
            at = place;
        }
    }
    Ok(None)
}

/// The parts of a name, the last one first.
fn reversed(path: &Path) -> Vec<OsString> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts.rev().map(|part| part.as_os_str().to_owned()).collect()
}
