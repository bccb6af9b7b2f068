//! YAML, as far as XTP documents are written in it.

use std::fmt::Write as _;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use serde_json::{Map, Number, Value};

/// How deeply values may be nested.
const DEPTH: usize = 100;

/// Reads a document as JSON. Anchors and aliases are refused: a short document could become a huge one by them.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader { events: Parser::new_from_str(text), depth: 0 };
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(_), _) => {}
            (Event::StreamEnd, _) => return Err("there is no document in it".to_owned()),
            (event, span) => {
                let value = reader.value(event, span)?;
                return match reader.rest()? {
                    true => Ok(value),
                    false => Err("there is more than one document in it".to_owned()),
                };
            }
        }
    }
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), String> {
        match self.events.next_event() {
            Some(event) => event.map_err(|error| error.to_string()),
            None => Err("the document ends too early".to_owned()),
        }
    }

    /// Whether nothing follows.
    fn rest(&mut self) -> Result<bool, String> {
        loop {
            match self.next()?.0 {
                Event::DocumentEnd => {}
                other => return Ok(matches!(other, Event::StreamEnd)),
            }
        }
    }

    fn value(&mut self, event: Event<'t>, span: Span) -> Result<Value, String> {
        let line = span.start.line();
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("line {line}: the document is nested more than {DEPTH} levels deep"));
        }
        let value = match event {
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                return Err(format!("line {line}: anchors are not supported: write the value out"));
            }
            Event::Alias(_) => return Err(format!("line {line}: aliases are not supported: write the value out")),
            Event::Scalar(text, style, _, _) => scalar(&text, style),
            Event::SequenceStart(..) => self.list()?,
            Event::MappingStart(..) => self.map()?,
            other => return Err(format!("line {line}: unexpected {other:?}")),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn list(&mut self) -> Result<Value, String> {
        let mut list = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(list.into()),
                (event, span) => list.push(self.value(event, span)?),
            }
        }
    }

    fn map(&mut self) -> Result<Value, String> {
        let mut map = Map::new();
        loop {
            let (event, span) = self.next()?;
            let line = span.start.line();
            let key = match event {
                Event::MappingEnd => return Ok(map.into()),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(format!("line {line}: expected a name")),
            };
            let (event, span) = self.next()?;
            let value = self.value(event, span)?;
            if map.insert(key.clone(), value).is_some() {
                return Err(format!("line {line}: duplicate key `{}`", crate::text::name(&key)));
            }
        }
    }
}

/// A scalar by YAML's core schema.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => {
            let starts = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'));
            let number = starts.then(|| text.trim_start_matches('+').parse::<Number>().ok()).flatten();
            number.map_or_else(|| text.into(), Value::Number)
        }
    }
}

/// Writes a document. All texts that are not plain words are quoted as in JSON, which YAML understands.
pub(super) fn write(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let _ = write!(out, "{:indent$}{}:", "", word(key));
                nested(value, indent, out);
            }
        }
        Value::Array(list) => {
            for value in list {
                let _ = write!(out, "{:indent$}-", "");
                nested(value, indent, out);
            }
        }
        other => {
            let _ = writeln!(out, "{:indent$}{}", "", inline(other));
        }
    }
}

/// What follows a key or a dash.
fn nested(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            block(value, indent + 2, out);
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('\n');
            block(value, indent + 2, out);
        }
        other => {
            let _ = writeln!(out, " {}", inline(other));
        }
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => word(text),
        other => other.to_string(),
    }
}

/// A text as it is where YAML takes it for a text, else in quotes.
fn word(text: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "_/-".contains(char);
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(plain)
        && scalar(text, ScalarStyle::Plain).is_string()
        // Older readers take more words for booleans.
        && !["yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let value = json!({
            "version": "v1-draft", "empty": {}, "none": [], "list": ["a", "yes", "1", "a: b", "#", "- x", "", "é\n\u{7f}"],
            "deep": { "$ref": "#/x", "number": 1.5, "large": u64::MAX, "yes": true, "nothing": null, "list": [[1], { "a": 2 }] },
        });
        assert_eq!(read(&write(&value)).unwrap(), value);
    }

    #[test]
    fn documents_of_others_are_read() {
        let text = "# comment\n---\nversion: v1-draft\ntexts:\n  folded: >-\n    a\n    b\n  kept: |\n    a\n    b\n  quoted: \"x\"\nlist: [a, 'b', 3]\n";
        let value = json!({
            "version": "v1-draft", "texts": { "folded": "a b", "kept": "a\nb\n", "quoted": "x" }, "list": ["a", "b", 3],
        });
        assert_eq!(read(text).unwrap(), value);
    }

    #[test]
    fn what_would_become_large_or_ambiguous_is_refused() {
        assert!(read("a: &x 1\nb: *x\n").unwrap_err().contains("anchors are not supported"));
        assert!(read("a: 1\na: 2\n").unwrap_err().contains("duplicate key `a`"));
        assert!(read(&"- ".repeat(300)).unwrap_err().contains("nested more than"));
        assert!(read(&"[".repeat(100_000)).is_err());
        assert!(read("").is_err());
        assert!(read("a: [").is_err());
        assert!(read("---\na: 1\n---\nb: 2\n").unwrap_err().contains("more than one document"));
    }
}
