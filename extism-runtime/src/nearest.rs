//! Finds the name that was probably meant.

/// The longest name, in bytes, that is compared: longer ones are not misspellings of each other, and comparing takes
/// time and memory for each pair of letters.
const MAX_NAME: usize = 64;
/// The maximum number of candidates that are compared: a module may have a million names.
const MAX_CANDIDATES: usize = 1000;

/// Returns the candidate with the spelling most similar to `name`, if at most a third of its letters, rounded up, and
/// fewer than half of them differ; upper and lower case count as the same.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_NAME {
        return None;
    }
    let letters = name.chars().count();
    let most = letters.div_ceil(3).min(letters.saturating_sub(1) / 2).max(1);
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .filter(|candidate| candidate.len() <= MAX_NAME && *candidate != name)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns whether the names differ by a single typing error: one character too many, too few, wrong, or
/// swapped with the next.
pub(crate) fn is_slip(name: &str, other: &str) -> bool {
    strsim::damerau_levenshtein(name, other) <= 1
}

#[cfg(test)]
mod tests {
    use super::{MAX_CANDIDATES, MAX_NAME, nearest};

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_a_strange_one_none() {
        let names = ["kv_read", "kv_write", "count_vowels"];
        assert_eq!(nearest("kv_raed", names), Some("kv_read"));
        assert_eq!(nearest("count_vowel", names), Some("count_vowels"));
        assert_eq!(nearest("KV_READ", names), Some("kv_read"));
        assert_eq!(nearest("shout", names), None);
        assert_eq!(nearest("meta", ["data"]), None);
        assert_eq!(nearest("data", ["data"]), None);
    }

    #[test]
    fn long_names_and_many_of_them_are_not_compared() {
        let (long, longer) = ("a".repeat(MAX_NAME), "a".repeat(MAX_NAME + 1));
        assert_eq!(nearest(&long, [&longer[..], &long[1..]]), Some(&long[1..]));
        assert_eq!(nearest(&longer, [&long[..]]), None);
        let far = std::iter::repeat_n("something_else", MAX_CANDIDATES);
        assert_eq!(nearest("kv_raed", far.chain(["kv_read"])), None);
    }
}
