//! Detects what bytes contain: a module in the binary or the text format, a manifest, or something else.

use super::{LoadError, origin::Origin};
use crate::{display, manifest::BYTE_ORDER_MARK};

/// The first bytes of WebAssembly's binary format.
const MAGIC: &[u8] = b"\0asm";

/// What bytes look like, according to their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing, or only white space.
    Empty,
    /// WebAssembly's binary format, in any version.
    Binary,
    /// WebAssembly's text format.
    Wat,
    /// JSON: a map.
    Json,
    /// TOML: a table or a field.
    Toml,
    /// Another text.
    Text,
    /// Anything else.
    Unknown,
}

impl Content {
    /// Detects what the bytes look like.
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(MAGIC) || (!bytes.is_empty() && MAGIC.starts_with(bytes)) {
            return Self::Binary;
        }
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let Ok(text) = std::str::from_utf8(bytes) else { return Self::Unknown };
        Self::of_text(text)
    }

    /// Returns whether these may be the first bytes of a module.
    pub(super) fn may_begin_a_module(start: &[u8]) -> bool {
        // The last character may be cut.
        let cut = std::str::from_utf8(start).err().filter(|error| error.error_len().is_none());
        let whole = cut.map_or(start, |error| &start[..error.valid_up_to()]);
        matches!(Self::of(whole), Self::Binary | Self::Wat | Self::Empty)
    }

    fn of_text(text: &str) -> Self {
        let start = text.trim_start();
        if start.is_empty() {
            Self::Empty
        } else if start.starts_with('(') || start.starts_with(";;") {
            Self::Wat
        } else if start.starts_with('{') {
            Self::Json
        } else if looks_like_toml(start) {
            Self::Toml
        } else if start.contains('\0') {
            Self::Unknown
        } else {
            Self::Text
        }
    }
}

/// Returns whether the first line that is not a comment opens a table or sets a field.
fn looks_like_toml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(line) = lines.find(|line| !line.starts_with('#')) else { return true };
    let key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '"' | '\'');
    line.starts_with('[') || (line.starts_with(key) && line.contains('='))
}

/// Returns the module in the binary format.
pub(super) fn to_binary(bytes: Vec<u8>, origin: &Origin) -> Result<Vec<u8>, LoadError> {
    let binary = match Content::of(&bytes) {
        Content::Binary => bytes,
        Content::Wat => wat_to_binary(&bytes, origin)?,
        other => return Err(not_wasm(origin, describe(other, &bytes))),
    };
    check_header(&binary).map_err(|found| not_wasm(origin, found))?;
    Ok(binary)
}

fn not_wasm(origin: &Origin, found: String) -> LoadError {
    LoadError::NotWasm { module: origin.module.clone(), origin: origin.place.clone(), found }
}

/// Describes what was found instead of a module.
fn describe(content: Content, bytes: &[u8]) -> String {
    match content {
        Content::Empty if bytes.is_empty() => "it is empty".to_owned(),
        Content::Empty => "it contains only white space".to_owned(),
        Content::Json | Content::Toml => "it looks like a manifest, not a module".to_owned(),
        Content::Binary | Content::Wat | Content::Text | Content::Unknown => {
            let start = bytes.get(..16).unwrap_or(bytes).escape_ascii();
            format!("it starts with \"{start}\", which is neither the binary nor the text format of WebAssembly")
        }
    }
}

/// Checks the first 8 bytes: magic number, version, and what the version refers to (0: a module).
fn check_header(binary: &[u8]) -> Result<(), String> {
    let [_, _, _, _, version @ ..] = *binary.first_chunk::<8>().ok_or("its header is truncated")?;
    let [low, high, layer, zero] = version;
    match (u16::from_le_bytes([low, high]), u16::from_le_bytes([layer, zero])) {
        (1, 0) => Ok(()),
        (_, 1) => Err("it is a component, not a core module; build the plug-in for wasm32-unknown-unknown or \
                       wasm32-wasip1 with an Extism PDK"
            .to_owned()),
        (version, layer) => Err(format!("its version is {version} (layer {layer}), which is not supported")),
    }
}

fn wat_to_binary(bytes: &[u8], origin: &Origin) -> Result<Vec<u8>, LoadError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    wat::parse_bytes(bytes).map(Into::into).map_err(|error| wat_error(&wat_text(&error), origin))
}

/// Returns the start of an error of the text format's parser, which quotes the whole line: that may be the whole file.
pub(crate) fn wat_text(error: &wat::Error) -> String {
    const MAX: usize = 4 << 10;
    display::start(error, MAX)
}

/// Parses the error of the text format's parser: a message line, then ` --> <anon>:LINE:COLUMN`, then the
/// source text at this place.
fn wat_error(said: &str, origin: &Origin) -> LoadError {
    let mut lines = said.lines();
    let message = display::text(lines.next().unwrap_or_default()).to_string();
    let place = lines.find_map(|line| line.trim_start().strip_prefix("--> <anon>:")?.split_once(':'));
    let number = |text: &str| text.trim().parse().unwrap_or(0);
    let (line, column) = place.map_or((0, 0), |(line, column)| (number(line), number(column)));
    LoadError::Wat { module: origin.module.clone(), origin: origin.place.clone(), line, column, message }
}
