//! Styles and escapes text for a terminal.

use std::{
    env,
    io::{self, IsTerminal as _},
};

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    colour: bool,
}

impl Style {
    /// Uses colours on a terminal that supports them, unless `NO_COLOR` is set (<https://no-color.org>).
    pub(crate) fn of_stderr() -> Self {
        Self { colour: io::stderr().is_terminal() && wanted() }
    }

    /// Uses colours on standard output, as [`of_stderr`](Self::of_stderr) does for standard error.
    pub(crate) fn of_stdout() -> Self {
        Self { colour: io::stdout().is_terminal() && wanted() }
    }

    /// Styles the prefix of an error.
    pub(crate) fn error(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// Styles a heading.
    pub(crate) fn heading(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Styles less important text.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn wanted() -> bool {
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !no_color && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Escapes characters on which a terminal would act instead of showing them, except tabs: control characters,
/// and characters that change the direction in which text is read.
pub(crate) fn printable(text: &str) -> String {
    extism_runtime::__private::line(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(printable("a\x1b[31m\tb\u{9b}\n"), "a\\u{1b}[31m\tb\\u{9b}\\n");
        assert_eq!(printable("evil\u{202e}gpj.exe\u{2066}"), "evil\\u{202e}gpj.exe\\u{2066}");
    }

    #[test]
    fn text_stays_plain_without_colours() {
        let style = Style { colour: false };
        assert_eq!(style.error("error:"), "error:");
        assert_eq!(Style { colour: true }.error("error:"), "\x1b[1;31merror:\x1b[0m");
    }
}
