//! Names of files that the host opens, where plug-ins may have a hand in what they lead to.
//!
//! A plug-in that may write to a directory can put links into it, and a host that follows these leaves the directory
//! without knowing. So every name is resolved once, when it is granted, and what was opened is used from then on:
//! directories that plug-ins reach, those of dumps and log files. What plug-ins may write to is kept in mind for as long
//! as the process runs ([`granted`]): a name that passes through it must end within it, and what the host executes
//! (the cache of compiled code) may not lie there at all.
//!
//! This holds between the plug-ins of one process. What a plug-in of an earlier process left behind is known as soon as
//! its directory is granted again, not before.

#[cfg(unix)]
mod granted;
mod private;

#[cfg(not(unix))]
mod granted {
    //! Systems whose links plug-ins cannot make.

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

    #[expect(dead_code, reason = "profiles are for Linux")]
    pub(crate) fn granted_above(_: &Path) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }
}

#[cfg(feature = "wasi")]
pub(crate) use self::granted::grant;
pub(crate) use self::{
    granted::check,
    private::{PrivateFile, append},
};
#[cfg(feature = "cache")]
pub(crate) use self::{
    granted::execute_from,
    private::{check_private_directory, make_private_directory},
};
