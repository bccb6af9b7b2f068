//! The plug-in's configuration: texts by key, which the host sets and the plug-in reads.

use crate::{Error, block::Block, env};

/// Returns the value of a key; `None` if the host set none.
///
/// # Errors
///
/// Returns an error if the value is not UTF-8, which no host allows.
pub fn get(key: impl AsRef<str>) -> Result<Option<String>, Error> {
    let key = Block::of(key.as_ref().as_bytes());
    let value = Block::at(env::config_get(key.offset)).map(|value| String::from_utf8(value.take()));
    value.transpose().map_err(Error::from)
}
