//! Shows names that the author of a plug-in has chosen.

use std::fmt::{self, Write as _};

/// The most characters of a name that are shown.
const MAX_NAME: usize = 100;

/// A name in one line of limited length.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a>(&'a str);

/// Shows a name: characters that a terminal would not show but act on are escaped.
pub(crate) fn name(name: &str) -> Name<'_> {
    Name(name)
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, char) in self.0.chars().enumerate() {
            if index == MAX_NAME {
                return write!(f, "... ({} bytes)", self.0.len());
            }
            if is_unsafe(char) { write!(f, "{}", char.escape_unicode())? } else { f.write_char(char)? }
        }
        Ok(())
    }
}

/// Whether a character could move the cursor or change the direction in which text is read.
pub(crate) fn is_unsafe(char: char) -> bool {
    let directions =
        matches!(char, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    char.is_control() || directions || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Names in a list: "`a`, `b` or `c`", and how many more there are.
pub(crate) fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const MOST: usize = 6;

    let names: Vec<&str> = names.into_iter().collect();
    let mut shown: Vec<String> = names.iter().take(MOST).map(|one| format!("`{}`", name(one))).collect();
    if names.len() > MOST {
        shown.push(format!("{} more", names.len() - MOST));
    }
    match shown.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A text whose line breaks stay and whose other unsafe characters are escaped, for documents.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| {
        let mut shown = String::with_capacity(line.len());
        for char in line.chars() {
            if char == '\t' || !is_unsafe(char) { shown.push(char) } else { shown.extend(char.escape_unicode()) }
        }
        shown
    })
}

/// Documentation without the space that Rust has at the start of each line.
pub(crate) fn docs(docs: &str) -> String {
    let lines = docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_and_not_long() {
        assert_eq!(name("a\n\u{1b}[31m\u{202e}b").to_string(), "a\\u{a}\\u{1b}[31m\\u{202e}b");
        assert!(name(&"x".repeat(10_000)).to_string().ends_with("x... (10000 bytes)"));
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(["a", "b", "c", "d", "e", "f", "g", "h"]), "`a`, `b`, `c`, `d`, `e`, `f` and 2 more");
    }
}
