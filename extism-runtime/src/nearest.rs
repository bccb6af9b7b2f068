//! What somebody may have meant.

/// The candidate whose spelling is nearest to `name`, if it is near: a third of its letters may differ.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = name.chars().count().div_ceil(3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance > 0 && *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_a_strange_one_none() {
        let names = ["kv_read", "kv_write", "count_vowels"];
        assert_eq!(nearest("kv_raed", names), Some("kv_read"));
        assert_eq!(nearest("count_vowel", names), Some("count_vowels"));
        assert_eq!(nearest("shout", names), None);
    }
}
