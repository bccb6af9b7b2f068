//! The directories that a plug-in may access, each opened once, when the plug-in is built.
//!
//! Instances use the opened directories. If each instance opened them again by name, a plug-in could choose
//! the directory that the next one gets, by replacing it with a link, if it lies inside another one that the
//! plug-in may write to.

use std::{fs::File, path::Path, sync::Arc};

use wasmtime_wasi::{
    FsPerms, WasiCtxBuilder, WasiCtxView, WasiView,
    filesystem::{Descriptor, WasiFilesystemCtx, WasiFilesystemView as _},
    p2::bindings::filesystem::preopens::Host as _,
};

use crate::{Error, places, settings::AllowedDirectory};

/// A plug-in's opened directories.
pub(crate) struct Directories(WasiFilesystemCtx);

impl Directories {
    /// Opens the directories of the plug-in named `plugin`.
    pub(crate) fn open(plugin: &str, directories: &[AllowedDirectory]) -> Result<Self, Error> {
        let failed = |directory: &AllowedDirectory, error: &dyn std::fmt::Display| {
            let path = directory.host.display();
            let context = format!("cannot build plug-in `{plugin}`");
            Error::engine(context, format!("cannot open the allowed path `{path}`: {error}"))
        };
        let mut builder = WasiCtxBuilder::new();
        // Files are read and written on the calling thread, which would wait for them anyway.
        builder.allow_blocking_current_thread(true);
        for directory in directories {
            let permissions = if directory.read_only { FsPerms::ReadOnly } else { FsPerms::ReadWrite };
            builder
                .preopened_dir(&directory.host, &directory.guest, permissions)
                .map_err(|error| failed(directory, &error.root_cause()))?;
        }
        let filesystem = builder.build().filesystem().clone();
        let opened = opened(&filesystem).map_err(|error| Error::engine("cannot open the allowed paths", error))?;
        // Only after opening all of them, since one may lie inside another.
        for (directory, opened) in directories.iter().zip(&opened).filter(|(directory, _)| !directory.read_only) {
            places::grant(opened, &absolute(&directory.host)).map_err(|error| failed(directory, &error))?;
        }
        for (directory, opened) in directories.iter().zip(&opened) {
            places::check(&directory.host, opened).map_err(|error| failed(directory, &error))?;
        }
        Ok(Self(filesystem))
    }

    /// Returns the file system context of an instance.
    pub(super) fn filesystem(&self) -> WasiFilesystemCtx {
        self.0.clone()
    }
}

fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Returns the opened directories, in their original order.
fn opened(filesystem: &WasiFilesystemCtx) -> wasmtime::Result<Vec<Arc<File>>> {
    let mut ctx = WasiCtxBuilder::new().build();
    ctx.filesystem().clone_from(filesystem);
    let mut view = View { ctx, table: wasmtime::component::ResourceTable::new() };
    let resources = view.filesystem().get_directories()?;
    let file = |resource| match view.table.get(&resource)? {
        Descriptor::Dir(directory) => Ok(Arc::clone(&directory.dir)),
        Descriptor::File(file) => Ok(Arc::clone(&file.file)),
    };
    resources.into_iter().map(|(resource, _)| file(resource)).collect()
}

struct View {
    ctx: wasmtime_wasi::WasiCtx,
    table: wasmtime::component::ResourceTable,
}

impl WasiView for View {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.ctx, table: &mut self.table }
    }
}
