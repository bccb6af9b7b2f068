//! Describes the states that were set, in the message about a missing one.

use crate::nearest::nearest;

/// If there are more states than this, not all are listed.
const MOST: usize = 4;

/// Returns the end of the message about a missing state: the type that may be meant, or those that were set.
pub(super) fn hint(missing: &str, given: &[&'static str]) -> String {
    let wanted = without_paths(missing);
    let names: Vec<_> = given.iter().map(|state| without_paths(state)).collect();
    // Two types with the same name differ only in their paths.
    let same = given.iter().zip(&names).find(|(_, name)| **name == wanted).map(|(state, _)| *state);
    match (same.or_else(|| nearest(&wanted, names.iter().map(String::as_str))), given) {
        (Some(nearest), _) => format!("; did you mean `{nearest}`, which was set?"),
        (None, []) => String::new(),
        (None, given) if given.len() > MOST => format!("; {} other states were set", given.len()),
        (None, given) => format!("; these were set: `{}`", given.join("`, `")),
    }
}

/// A type's name as programs write it: `Mutex<i32>` for `std::sync::poison::mutex::Mutex<i32>`.
fn without_paths(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut start = 0;
    for character in name.chars() {
        if character == ':' {
            text.truncate(start);
            continue;
        }
        text.push(character);
        if !character.is_alphanumeric() && character != '_' {
            start = text.len();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn the_nearest_type_is_named_by_its_path_if_only_that_differs() {
        let given = ["app::Store", "std::sync::poison::mutex::Mutex<i32>", "u8"];
        assert_eq!(hint("std::sync::poison::mutex::Mutex<u32>", &given), "; did you mean `Mutex<i32>`, which was set?");
        assert_eq!(hint("app::storage::Store", &given), "; did you mean `app::Store`, which was set?");
        assert_eq!(hint("dyn app::Clock", &["u8"]), "; these were set: `u8`");
        assert_eq!(hint("dyn app::Clock", &["u8", "u16", "u32", "u64", "i8"]), "; 5 other states were set");
        assert_eq!(hint("u8", &[]), "");
    }
}
