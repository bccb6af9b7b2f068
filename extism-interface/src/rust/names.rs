//! Names of other languages as Rust's.

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
        if !letter.is_alphanumeric() {
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
    unused(legal(words.join("_"), "value"), taken)
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
    unused(type_name(name), taken)
}

fn unused(name: String, taken: &mut Vec<String>) -> String {
    let mut unused = name.clone();
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
