//! Values of two types.

use std::collections::HashMap;

use serde_json::Value;

use super::problem::{Problem, element};
use crate::{
    schema::{Alternative, Alternatives, Kinds, Types},
    text,
};

/// The most steps of a comparison: pairs of schemas, and of their forms.
const STEPS: usize = 1_000_000;
/// How deeply compared values may be nested.
const DEPTH: usize = 64;

/// Compares what one side writes with what the other reads.
pub(super) struct Comparison<'a> {
    pub(super) reader: &'static str,
    pub(super) writer: &'static str,
    read_types: Types<'a>,
    written_types: Types<'a>,
    /// Whether fields are told by their positions, as in MessagePack.
    pub(super) positional: bool,
    /// The pairs that were compared or are being compared, and the first problem of those that do not fit. Nothing is known
    /// yet against those that are being compared, so types that contain themselves come to an end.
    seen: HashMap<(usize, usize), Option<String>>,
    /// The pairs found to fit, in order: those found while another pair was assumed to fit are doubtful if it doesn't.
    fitting: Vec<(usize, usize)>,
    steps: usize,
    depth: usize,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(reader: (&'static str, Types<'a>), writer: (&'static str, Types<'a>), positional: bool) -> Self {
        Self {
            reader: reader.0,
            writer: writer.0,
            read_types: reader.1,
            written_types: writer.1,
            positional,
            seen: HashMap::new(),
            fitting: Vec::new(),
            steps: 0,
            depth: 0,
        }
    }

    /// Returns what of the written values the reader does not understand.
    pub(super) fn compare(&mut self, reader: &'a Value, writer: &'a Value, place: &str) -> Vec<Problem> {
        let address = |schema: &'a Value, types: Types<'a>| std::ptr::from_ref(types.target(schema)).addr();
        let pair = (address(reader, self.read_types), address(writer, self.written_types));
        match self.seen.get(&pair) {
            Some(None) => return Vec::new(),
            Some(Some(message)) => return Problem::repeated(place, message),
            None => {}
        }
        self.steps += 1;
        if self.steps > STEPS || self.depth > DEPTH {
            let what = if self.depth > DEPTH { "nested too deeply" } else { "too large" };
            return Problem::new(place, format!("the types are {what} to be compared"));
        }
        let fitting = self.fitting.len();
        self.seen.insert(pair, None);
        self.depth += 1;
        let problems = self.alternatives(reader, writer, place);
        self.depth -= 1;
        if let Some(first) = problems.first() {
            for doubtful in self.fitting.drain(fitting..) {
                self.seen.remove(&doubtful);
            }
            self.seen.insert(pair, Some(first.message.clone()));
        } else {
            self.fitting.push(pair);
        }
        problems
    }

    fn alternatives(&mut self, reader: &'a Value, writer: &'a Value, place: &str) -> Vec<Problem> {
        let (read, written) = (Alternatives::of(reader, self.read_types), Alternatives::of(writer, self.written_types));
        // Each written form may have to be compared with each of the reader's.
        self.steps += read.steps + written.steps + read.all.len() * written.all.len();
        if read.incomplete || written.incomplete {
            return Problem::new(place, "the types are too large to be compared");
        }
        self.union(&read, &written, place)
    }

    /// Compares a form of the written value, as far as it is of one kind, with one of the reader's that has this kind.
    pub(super) fn form(
        &mut self,
        reader: &Alternative<'a>,
        writer: &Alternative<'a>,
        kind: Kinds,
        place: &str,
    ) -> Vec<Problem> {
        if reader.unknown || writer.unknown {
            return Vec::new();
        }
        match kind {
            Kinds::INTEGER => self.integer(reader, writer, place),
            Kinds::STRING => self.string(reader, writer, place),
            Kinds::ARRAY => self.array(reader, writer, place),
            Kinds::OBJECT => self.object(reader, writer, place),
            _ => Vec::new(),
        }
    }

    fn integer(&self, reader: &Alternative<'_>, writer: &Alternative<'_>, place: &str) -> Vec<Problem> {
        // Any integer is also a floating-point number.
        let (Some(written), Some(read)) = (range(writer), range(reader)) else { return Vec::new() };
        if reader.kinds.has(Kinds::FRACTION) || (written.0 >= read.0 && written.1 <= read.1) {
            return Vec::new();
        }
        let (writer_is, reader_is) = (integer_name(writer), integer_name(reader));
        Problem::new(place, format!("{} sends {writer_is}, {} reads {reader_is}", self.writer, self.reader))
    }

    fn string(&self, reader: &Alternative<'_>, writer: &Alternative<'_>, place: &str) -> Vec<Problem> {
        let longer = match (reader.max_length, writer.max_length) {
            (Some(1), writer) => writer != Some(1),
            _ => false,
        };
        if longer && writer.values.is_none() {
            let message = format!("{} sends text, {} reads a single character", self.writer, self.reader);
            return Problem::new(place, message);
        }
        match (reader.format, writer.format) {
            (Some(read), written) if written != Some(read) && writer.values.is_none() => {
                let written = written.map_or_else(|| "any text".to_owned(), |name| format!("a `{}`", text::name(name)));
                let message =
                    format!("{} sends {written}, {} reads a `{}`", self.writer, self.reader, text::name(read));
                Problem::new(place, message)
            }
            _ => Vec::new(),
        }
    }

    fn array(&mut self, reader: &Alternative<'a>, writer: &Alternative<'a>, place: &str) -> Vec<Problem> {
        if let Some(problem) = self.lengths(reader, writer, place) {
            return problem;
        }
        let mut problems = Vec::new();
        for index in 0..reader.prefix.len().max(writer.prefix.len()) {
            let read = reader.prefix.get(index).or(reader.items);
            if let (Some(read), Some(written)) = (read, writer.prefix.get(index).or(writer.items)) {
                problems.extend(self.compare(read, written, &element(place, Some(index))));
            }
        }
        if let (Some(read), Some(written)) = (reader.items, writer.items) {
            problems.extend(self.compare(read, written, &element(place, None)));
        }
        problems
    }

    fn lengths(&self, reader: &Alternative<'a>, writer: &Alternative<'a>, place: &str) -> Option<Vec<Problem>> {
        let fits = reader.min_items.unwrap_or(0) <= writer.min_items.unwrap_or(0)
            && reader.max_items.is_none_or(|most| writer.max_items.is_some_and(|length| length <= most));
        // A number of elements that is not exact comes from a check of the values, which serde does not do.
        let exact = |one: &Alternative<'_>| one.min_items.filter(|least| one.max_items == Some(*least));
        if fits || exact(reader).is_none() {
            return None;
        }
        let count = |one: &Alternative<'_>| match exact(one) {
            Some(1) => "1 element".to_owned(),
            Some(count) => format!("{count} elements"),
            None => "any number of elements".to_owned(),
        };
        let message = format!("{} sends {}, {} reads {}", self.writer, count(writer), self.reader, count(reader));
        Some(Problem::new(place, message))
    }
}

/// The least and the greatest value of an integer; `None` if they are not known.
fn range(one: &Alternative<'_>) -> Option<(i128, i128)> {
    if let Some(values) = &one.values {
        let values: Option<Vec<i128>> = values.iter().map(|value| integer(value)).collect();
        let values = values?;
        return Some((*values.iter().min()?, *values.iter().max()?));
    }
    let of_format = match one.format {
        Some("uint8") => Some((0, 0xff)),
        Some("uint16") => Some((0, 0xffff)),
        Some("uint32") => Some((0, 0xffff_ffff)),
        Some("uint64" | "uint") => Some((0, u64::MAX.into())),
        Some("uint128") => Some((0, i128::MAX)),
        Some("int8") => Some((i8::MIN.into(), i8::MAX.into())),
        Some("int16") => Some((i16::MIN.into(), i16::MAX.into())),
        Some("int32") => Some((i32::MIN.into(), i32::MAX.into())),
        Some("int64" | "int") => Some((i64::MIN.into(), i64::MAX.into())),
        Some("int128") => Some((i128::MIN, i128::MAX)),
        _ => None,
    };
    match of_format {
        // That zero is missing is part of the type.
        Some((0, most)) if one.minimum.and_then(integer) == Some(1) => Some((1, most)),
        Some(range) => Some(range),
        None => Some((integer(one.minimum?)?, integer(one.maximum?)?)),
    }
}

fn integer(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

/// An integer as Rust calls it.
fn integer_name(one: &Alternative<'_>) -> String {
    let positive = range(one).is_some_and(|(least, _)| least == 1);
    match one.format {
        Some("uint") => "`usize`".to_owned(),
        Some("int") => "`isize`".to_owned(),
        Some(format) if positive => format!("a `{}` that is not 0", format.replace("uint", "u").replace("int", "i")),
        Some(format) if format.starts_with("uint") => format!("`{}`", format.replace("uint", "u")),
        Some(format) if format.starts_with("int") => format!("`{}`", format.replace("int", "i")),
        _ => match range(one) {
            Some((least, most)) => format!("an integer from {least} to {most}"),
            None => "an integer".to_owned(),
        },
    }
}
