//! Finding lines in debug information.

use crate::dwarf::{Budget, find};

/// Finds the places of instructions in a module. Whatever the module is, there is a result for each.
pub fn dwarf(module: &[u8]) {
    let offsets: Vec<_> = (0..400).step_by(13).collect();
    assert_eq!(find(module, &offsets, &mut Budget::default()).len(), offsets.len());
}
