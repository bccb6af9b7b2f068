//! Where relative paths start.

use std::{collections::BTreeMap, io, path::Path};

use super::{Manifest, Wasm};

impl Manifest {
    /// Makes the relative paths of modules and allowed directories start at a directory. Fails if such a path is not
    /// UTF-8.
    pub(crate) fn set_base(&mut self, base: &Path) -> io::Result<()> {
        for module in &mut self.wasm {
            if let Wasm::File { path, .. } = module {
                *path = base.join(&*path);
            }
        }
        let Some(paths) = &mut self.allowed_paths else { return Ok(()) };
        let mut based = BTreeMap::new();
        for (host, guest) in std::mem::take(paths) {
            let (prefix, host) = host.strip_prefix("ro:").map_or(("", host.as_str()), |host| ("ro:", host));
            let host = base.join(host).into_os_string().into_string();
            let host = host.map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a path is not UTF-8"))?;
            based.insert(format!("{prefix}{host}"), guest);
        }
        *paths = based;
        Ok(())
    }
}
