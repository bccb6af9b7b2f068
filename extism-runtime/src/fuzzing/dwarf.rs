//! Finding lines in debug information.
#![allow(unreachable_pub, reason = "public where fuzz targets are built")]

use crate::dwarf::{Budget, find};

/// Finds the places of instructions in a module. Whatever the module is, there is a result for each.
pub fn dwarf(module: &[u8]) {
    let offsets: Vec<_> = (0..400).step_by(13).collect();
    assert_eq!(find(module, &offsets, &mut Budget::default()).len(), offsets.len());
}

#[cfg(test)]
mod tests {
    use super::dwarf;

    #[test]
    fn modules_and_what_is_none_are_read() {
        dwarf(b"");
        for file in ["lines_c.wasm", "lines_zig.wasm", "echo.wasm"] {
            dwarf(&std::fs::read(format!("{}/../examples/plugins/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap());
        }
    }
}
