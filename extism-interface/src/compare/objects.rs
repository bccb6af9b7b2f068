//! Structures and maps.

use serde_json::Value;

use super::{
    problem::{Problem, element, field},
    values::Comparison,
};
use crate::{
    schema::{Additional, Alternative},
    text,
};

impl<'a> Comparison<'a> {
    pub(super) fn object(&mut self, reader: &Alternative<'a>, writer: &Alternative<'a>, place: &str) -> Vec<Problem> {
        let mut problems = self.absent(reader, writer, place);
        problems.extend(self.positions(reader, writer, place));
        for (name, written) in &writer.fields {
            let place = field(place, name);
            problems.extend(match (reader.fields.get(name), others(reader)) {
                (Some(read), _) => self.compare(read, written, &place),
                (None, Others::Ignored) => Vec::new(),
                (None, Others::Values(values)) => self.compare(values, written, &place),
                (None, Others::Refused) => self.unexpected(reader, name, &place),
            });
        }
        problems.extend(self.entries(reader, writer, place));
        problems
    }

    /// Fields that the reader requires and the writer does not always write.
    fn absent(&self, reader: &Alternative<'a>, writer: &Alternative<'a>, place: &str) -> Vec<Problem> {
        let absent = reader.required.iter().filter(|name| !writer.required.contains(name));
        absent
            .flat_map(|name| {
                let of = owner(self.writer, writer);
                let (shown, reads) = (text::name(name), self.reader);
                let message = if writer.fields.contains_key(name) {
                    format!("{of} may leave out the field `{shown}`, which {reads} requires")
                } else {
                    format!("{of} has no field `{shown}`, which {reads} requires")
                };
                Problem::new(place, message)
            })
            .collect()
    }

    fn unexpected(&self, reader: &Alternative<'a>, name: &str, place: &str) -> Vec<Problem> {
        let message = format!(
            "{} refuses the field `{}`, which {} sends",
            owner(self.reader, reader),
            text::name(name),
            self.writer
        );
        let place = place.strip_suffix(name).map_or(place, |place| place.trim_end_matches('.'));
        Problem::new(place, message)
    }

    /// Where fields are told by their positions, both sides need the same ones in the same order.
    fn positions(&self, reader: &Alternative<'a>, writer: &Alternative<'a>, place: &str) -> Vec<Problem> {
        // A form of an enum, or a map.
        let is_struct = |one: &Alternative<'_>| one.additional == Additional::Unsaid && one.pattern.is_none();
        if !self.positional || !is_struct(reader) || !is_struct(writer) {
            return Vec::new();
        }
        let extra: Vec<_> = writer.fields.keys().filter(|name| !reader.fields.contains_key(*name)).copied().collect();
        let lacking: Vec<_> = reader
            .fields
            .keys()
            .filter(|name| !writer.fields.contains_key(*name) && !reader.required.contains(name))
            .copied()
            .collect();
        let common = |one: &Alternative<'a>, other: &Alternative<'a>| -> Vec<&'a str> {
            one.required.iter().filter(|name| other.required.contains(name)).copied().collect()
        };
        let why = "MessagePack tells fields by their positions";
        let of = owner(self.reader, reader);
        let message = match (extra.as_slice(), lacking.as_slice()) {
            ([], []) if common(reader, writer) != common(writer, reader) => {
                format!("{of} has its fields in another order than {}, and {why}", self.writer)
            }
            ([], []) => return Vec::new(),
            ([], lacking) => {
                let names = text::list(lacking.iter().copied());
                format!("{of} has {names}, which {} does not send, and {why}", self.writer)
            }
            (extra, _) => {
                let names = text::list(extra.iter().copied());
                format!("{of} does not have {names}, which {} sends, and {why}", self.writer)
            }
        };
        Problem::new(place, message)
    }

    /// The entries of a map.
    fn entries(&mut self, reader: &Alternative<'a>, writer: &Alternative<'a>, place: &str) -> Vec<Problem> {
        let written = match (writer.additional, writer.pattern) {
            (_, Some((_, values))) | (Additional::Values(values), None) => values,
            (Additional::Forbidden | Additional::Unsaid, None) => return Vec::new(),
        };
        if let Some((pattern, _)) = reader.pattern
            && writer.pattern.is_none_or(|(other, _)| !is_within(other, pattern))
        {
            let message = format!("{} sends a map with other keys than {} reads", self.writer, self.reader);
            return Problem::new(place, message);
        }
        let entry = element(place, None);
        let mut problems = match others(reader) {
            Others::Values(values) => self.compare(values, written, &entry),
            Others::Ignored => Vec::new(),
            Others::Refused => {
                let message = format!("{} refuses fields that {} may send", owner(self.reader, reader), self.writer);
                Problem::new(place, message)
            }
        };
        // Entries may have the names of fields.
        for (name, read) in &reader.fields {
            if !writer.fields.contains_key(name) && writer.pattern.is_none() {
                problems.extend(self.compare(read, written, &field(place, name)));
            }
        }
        problems
    }
}

/// What a reader does with a field that is not listed.
enum Others<'a> {
    Ignored,
    Refused,
    Values(&'a Value),
}

fn others<'a>(reader: &Alternative<'a>) -> Others<'a> {
    match (reader.pattern, reader.additional) {
        (Some((_, values)), _) | (None, Additional::Values(values)) => Others::Values(values),
        (None, Additional::Unsaid) => Others::Ignored,
        // Of the forms of an enum, none has others, and a variant's name is all that is looked at.
        (None, Additional::Forbidden) => Others::Refused,
    }
}

/// Whether all keys of one pattern are keys of the other: numbers with a sign contain those without.
fn is_within(inner: &str, outer: &str) -> bool {
    inner == outer || (outer == r"^-?\d+$" && inner == r"^\d+$")
}

/// "the host's `Cart`".
fn owner(side: &str, form: &Alternative<'_>) -> String {
    match form.name {
        Some(name) => format!("{side}'s `{}`", text::name(name)),
        None => format!("{side}'s object"),
    }
}
