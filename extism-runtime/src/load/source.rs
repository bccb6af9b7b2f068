//! The sources that a plug-in can be built from.

use std::{
    fmt, fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::content::Content;
use crate::{
    bounded::Readable,
    manifest::{Manifest, ManifestError, Wasm, format_of_name},
};

/// The source of a plug-in: a manifest, a module, or bytes or a file that contain either.
///
/// Bytes are distinguished by their start: `\0asm` is a module's binary format, `(` or `;;` its text format (WAT), `{`
/// a manifest in JSON, a TOML table or field a manifest in TOML. The same holds for the content of a file, except that
/// names ending in `.wasm` and `.wat` are always modules, and those in `.json` and `.toml` always manifests.
///
/// Text (`&str`, `String`) that starts with `(`, `;;` or `{` (after white space), or has several lines, is
/// treated as such content; any other text is the path of a file. [`Source::file`] and [`Source::text`] avoid
/// this guess: use them for a path or a text that comes from outside the program.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{CompiledPlugin, Source};
///
/// let from_file = CompiledPlugin::new("examples/plugins/echo.wasm")?;
/// let from_text = CompiledPlugin::new(r#"(module (func (export "nothing")))"#)?;
/// assert!(from_file.function_exists("echo") && from_text.function_exists("nothing"));
///
/// let chosen_by_a_user = "(1).wasm";
/// let source = Source::file(chosen_by_a_user);
/// # drop(source);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a source does nothing unless a plug-in is built from it"]
pub struct Source(Kind);

#[derive(Clone)]
enum Kind {
    Manifest(Box<Manifest>),
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Source {
    /// Refers to a file that holds a module or a manifest, whatever its path looks like.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// Takes bytes that hold a module or a manifest.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }

    /// Takes a text that holds a module (WAT) or a manifest (JSON or TOML); it is never the path of a file.
    pub fn text(text: impl Into<String>) -> Self {
        Self::bytes(text.into())
    }

    /// Refers to a module that is downloaded (feature `http`); [`Wasm::http`] sets headers and method too.
    pub fn url(url: impl Into<String>) -> Self {
        Wasm::url(url).into()
    }

    /// Returns the manifest: this one, the one in the bytes or the file, or one for the module alone.
    ///
    /// # Errors
    ///
    /// Returns a [`ManifestError`] if what looks like a manifest cannot be read. Bytes that are neither manifest nor
    /// module are treated as a module; loading it reports what is wrong.
    pub fn into_manifest(self) -> Result<Manifest, ManifestError> {
        match self.0 {
            Kind::Manifest(manifest) => Ok(*manifest),
            Kind::File(path) if is_manifest(&path) => Manifest::from_file(path),
            Kind::File(path) => Ok(Manifest::new([path])),
            Kind::Bytes(bytes) => match Content::of(&bytes) {
                Content::Json => Manifest::from_json(bytes),
                Content::Toml => Manifest::from_toml(bytes),
                _ => Ok(Manifest::new([bytes])),
            },
        }
    }

    /// Returns the file's name without its extension, if the source is a file: a name for the plug-in.
    pub(crate) fn file_stem(&self) -> Option<String> {
        match &self.0 {
            Kind::File(path) => path.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
            Kind::Manifest(_) | Kind::Bytes(_) => None,
        }
    }

    fn of_text(text: String) -> Self {
        let looks = Content::of(text.as_bytes());
        if matches!(looks, Content::Binary | Content::Wat | Content::Json) || text.trim().contains('\n') {
            Self::text(text)
        } else {
            Self::file(text)
        }
    }
}

/// Returns whether a file holds a manifest, judged by its name or else its start.
fn is_manifest(path: &Path) -> bool {
    if format_of_name(path).is_some() {
        return true;
    }
    let module =
        |extension: &std::ffi::OsStr| ["wasm", "wat"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    if path.extension().is_some_and(module) {
        return false;
    }
    // A file that cannot be read is reported when it is loaded.
    let start = read_start(path).unwrap_or_default();
    matches!(Content::of(&start), Content::Json | Content::Toml)
}

/// Returns the first bytes of a regular file, up to a whole character. Other files, such as pipes, cannot be read
/// twice.
fn read_start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    // Before it is opened: whoever writes to a pipe notices when it is closed.
    if fs::metadata(path)?.is_file() {
        Readable::Regular.open(path)?.take(4096).read_to_end(&mut start)?;
    }
    let cut = std::str::from_utf8(&start).err().filter(|error| error.error_len().is_none());
    start.truncate(cut.map_or(start.len(), |error| error.valid_up_to()));
    Ok(start)
}

impl fmt::Debug for Source {
    /// Omits the content of bytes, which may be long and secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Manifest(manifest) => manifest.fmt(f),
            Kind::Bytes(bytes) => write!(f, "[{} bytes]", bytes.len()),
            Kind::File(path) => path.fmt(f),
        }
    }
}

impl From<Manifest> for Source {
    fn from(manifest: Manifest) -> Self {
        Self(Kind::Manifest(Box::new(manifest)))
    }
}

impl From<&Manifest> for Source {
    fn from(manifest: &Manifest) -> Self {
        manifest.clone().into()
    }
}

impl From<Wasm> for Source {
    fn from(wasm: Wasm) -> Self {
        Manifest::new([wasm]).into()
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self::bytes(bytes)
    }
}

impl From<&Vec<u8>> for Source {
    fn from(bytes: &Vec<u8>) -> Self {
        bytes.clone().into()
    }
}

impl From<&[u8]> for Source {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl<const N: usize> From<&[u8; N]> for Source {
    fn from(bytes: &[u8; N]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::file(path)
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        path.to_owned().into()
    }
}

impl From<&PathBuf> for Source {
    fn from(path: &PathBuf) -> Self {
        path.clone().into()
    }
}

impl From<String> for Source {
    fn from(text: String) -> Self {
        Self::of_text(text)
    }
}

impl From<&String> for Source {
    fn from(text: &String) -> Self {
        Self::of_text(text.clone())
    }
}

impl From<&str> for Source {
    fn from(text: &str) -> Self {
        Self::of_text(text.to_owned())
    }
}
