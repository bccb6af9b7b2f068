//! Names of other languages as Rust's.

use crate::Method;

/// Words that cannot be names in Rust, not even with `r#`.
const NEVER: [&str; 4] = ["self", "super", "crate", "Self"];
/// Words that need `r#`.
const KEYWORDS: [&str; 47] = [
    "as", "break", "const", "continue", "else", "enum", "extern", "false", "fn", "for", "if", "impl", "in", "let",
    "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "trait", "true", "type",
    "unsafe", "use", "where", "while", "async", "await", "dyn", "abstract", "become", "box", "do", "final", "macro",
    "override", "priv", "typeof", "unsized", "virtual", "yield", "try",
];

/// The words of a name: `countVowels`, `count_vowels` and `HTTPServer2` have two each.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    let mut fresh = true;
    for (index, letter) in letters.iter().enumerate() {
        if !letter.is_alphabetic() && !letter.is_ascii_digit() {
            fresh = true;
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let follows_lower = before.is_some_and(|before| before.is_lowercase() || before.is_numeric());
        let begins_word = before.is_some_and(|before| before.is_uppercase())
            && letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (follows_lower || begins_word) {
            fresh = true;
        }
        match words.last_mut() {
            Some(last) if !fresh => last.push(*letter),
            _ => words.push(letter.to_string()),
        }
        fresh = false;
    }
    words
}

/// A name for a function, an argument or a field that none of `taken` has; it is added to them.
pub(super) fn function_name(name: &str, taken: &mut Vec<String>) -> String {
    let words = words(name).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
    unused(&legal(words.join("_"), "value"), taken)
}

/// The name of a method: its own in Rust, or one made of its export's.
pub(super) fn method_name(method: &Method, taken: &mut Vec<String>) -> String {
    let own = Some(&method.name).filter(|name| **name == name.to_lowercase());
    own.and_then(|name| argument_name(name, taken)).unwrap_or_else(|| function_name(&method.export, taken))
}

/// A name as it is, if Rust allows it and none of `taken` is the same; it is added to them.
pub(super) fn argument_name(name: &str, taken: &mut Vec<String>) -> Option<String> {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let allowed = starts && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    let own = legal(name.to_owned(), "");
    let is_same = allowed && own.trim_start_matches("r#") == name && !taken.contains(&own);
    is_same.then(|| unused(&own, taken))
}

/// A name for a type.
pub(super) fn type_name(name: &str) -> String {
    let words = words(name);
    let capitalized = words.iter().map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    legal(capitalized.collect(), "Type")
}

/// A name for a variant or a type that none of `taken` has; it is added to them.
pub(super) fn unused_type_name(name: &str, taken: &mut Vec<String>) -> String {
    unused(&type_name(name), taken)
}

fn unused(name: &str, taken: &mut Vec<String>) -> String {
    let mut unused = name.to_owned();
    let mut number = 2;
    while taken.contains(&unused) {
        unused = format!("{}{number}", name.trim_start_matches("r#"));
        number += 1;
    }
    taken.push(unused.clone());
    unused
}

fn legal(name: String, otherwise: &str) -> String {
    match name.as_str() {
        "" => otherwise.to_owned(),
        word if NEVER.contains(&word) => format!("{word}_"),
        word if KEYWORDS.contains(&word) => format!("r#{word}"),
        word if word.starts_with(|first: char| first.is_numeric()) => format!("_{word}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rusts() {
        let function = |name: &str| function_name(name, &mut Vec::new());
        let names = ["countVowels", "count-vowels", "HTTPServer", "type", "self", "3d", "$", "aB2C"].map(function);
        assert_eq!(names, ["count_vowels", "count_vowels", "http_server", "r#type", "self_", "_3d", "value", "a_b2_c"]);
        assert_eq!(
            ["vowel_report", "HTTPServer", "Self", "Page<Cart>"].map(type_name),
            ["VowelReport", "HTTPServer", "Self_", "PageCart"]
        );
        let mut taken = Vec::new();
        assert_eq!([function_name("aB", &mut taken), function_name("a_b", &mut taken)], ["a_b", "a_b2"]);
    }
}
