//! What plug-ins say, as messages show it.
//!
//! A plug-in chooses the names of its exports and imports, its functions' names and the texts of its errors. People
//! read them in terminals and logs, so that what moves a cursor, or changes the order of what is read, is escaped,
//! and what is endless is cut.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

/// The most characters of a name that are shown. Names in modules have up to 100,000 bytes.
const MAX_NAME: usize = 300;

/// The most bytes of a text that are taken out of a plug-in's memory to be shown.
const MAX_TEXT: usize = 1 << 20;

/// A name: one line of limited length.
pub(crate) struct Name<'a>(&'a str);

/// A name that a plug-in may have chosen.
pub(crate) fn name(name: &str) -> Name<'_> {
    Name(name)
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = self.0.char_indices().nth(MAX_NAME).map(|(end, _)| end);
        Escaped { to: f, lines: false }.write_str(&self.0[..cut.unwrap_or(self.0.len())])?;
        match cut {
            Some(_) => write!(f, "... ({} bytes)", self.0.len()),
            None => Ok(()),
        }
    }
}

/// A text, which may have several lines.
pub(crate) struct Text<T>(T);

/// A text that a plug-in may have a part in.
pub(crate) fn text<T: fmt::Display>(text: T) -> Text<T> {
    Text(text)
}

impl<T: fmt::Display> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaped { to: f, lines: true }, "{}", self.0)
    }
}

/// The text that a plug-in's bytes are; what is no UTF-8 is replaced, and what is too long is cut.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match bytes.split_at_checked(MAX_TEXT) {
        None | Some((_, [])) => String::from_utf8_lossy(bytes),
        Some((start, rest)) => {
            let mut text = String::from_utf8_lossy(start).into_owned();
            // Writing to a string does not fail.
            let _ = write!(text, "... ({} more bytes)", rest.len());
            text.into()
        }
    }
}

/// Escapes what is no letter, sign or blank.
struct Escaped<'a, 'f> {
    to: &'a mut fmt::Formatter<'f>,
    /// Whether line feeds and tabs stay.
    lines: bool,
}

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let stays = |char: char| (self.lines && matches!(char, '\n' | '\t')) || !is_unsafe(char);
        let mut rest = text;
        while let Some(at) = rest.find(|char| !stays(char)) {
            let (before, from) = rest.split_at(at);
            self.to.write_str(before)?;
            let mut chars = from.chars();
            if let Some(char) = chars.next() {
                write!(self.to, "{}", char.escape_default())?;
            }
            rest = chars.as_str();
        }
        self.to.write_str(rest)
    }
}

/// Whether a terminal, instead of showing the character, does something else.
pub(crate) fn is_unsafe(char: char) -> bool {
    char.is_control() || reorders(char)
}

/// Whether the character changes the direction of those that follow (Unicode Standard Annex 9).
fn reorders(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_is_escaped() {
        let nasty = "a\x1b[31m\u{9b}1m\rb\u{202e}c\u{7f}\0";
        assert_eq!(name(nasty).to_string(), r"a\u{1b}[31m\u{9b}1m\rb\u{202e}c\u{7f}\u{0}");
        assert_eq!(name("line\nline\t").to_string(), r"line\nline\t");
        assert_eq!(text("line\nline\t\x1b").to_string(), "line\nline\t\\u{1b}");
        assert_eq!(name("häuser 家 🏠 'quoted' \\").to_string(), "häuser 家 🏠 'quoted' \\");
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(name(&"ä".repeat(300)).to_string(), "ä".repeat(300));
        assert_eq!(name(&"ä".repeat(301)).to_string(), format!("{}... (602 bytes)", "ä".repeat(300)));
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(lossy(b"ab\xff"), "ab\u{fffd}");
        assert_eq!(lossy(&vec![b'x'; MAX_TEXT]).len(), MAX_TEXT);
        let cut = lossy(&vec![b'x'; MAX_TEXT + 5]).into_owned();
        assert_eq!(cut.split_at(MAX_TEXT).1, "... (5 more bytes)");
    }
}
