//! What a name may be in an XTP document.

/// Whether XTP allows this as the name of a function, a type, a field or a variant.
pub(super) fn is_identifier(name: &str) -> bool {
    let starts = |first: char| first.is_ascii_alphabetic() || first == '_' || first == '$';
    name.starts_with(starts) && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_' || char == '$')
}

/// A type's name in which everything else is replaced.
pub(super) fn identifier(name: &str) -> String {
    let mut identifier: String =
        name.chars().map(|char| if char.is_ascii_alphanumeric() || char == '_' { char } else { '_' }).collect();
    if !is_identifier(&identifier) {
        identifier.insert(0, '_');
    }
    identifier.trim_end_matches('_').to_owned()
        + if identifier.ends_with('_') && identifier.len() == 1 { "_" } else { "" }
}

/// `countVowels` as `CountVowels`.
pub(super) fn capitalized(name: &str) -> String {
    name.split(|char: char| !char.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}
