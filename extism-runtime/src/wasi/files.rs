//! Restricts plug-ins to regular files and directories: opening or reading a named pipe or a terminal waits
//! for its other end, on the calling thread, and no deadline could end that wait.
//!
//! Two functions of WASI open the target of a path: `path_open`, and `path_filestat_set_times` if it follows
//! links. Here they check the target, then call the original functions. No other function returns a
//! descriptor to a plug-in.
//!
//! Open files are counted: each instance has a limit, and all plug-ins of the process share its descriptors.

use std::sync::PoisonError;

use wasmtime::{AsContextMut as _, Caller, Extern, Linker};
use wasmtime_wasi::{
    ResourceTableError, WasiView as _,
    filesystem::Descriptor,
    p1::{
        WasiP1Ctx,
        types::{Fd, Filetype, Lookupflags},
        wasi_snapshot_preview1::{self as original, WasiSnapshotPreview1 as _},
    },
};
use wiggle::{GuestMemory, GuestPtr};

use super::{WASI, context, trap};
use crate::{settings::Settings, shares::Lease, store::StoreData};

const SUCCESS: i32 = 0;
const ENFILE: i32 = 41;
const ENOTDIR: i32 = 54;
const ENOTSUP: i32 = 58;

/// A bit of `lookupflags`: the path's last component is followed if it is a link.
const FOLLOW: i32 = 1;
/// Bits of `oflags`.
const CREATE: i32 = 1;
const DIRECTORY: i32 = 2;
const EXCLUSIVE: i32 = 4;

/// Directory, lookup flags, path and its length, open flags, rights, inherited rights, descriptor flags, and where to
/// write the descriptor.
type OpenArgs = (i32, i32, i32, i32, i32, i64, i64, i32, i32);
/// Directory, lookup flags, path and its length, times of access and modification, and which of them to set.
type TimesArgs = (i32, i32, i32, i32, i64, i64, i32);

/// Replaces the functions that open the target of a path, and those that close it. The linker must allow shadowing.
pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.func_wrap_async(WASI, "path_open", |mut caller, args| {
        Box::new(async move { path_open(&mut WasiGuest::of(&mut caller)?, args).await })
    })?;
    linker.func_wrap_async(WASI, "path_filestat_set_times", |mut caller, args| {
        Box::new(async move { path_filestat_set_times(&mut WasiGuest::of(&mut caller)?, args).await })
    })?;
    linker.func_wrap_async(WASI, "fd_close", |mut caller, (fd,): (i32,)| {
        Box::new(async move {
            let mut guest = WasiGuest::of(&mut caller)?;
            let (wasi, memory) = guest.begin();
            let errno = original::fd_close(wasi, memory, fd).await;
            guest.count_open();
            errno
        })
    })?;
    linker.func_wrap_async(WASI, "fd_renumber", |mut caller, (from, to): (i32, i32)| {
        Box::new(async move {
            let mut guest = WasiGuest::of(&mut caller)?;
            let (wasi, memory) = guest.begin();
            let errno = original::fd_renumber(wasi, memory, from, to).await;
            guest.count_open();
            errno
        })
    })?;
    Ok(())
}

async fn path_open(guest: &mut WasiGuest<'_>, args: OpenArgs) -> wasmtime::Result<i32> {
    let (dir, lookup, path, length, flags, rights, inherited, fdflags, opened) = args;
    // With both flags, an existing file is not opened.
    let new = flags & (CREATE | EXCLUSIVE) == CREATE | EXCLUSIVE;
    if !new && guest.leads_elsewhere(dir, lookup, path, length).await {
        return Ok(if flags & DIRECTORY == 0 { ENOTSUP } else { ENOTDIR });
    }
    if !guest.take_descriptor() {
        return Ok(ENFILE);
    }
    let (wasi, memory) = guest.begin();
    let errno =
        original::path_open(wasi, memory, dir, lookup, path, length, flags, rights, inherited, fdflags, opened).await;
    if !matches!(errno, Ok(SUCCESS)) {
        guest.count_open();
    }
    errno.map_err(|error| match error.downcast_ref() {
        Some(ResourceTableError::Full) => trap(format!(
            "the plug-in has more than {} files open; raise the limit with `PluginBuilder::with_max_open_files`",
            guest.settings.limits.open_files()
        )),
        _ => error,
    })
}

async fn path_filestat_set_times(guest: &mut WasiGuest<'_>, args: TimesArgs) -> wasmtime::Result<i32> {
    let (dir, lookup, path, length, accessed, modified, flags) = args;
    if lookup & FOLLOW != 0 && guest.leads_elsewhere(dir, lookup, path, length).await {
        return Ok(ENOTSUP);
    }
    let (wasi, memory) = guest.begin();
    original::path_filestat_set_times(wasi, memory, dir, lookup, path, length, accessed, modified, flags).await
}

/// The arguments of WASI's own functions.
pub(super) struct WasiGuest<'a> {
    wasi: &'a mut WasiP1Ctx,
    memory: GuestMemory<'a>,
    settings: &'a Settings,
    /// The plug-in's open files, out of its share.
    files: &'a mut Option<Lease>,
    /// How many of the plug-in's bytes one function may copy.
    fuel: usize,
}

impl<'a> WasiGuest<'a> {
    pub(super) fn of(caller: &'a mut Caller<'_, StoreData>) -> wasmtime::Result<Self> {
        let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
            return Err(trap("the module imports WASI but does not export `memory`"));
        };
        let fuel = caller.as_context_mut().hostcall_fuel();
        let (memory, data) = memory.data_and_store_mut(caller);
        let StoreData { wasi, files, settings, .. } = data;
        let wasi = wasi.get_mut().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(context::empty);
        Ok(Self { wasi, memory: GuestMemory::Unshared(memory), settings, files, fuel })
    }

    /// Takes another descriptor of the plug-in's share, for a file that is about to be opened.
    fn take_descriptor(&mut self) -> bool {
        self.count_open();
        self.files.get_or_insert_with(|| self.settings.descriptors.lease()).take()
    }

    /// Returns closed descriptors to the plug-in's share.
    fn count_open(&mut self) {
        let Some(files) = self.files else { return };
        let resources = self.wasi.ctx().table.iter_mut();
        let open = resources.filter(|resource| resource.is::<Descriptor>()).count();
        // The preopened directories are shared by all instances, so they are not counted for each.
        files.keep(open.saturating_sub(self.settings.allowed_paths.len()));
    }

    /// Returns the arguments for one function.
    pub(super) fn begin(&mut self) -> (&mut WasiP1Ctx, &mut GuestMemory<'a>) {
        self.wasi.set_hostcall_fuel(self.fuel);
        (self.wasi, &mut self.memory)
    }

    /// Returns whether a path leads to something other than a regular file or a directory. A path that leads nowhere is
    /// left to the original function.
    async fn leads_elsewhere(&mut self, dir: i32, lookup: i32, path: i32, length: i32) -> bool {
        let follow = if lookup & FOLLOW == 0 { Lookupflags::empty() } else { Lookupflags::SYMLINK_FOLLOW };
        let path = GuestPtr::<str>::new((path.cast_unsigned(), length.cast_unsigned()));
        let (wasi, memory) = self.begin();
        match wasi.path_filestat_get(memory, Fd::from(dir), follow, path).await {
            // A link that is not followed is not opened either.
            Ok(found) => {
                !matches!(found.filetype, Filetype::RegularFile | Filetype::Directory | Filetype::SymbolicLink)
            }
            Err(_) => false,
        }
    }
}
