//! Shows texts that come from plug-ins and plans.

use std::fmt::{self, Write};

/// The most bytes of a text that are shown: an error travels through the messages of a cluster.
const MAX_BYTES: usize = 4096;

/// Returns what is displayed, in at most 4 KiB. Characters that a terminal would not show but act on are escaped.
pub(crate) fn bounded(text: impl fmt::Display) -> String {
    let mut bounded = Bounded { text: String::new(), is_cut: false };
    // The only error is that of a text that is too long.
    let _ = write!(bounded, "{text}");
    if bounded.is_cut {
        bounded.text.push_str("...");
    }
    bounded.text
}

struct Bounded {
    text: String,
    is_cut: bool,
}

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            if self.text.len() >= MAX_BYTES {
                self.is_cut = true;
                return Err(fmt::Error);
            }
            if is_unsafe(char) { self.text.extend(char.escape_unicode()) } else { self.text.push(char) }
        }
        Ok(())
    }
}

/// Whether a character could move the cursor or change the direction in which text is read.
fn is_unsafe(char: char) -> bool {
    let directions =
        matches!(char, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_line = matches!(char, '\n' | '\t');
    (char.is_control() && !is_line) || directions || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_its_control_characters_are_escaped() {
        assert_eq!(bounded("a\n\u{1b}[2J\u{202e}b"), "a\n\\u{1b}[2J\\u{202e}b");
        let long = bounded("x".repeat(64 << 20));
        assert_eq!((long.len(), long.ends_with("x...")), (MAX_BYTES + 3, true));
        assert_eq!(bounded("é".repeat(MAX_BYTES)).len(), MAX_BYTES + 3);
    }
}
