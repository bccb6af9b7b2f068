//! Variables: bytes by key, which live as long as the plug-in, also when its instance is replaced.
//!
//! ```
//! # fn main() -> Result<(), extism_guest::Error> {
//! use extism_guest::var;
//!
//! let calls = var::get::<u32>("calls")?.unwrap_or(0) + 1;
//! var::set("calls", calls)?;
//! # Ok(())
//! # }
//! ```

use extism_codec::{Decode, Encode};

use crate::{
    Error,
    block::{self, Block},
    env,
};

/// Returns a variable; `None` if it is not set, or empty.
///
/// # Errors
///
/// Returns an error if its bytes are no `T`.
pub fn get<T: for<'a> Decode<'a>>(key: impl AsRef<str>) -> Result<Option<T>, Error> {
    let key = Block::of(key.as_ref().as_bytes());
    let value = Block::at(env::var_get(key.offset)).filter(|value| value.length > 0);
    value.map(|value| T::decode(&value.take())).transpose().map_err(Error::from)
}

/// Sets a variable. An empty value removes it.
///
/// The host ends the call if all variables together get larger than it allows, by default 1 MiB.
///
/// # Errors
///
/// Returns an error if the value cannot be encoded.
pub fn set(key: impl AsRef<str>, value: impl Encode) -> Result<(), Error> {
    // One after the other: the host frees both.
    let value = block::encode(&value)?;
    let key = Block::of(key.as_ref().as_bytes());
    env::var_set(key.offset, value.offset);
    Ok(())
}

/// Removes a variable.
///
/// # Errors
///
/// Returns no error; the result is that of `extism-pdk`'s function of this name.
pub fn remove(key: impl AsRef<str>) -> Result<(), Error> {
    env::var_set(Block::of(key.as_ref().as_bytes()).offset, 0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_kept_until_they_are_removed() {
        assert_eq!(get::<u32>("n").ok(), Some(None));
        set("n", 7_u32).expect("a number");
        assert_eq!(get::<u32>("n").ok(), Some(Some(7)));
        assert!(get::<u64>("n").is_err(), "four bytes are no u64");
        remove("n").expect("no error");
        assert_eq!(get::<u32>("n").ok(), Some(None));
    }
}
