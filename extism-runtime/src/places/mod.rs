//! Paths that the host opens and whose target plug-ins may influence.
//!
//! A plug-in that may write to a directory can put links into it, and a host that follows them leaves the directory
//! unknowingly. So every path is resolved once, when it is granted, and what was opened is used from then on: the
//! directories that plug-ins access, those of dumps, and log files. Directories that plug-ins may write to are
//! remembered for as long as the process runs ([`granted`]): a path that passes through one must end inside it, and
//! what the host executes (the cache of compiled code) must not be there at all.
//!
//! This protects the plug-ins of one process. What a plug-in of an earlier process left behind is only taken into
//! account once its directory is granted again.

#[cfg(unix)]
mod granted;
mod private;

#[cfg(not(unix))]
mod granted {
    //! For systems on which plug-ins cannot create links.

    use std::{
        fs::File,
        io,
        path::{Path, PathBuf},
    };

    pub(crate) fn grant(_: &File, _: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn check(_: &Path, _: &File) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn execute_from(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn granted_above(_: &Path) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }
}

#[cfg(any(feature = "wasi", test))]
pub(crate) use self::granted::grant;
#[cfg(feature = "cache")]
pub(crate) use self::{
    granted::execute_from,
    private::{check_private_directory, make_private_directory},
};
pub(crate) use self::{
    granted::{check, granted_above},
    private::{PrivateFile, append},
};
