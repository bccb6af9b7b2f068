//! Escapes guest-controlled text for display.
//!
//! A plug-in chooses the names of its exports and imports, its functions' names and the texts of its errors. People
//! read them in terminals and logs, so characters that move a cursor or change the reading order are escaped, and long
//! texts are cut.

use std::{
    borrow::Cow,
    error::Error,
    fmt::{self, Write as _},
};

/// The type of errors' causes; the same as `BoxError`, which belongs to a higher layer than this file.
type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// The maximum number of characters of a name that are shown. Names in modules have up to 100,000 bytes.
const MAX_NAME: usize = 300;

/// The maximum number of bytes of a text that an error keeps or a message shows.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// A name, shown as one line of limited length.
pub(crate) struct Name<'a>(&'a str);

/// Shows a name that a plug-in may have chosen.
pub(crate) fn name(name: &str) -> Name<'_> {
    Name(name)
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = self.0.char_indices().nth(MAX_NAME).map(|(end, _)| end);
        Escaped { to: f, kept: &[] }.write_str(&self.0[..cut.unwrap_or(self.0.len())])?;
        match cut {
            Some(_) => write!(f, "... ({} bytes)", self.0.len()),
            None => Ok(()),
        }
    }
}

/// A text, shown as one line.
#[derive(Debug)]
pub struct Line<'a>(&'a str);

/// Shows a text that a plug-in may have influenced, on one line of any length; tabs are kept.
#[must_use]
pub fn line(text: &str) -> Line<'_> {
    Line(text)
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped { to: f, kept: &['\t'] }.write_str(self.0)
    }
}

/// A text, which may have several lines.
pub(crate) struct Text<T>(T);

/// Shows a text that a plug-in may have influenced.
pub(crate) fn text<T: fmt::Display>(text: T) -> Text<T> {
    Text(text)
}

impl<T: fmt::Display> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        limited(f, |limited| write!(Escaped { to: limited, kept: &['\n', '\t'] }, "{}", self.0))
    }
}

/// Writes what `write` writes, up to [`MAX_TEXT`] bytes.
pub(crate) fn limited(f: &mut fmt::Formatter<'_>, write: impl FnOnce(&mut Limited<'_>) -> fmt::Result) -> fmt::Result {
    let mut limited = Limited { to: f, left: MAX_TEXT, cut: false };
    match write(&mut limited) {
        Err(_) if limited.cut => f.write_str("... (cut)"),
        result => result,
    }
}

/// Returns a value's text, up to `max` bytes.
pub(crate) fn start(value: impl fmt::Display, max: usize) -> String {
    let mut text = String::new();
    let mut limited = Limited { to: &mut text, left: max, cut: false };
    // An error of the value itself ends its text as well.
    if write!(limited, "{value}").is_err() {
        text.push_str("... (cut)");
    }
    text
}

/// Returns a text, cut if it is longer than [`MAX_TEXT`].
pub(crate) fn cut(text: String) -> String {
    if text.len() <= MAX_TEXT { text } else { start(text, MAX_TEXT) }
}

/// Returns the text that was passed to `panic!`; truncated if very long.
pub(crate) fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    cut(text.unwrap_or_else(|| "a value that is not text".to_owned()))
}

/// Returns the error, or the start of its text if that is longer than [`MAX_TEXT`]: parsers quote input that
/// they cannot read, which may be all of a plug-in's memory.
pub(crate) fn cut_error(error: BoxError) -> BoxError {
    let mut counted = Limited { to: &mut Nowhere, left: MAX_TEXT, cut: false };
    let _ = write!(counted, "{error}");
    if counted.cut { start(error, MAX_TEXT).into() } else { error }
}

/// A writer that accepts a limited number of bytes; more is an error, so that the writing code stops.
pub(crate) struct Limited<'a> {
    to: &'a mut dyn fmt::Write,
    left: usize,
    cut: bool,
}

impl fmt::Write for Limited<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() <= self.left {
            self.left -= text.len();
            return self.to.write_str(text);
        }
        self.cut = true;
        let end = text.floor_char_boundary(self.left);
        self.left = 0;
        self.to.write_str(&text[..end])?;
        Err(fmt::Error)
    }
}

/// Accepts everything and keeps nothing.
struct Nowhere;

impl fmt::Write for Nowhere {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

/// Returns a URL without the parts that may be secret: user name and password, query and fragment. Text that is not a
/// valid URL is also cut at the last `@`, as anything before it may be secret.
pub(crate) fn url(url: &str) -> String {
    let start = url.find(':').map_or(0, |colon| colon + 1);
    let start = start + url[start..].len() - url[start..].trim_start_matches(['/', '\\']).len();
    let (scheme, rest) = url.split_at(start);
    let authority = if is_url(url) { rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()) } else { rest.len() };
    let (authority, path) = rest.split_at(authority);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let open = |text: &str| text.find(['?', '#']).unwrap_or(text.len());
    let (host_end, path_end) = (open(host), open(path));
    let hidden = if host_end < host.len() || path_end < path.len() { "?.." } else { "" };
    format!("{scheme}{}{}{hidden}", &host[..host_end], &path[..path_end])
}

#[cfg(feature = "http")]
fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok()
}

#[cfg(not(feature = "http"))]
fn is_url(_: &str) -> bool {
    false
}

/// Returns a JSON or TOML parser's message about a value of a wrong type, without the value, which may be
/// secret: serde's messages are `invalid type: integer `123`, expected a string`. Numbers are kept where a
/// number of another kind or range is expected.
pub(crate) fn without_values(message: &str) -> Cow<'_, str> {
    for start in ["invalid type: ", "invalid value: "] {
        let Some(found) = message.strip_prefix(start) else { continue };
        let Some((value, expected)) = found.rsplit_once(", expected ") else { continue };
        let number = ["u32", "u64"].contains(&expected) || expected.starts_with("a byte");
        if number && (value.starts_with("integer") || value.starts_with("floating")) {
            break;
        }
        let kind = value.find(['`', '"']).map_or(value, |quote| value[..quote].trim_end());
        return format!("{start}{kind}, expected {expected}").into();
    }
    message.into()
}

/// Returns a plug-in's bytes as text; invalid UTF-8 is replaced, and long text is cut.
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

/// Escapes [unsafe](is_unsafe) characters.
struct Escaped<'a, W> {
    to: &'a mut W,
    /// Unsafe characters that are kept nevertheless.
    kept: &'static [char],
}

impl<W: fmt::Write> fmt::Write for Escaped<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let stays = |char: char| self.kept.contains(&char) || !is_unsafe(char);
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

/// Returns whether a terminal would act on the character instead of showing it.
#[must_use]
pub fn is_unsafe(char: char) -> bool {
    char.is_control() || reorders(char)
}

/// Returns whether the character changes the direction of those that follow (Unicode Standard Annex 9).
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
        assert_eq!(line("line\nline\t\x1b\u{2066}").to_string(), "line\\nline\t\\u{1b}\\u{2066}");
        assert_eq!(name("häuser 家 🏠 'quoted' \\").to_string(), "häuser 家 🏠 'quoted' \\");
    }

    #[test]
    fn urls_are_shown_without_secrets() {
        let shown = [
            ("https://user:pass@host/path?sig=s#f", "https://host/path?.."),
            ("https://host:8080/a/b@1.0/c.wasm", "https://host:8080/a/b@1.0/c.wasm"),
            ("http://host?sig=s", "http://host?.."),
            ("http://host#s", "http://host?.."),
            ("HTTP://user@HOST/p", "HTTP://HOST/p"),
            ("http:///user:pass@host/p", "http:///host/p"),
            ("http:user:pass@host/p", "http:host/p"),
            ("http:\\\\user:pass@host\\p", "http:\\\\host\\p"),
            ("http://host/?mail=a@b", "http://host/?.."),
        ];
        for (text, expected) in shown {
            assert_eq!(url(text), expected, "{text}");
        }
        // Not URLs: the slash, `?` or `#` in the password ends the host.
        for text in ["https://user:pa/ss@host/p", "https://user:pa?ss@host/p", "https://user:pa#ss@host/p?s"] {
            let shown = url(text);
            assert!(!shown.contains("ss") && shown.starts_with("https://host/p"), "{text}: {shown}");
        }
        assert_eq!(url("no url"), "no url");
        assert_eq!(url("häuser@ü?ö"), "ü?..");
    }

    #[test]
    fn values_of_a_wrong_type_are_not_shown() {
        #[derive(Debug, serde::Deserialize)]
        struct Text {
            #[expect(dead_code, reason = "read only")]
            text: String,
        }
        for value in ["12345678", "-12345678", "1234.5678", "true", "[\"secret\"]"] {
            for message in [
                serde_json::from_str::<Text>(&format!("{{\"text\":{value}}}")).unwrap_err().to_string(),
                toml::from_str::<Text>(&format!("text = {value}")).unwrap_err().message().to_owned(),
            ] {
                let shown = without_values(&message);
                assert!(shown.starts_with("invalid type: ") && shown.contains(", expected a string"), "{shown}");
                assert!(!shown.contains(value) && !shown.contains("12345678"), "{shown}");
            }
        }
        let message = serde_json::from_str::<u8>("\"se\\\"cret, expected `x`\"").unwrap_err().to_string();
        assert_eq!(without_values(&message), "invalid type: string, expected u8 at line 1 column 24");
        assert_eq!(without_values("missing field `a`"), "missing field `a`");
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

    #[test]
    fn what_is_shown_of_a_text_is_cut_after_it_is_escaped() {
        assert_eq!(text("x".repeat(MAX_TEXT)).to_string().len(), MAX_TEXT);
        let escaped = text("\x01".repeat(MAX_TEXT)).to_string();
        assert!(escaped.ends_with("... (cut)") && escaped.len() <= MAX_TEXT + 9, "{}", escaped.len());
        let between = text(format!("{}ä", "x".repeat(MAX_TEXT - 1))).to_string();
        assert_eq!(between.split_at(MAX_TEXT - 1).1, "... (cut)");
    }

    #[test]
    fn errors_are_cut_only_where_they_are_too_long() {
        let io = cut_error(Box::new(std::io::Error::other("no")));
        assert!(io.is::<std::io::Error>());
        assert_eq!(cut_error("x".repeat(12 << 20).into()).to_string().len(), MAX_TEXT + 9);
        assert_eq!(start("äöü", 3), "ä... (cut)");
    }
}
