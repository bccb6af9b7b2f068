use std::collections::BTreeMap;

use crate::{display, error::VarError};

/// Bytes that a plug-in's variables may take, unless the manifest says otherwise.
const DEFAULT_MAX_BYTES: u64 = 1 << 20;

/// Bytes that count for each variable in addition to its name and value, as in the official runtime. Otherwise many
/// tiny variables would take a multiple of the limit.
const OVERHEAD: u64 = 48;

/// A plug-in's variables: values that it keeps between calls.
pub(crate) struct Vars {
    values: BTreeMap<String, Vec<u8>>,
    /// The total size of all variables, as [`size`] counts it.
    used: u64,
    max_bytes: u64,
}

impl Vars {
    pub(super) fn new(max_bytes: Option<u64>) -> Self {
        Self { values: BTreeMap::new(), used: 0, max_bytes: max_bytes.unwrap_or(DEFAULT_MAX_BYTES) }
    }

    /// Returns whether the plug-in may have variables at all.
    pub(crate) fn enabled(&self) -> bool {
        self.max_bytes > 0
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.values.get(name).map(Vec::as_slice)
    }

    /// Returns the bytes that count towards the limit.
    pub(super) fn used(&self) -> u64 {
        self.used
    }

    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.used = 0;
    }

    pub(super) fn set(&mut self, name: &str, value: &[u8]) -> Result<(), VarError> {
        if !self.enabled() {
            return Err(VarError::Off);
        }
        let freed = self.values.get(name).map_or(0, |old| size(name, old));
        let needed = size(name, value);
        let left = self.max_bytes.saturating_sub(self.used - freed);
        if needed > left {
            return Err(VarError::Full { name: display::name(name).to_string(), needed, left, max: self.max_bytes });
        }
        self.used = self.used - freed + needed;
        match self.values.get_mut(name) {
            Some(old) => {
                old.clear();
                // Spare capacity does not count towards the limit, so it is kept small.
                old.shrink_to(value.len().saturating_mul(2));
                old.extend_from_slice(value);
            }
            None => {
                self.values.insert(name.to_owned(), value.to_vec());
            }
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Vec<u8>> {
        let value = self.values.remove(name)?;
        self.used -= size(name, &value);
        Some(value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }
}

fn size(name: &str, value: &[u8]) -> u64 {
    (name.len() + value.len()) as u64 + OVERHEAD
}
