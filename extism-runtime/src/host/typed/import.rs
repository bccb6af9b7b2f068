//! Checks a module's imports while the user's crate is compiled: constant functions only.

use super::{Part, Signature};
use crate::value::ValType;

/// A function that a module imports, as the macro read it from the module.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// The namespace that it is imported from.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The types of its parameters.
    pub params: &'static [ValType],
    /// The types of its results.
    pub results: &'static [ValType],
}

/// Returns the function that has the import's namespace and name.
#[must_use]
pub const fn provider<S>(part: &Part<S>, import: &Import) -> Option<Signature> {
    let mut index = 0;
    while index < part.functions.len() {
        let signature = part.functions[index].signature;
        if same_text(signature.name, import.name) && same_text(signature.namespace, import.namespace) {
            return Some(signature);
        }
        index += 1;
    }
    match part.next {
        Some(next) => provider(next, import),
        None => None,
    }
}

/// Fails the compilation if none of the `providers` matches the import.
///
/// # Panics
///
/// Panics at compile time, which makes the text a compiler error at the caller.
#[track_caller]
pub const fn check_import(module: &str, import: &Import, providers: &[Option<Signature>]) {
    let mut index = 0;
    while index < providers.len() {
        if let Some(given) = providers[index] {
            if same_types(&[import.params], given.params) && same_types(&[import.results], &[given.results]) {
                return;
            }
            let text = Text::of_import(module, import)
                .push(", but the host function of that name in `imports(..)` has ")
                .push_types(given.params)
                .push(" -> ")
                .push_types(&[given.results]);
            panic!("{}", text.as_str());
        }
        index += 1;
    }
    let text = Text::of_import(module, import)
        .push(", which no host function in `imports(..)` provides; write it with `#[host_fn]` and list it");
    panic!("{}", text.as_str());
}

const fn same_text(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Returns whether two lists of lists hold the same types in the same order, however they are grouped.
const fn same_types(left: &[&[ValType]], right: &[&[ValType]]) -> bool {
    let count = count(left);
    if count != self::count(right) {
        return false;
    }
    let mut index = 0;
    while index < count {
        if nth(left, index) as u8 != nth(right, index) as u8 {
            return false;
        }
        index += 1;
    }
    true
}

const fn count(groups: &[&[ValType]]) -> usize {
    let mut count = 0;
    let mut index = 0;
    while index < groups.len() {
        count += groups[index].len();
        index += 1;
    }
    count
}

const fn nth(groups: &[&[ValType]], mut nth: usize) -> ValType {
    let mut index = 0;
    while nth >= groups[index].len() {
        nth -= groups[index].len();
        index += 1;
    }
    groups[index][nth]
}

/// A text built at compile time; anything that exceeds its capacity is cut off.
struct Text {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl Text {
    /// In bytes; import names longer than a few hundred bytes need not be shown in full.
    const ROOM: usize = 2048;

    const fn of_import(module: &str, import: &Import) -> Self {
        Self { bytes: [0; Self::ROOM], len: 0 }
            .push("`")
            .push(module)
            .push("` imports `")
            .push(import.namespace)
            .push("`.`")
            .push(import.name)
            .push("` as ")
            .push_types(&[import.params])
            .push(" -> ")
            .push_types(&[import.results])
    }

    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.len < Self::ROOM {
            self.bytes[self.len] = text[index];
            self.len += 1;
            index += 1;
        }
        self
    }

    /// Formats a signature as `FuncType` does, except that a single result has parentheses too.
    const fn push_types(self, groups: &[&[ValType]]) -> Self {
        let mut text = self.push("(");
        let mut index = 0;
        while index < count(groups) {
            if index > 0 {
                text = text.push(", ");
            }
            text = text.push(nth(groups, index).name());
            index += 1;
        }
        text.push(")")
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "the module's imports do not match the host functions in `imports(..)`",
        }
    }
}
