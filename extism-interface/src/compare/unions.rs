//! Values that have several forms: enums, options.

use serde_json::Value;

use super::{problem::Problem, values::Comparison};
use crate::{
    schema::{Alternative, Alternatives, Kinds},
    text,
};

impl<'a> Comparison<'a> {
    /// Each form of what is written has to be understood in one of the reader's.
    pub(super) fn union(&mut self, reader: &Alternatives<'a>, writer: &Alternatives<'a>, place: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut refused = Vec::new();
        for form in writer.all.iter().filter(|form| !form.unknown) {
            match &form.values {
                Some(values) => {
                    let unknown = values.iter().filter(|value| !knows(reader, value));
                    refused.extend(unknown.map(|value| label(value)));
                }
                None if form.kinds == Kinds::ALL => problems.extend(self.anything(reader, place)),
                None => {
                    for kind in form.kinds.each() {
                        problems.extend(self.kind(reader, writer, form, kind, place, &mut refused));
                    }
                }
            }
        }
        if !refused.is_empty() {
            problems.extend(self.refused(reader, &refused, place));
        }
        problems
    }

    /// Compares what may be any JSON.
    fn anything(&self, reader: &Alternatives<'a>, place: &str) -> Vec<Problem> {
        if reader.all.iter().any(|form| form.unknown || (form.kinds == Kinds::ALL && form.values.is_none())) {
            return Vec::new();
        }
        let expected = expected(reader);
        Problem::new(place, format!("{} sends any JSON, {} reads {expected}", self.writer, self.reader))
    }

    /// Compares a form of what is written, as far as it is of one kind.
    fn kind(
        &mut self,
        reader: &Alternatives<'a>,
        writer: &Alternatives<'a>,
        form: &Alternative<'a>,
        kind: Kinds,
        place: &str,
        refused: &mut Vec<String>,
    ) -> Vec<Problem> {
        let forms: Vec<_> = reader.all.iter().filter(|read| read.unknown || read.kinds.has(kind)).collect();
        let several = writer.all.len() > 1;
        if forms.is_empty() {
            if let (true, Some(name)) = (several, variant(form)) {
                refused.push(name.to_owned());
                return Vec::new();
            }
            return self.other_kind(reader, form, kind, place);
        }
        // Where the reader has only certain texts.
        if forms.iter().all(|read| read.values.is_some() && !read.unknown) {
            let known: Vec<_> = forms.iter().flat_map(|read| read.values.iter().flatten().copied()).collect();
            if kind == Kinds::BOOLEAN && known.len() > 1 {
                return Vec::new();
            }
            let names = known.iter().map(|value| label(value)).collect::<Vec<_>>();
            let what = words(form, kind);
            let known = text::list(names.iter().map(String::as_str));
            let message = format!("{} sends {what}, {} knows only {known}", self.writer, self.reader);
            return Problem::new(place, message);
        }
        let tags = form.tags();
        let tagged: Vec<_> = forms.iter().filter(|read| is_same_variant(&tags, &read.tags())).copied().collect();
        let is_enum = several || reader.all.len() > 1;
        let others = is_enum && forms.iter().all(|read| is_other_variant(&tags, &read.tags()));
        if let ([], true, Some(name)) = (tagged.as_slice(), others, variant(form)) {
            refused.push(name.to_owned());
            return Vec::new();
        }
        let forms = if tagged.is_empty() { forms } else { tagged };
        let mut best: Option<Vec<Problem>> = None;
        for read in forms {
            let problems = self.form(read, form, kind, place);
            if problems.is_empty() {
                return problems;
            }
            if best.as_ref().is_none_or(|best| problems.len() < best.len()) {
                best = Some(problems);
            }
        }
        best.unwrap_or_default()
    }

    /// The reader has no form of this kind.
    fn other_kind(&self, reader: &Alternatives<'a>, form: &Alternative<'a>, kind: Kinds, place: &str) -> Vec<Problem> {
        let (writes, reads) = (self.writer, self.reader);
        if kind == Kinds::NULL {
            return Problem::new(place, format!("{writes} may send null, {reads} requires a value"));
        }
        let expected = expected(reader);
        Problem::new(place, format!("{writes} sends {}, {reads} reads {expected}", words(form, kind)))
    }

    /// The reader does not have these variants.
    fn refused(&self, reader: &Alternatives<'a>, names: &[String], place: &str) -> Vec<Problem> {
        let name = reader.name.map_or_else(|| "type".to_owned(), |name| format!("`{}`", text::name(name)));
        let (variants, them) = if names.len() == 1 { ("variant", "it") } else { ("variants", "them") };
        let list = text::list(names.iter().map(String::as_str)).replace(" and ", " or ");
        let message = format!("{}'s {name} has no {variants} {list}, and {} may send {them}", self.reader, self.writer);
        Problem::new(place, message)
    }
}

/// What the reader reads.
fn expected(reader: &Alternatives<'_>) -> String {
    let mut expected: Vec<String> = Vec::new();
    for read in &reader.all {
        for kind in read.kinds.each().filter(|kind| *kind != Kinds::NULL) {
            let words = words(read, kind);
            let is_number = kind == Kinds::FRACTION;
            if is_number {
                expected.retain(|other| !other.contains("integer"));
            }
            if !expected.contains(&words) {
                expected.push(words);
            }
        }
    }
    if expected.is_empty() { "nothing".to_owned() } else { expected.join(" or ") }
}

/// Whether the reader knows a value.
fn knows(reader: &Alternatives<'_>, value: &Value) -> bool {
    reader.all.iter().any(|form| {
        let is_kind = form.kinds.has(Kinds::of(value));
        form.unknown
            || match &form.values {
                Some(values) => values.contains(&value),
                // Text of a certain format is no name of a variant.
                None => is_kind && !(value.is_string() && form.format.is_some()),
            }
    })
}

/// A value as it is shown in a list of names.
fn label(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The name of the variant that a form is of.
fn variant<'a>(form: &Alternative<'a>) -> Option<&'a str> {
    form.tags().first().map(|(field, value)| value.unwrap_or(field))
}

fn is_same_variant(one: &[(&str, Option<&str>)], other: &[(&str, Option<&str>)]) -> bool {
    one.iter().any(|tag| other.contains(tag))
}

/// Whether two forms are different variants: the only field of each has another name, or the same field another value.
fn is_other_variant(one: &[(&str, Option<&str>)], other: &[(&str, Option<&str>)]) -> bool {
    let differ = |(name, value): &(&str, Option<&str>)| {
        other.iter().any(|(other, expected)| match (value, expected) {
            (None, None) => name != other,
            (Some(_), Some(_)) => name == other && value != expected,
            _ => false,
        })
    };
    one.iter().any(differ)
}

/// What a form is, as far as it is of one kind.
pub(super) fn words(form: &Alternative<'_>, kind: Kinds) -> String {
    let named =
        |otherwise: &str| form.name.map_or_else(|| otherwise.to_owned(), |name| format!("`{}`", text::name(name)));
    match kind {
        Kinds::NULL => "null".to_owned(),
        Kinds::BOOLEAN => "true or false".to_owned(),
        Kinds::INTEGER => "an integer".to_owned(),
        Kinds::FRACTION => "a number with a fraction".to_owned(),
        Kinds::STRING => match form.format {
            Some(format) => format!("text (a `{}`)", text::name(format)),
            None => "text".to_owned(),
        },
        Kinds::ARRAY => "a list".to_owned(),
        _ => named("an object"),
    }
}
