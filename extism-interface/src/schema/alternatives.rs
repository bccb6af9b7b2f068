//! A schema as a list of alternatives, each of which says all of its conditions itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Types;
use crate::method::UNKNOWN;

/// Kinds of JSON values, as a set. A number without a fraction is an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const FRACTION: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(127);

    /// The single kinds of this set.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        (0..7).map(|bit| Self(1 << bit)).filter(move |kind| self.has(*kind))
    }

    pub(crate) fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.is_f64() => Self::FRACTION,
            Value::Number(_) => Self::INTEGER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    /// The kinds that a `type` means; unknown names mean none.
    fn named(ty: &Value) -> Self {
        match ty {
            Value::String(name) => match name.as_str() {
                "null" => Self::NULL,
                "boolean" => Self::BOOLEAN,
                "integer" => Self::INTEGER,
                "number" => Self::INTEGER.or(Self::FRACTION),
                "string" => Self::STRING,
                "array" => Self::ARRAY,
                "object" => Self::OBJECT,
                _ => Self::NONE,
            },
            Value::Array(names) => names.iter().map(Self::named).fold(Self::NONE, Self::or),
            _ => Self::ALL,
        }
    }
}

/// Which fields an object may have beside those that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Additional<'a> {
    /// Nothing is said: a reader ignores others, and a writer writes none.
    #[default]
    Unsaid,
    /// None.
    Forbidden,
    /// Any number of them, whose values have this schema.
    Values(&'a Value),
}

/// One of the forms that a value may have. What is `None` or empty is not restricted.
#[derive(Clone, Debug)]
pub(crate) struct Alternative<'a> {
    /// The name of the type.
    pub(crate) name: Option<&'a str>,
    pub(crate) kinds: Kinds,
    /// Whether it stands for something that is not described.
    pub(crate) unknown: bool,
    /// The only values.
    pub(crate) values: Option<Vec<&'a Value>>,
    pub(crate) format: Option<&'a str>,
    pub(crate) minimum: Option<&'a Value>,
    pub(crate) maximum: Option<&'a Value>,
    pub(crate) max_length: Option<u64>,
    pub(crate) fields: BTreeMap<&'a str, &'a Value>,
    /// The fields that are always there, in the order in which they are listed.
    pub(crate) required: Vec<&'a str>,
    pub(crate) additional: Additional<'a>,
    /// The pattern of the keys of a map, and the schema of its values.
    pub(crate) pattern: Option<(&'a str, &'a Value)>,
    pub(crate) items: Option<&'a Value>,
    /// The elements of a tuple.
    pub(crate) prefix: &'a [Value],
    pub(crate) min_items: Option<u64>,
    pub(crate) max_items: Option<u64>,
}

impl Default for Alternative<'_> {
    fn default() -> Self {
        Self {
            name: None,
            kinds: Kinds::ALL,
            unknown: false,
            values: None,
            format: None,
            minimum: None,
            maximum: None,
            max_length: None,
            fields: BTreeMap::new(),
            required: Vec::new(),
            additional: Additional::Unsaid,
            pattern: None,
            items: None,
            prefix: &[],
            min_items: None,
            max_items: None,
        }
    }
}

/// A schema's alternatives.
#[derive(Clone, Debug)]
pub(crate) struct Alternatives<'a> {
    /// The name of the type.
    pub(crate) name: Option<&'a str>,
    pub(crate) all: Vec<Alternative<'a>>,
    /// Whether some had to be left out, because there are too many or references lead in a circle.
    pub(crate) incomplete: bool,
}

/// The most alternatives of a schema.
const MOST: usize = 2_000;
/// How deeply references and combinations of schemas may be nested before there is a value.
const DEPTH: u32 = 40;

impl<'a> Alternatives<'a> {
    pub(crate) fn of(schema: &'a Value, types: Types<'a>) -> Self {
        let mut reader = Reader { types, incomplete: false, steps: 0 };
        let all = reader.read(schema, 0);
        let name = name(schema, types);
        Self { name, all, incomplete: reader.incomplete }
    }
}

/// The name of the type that a schema is of, also behind an `Option`.
fn name<'a>(schema: &'a Value, types: Types<'a>) -> Option<&'a str> {
    let map = schema.as_object()?;
    if let Some(Value::String(reference)) = map.get("$ref") {
        return types.resolve(reference).map(|(name, _)| name);
    }
    if let Some(Value::String(title)) = map.get("title") {
        return Some(title);
    }
    let of_any = map.get("anyOf").and_then(Value::as_array)?;
    let is_null = |schema: &&Value| schema.get("type").is_some_and(|ty| ty == "null");
    match of_any.iter().filter(|schema| !is_null(schema)).collect::<Vec<_>>().as_slice() {
        [only] => only.get("$ref").and_then(Value::as_str).and_then(|to| types.resolve(to)).map(|(name, _)| name),
        _ => None,
    }
}

struct Reader<'a> {
    types: Types<'a>,
    incomplete: bool,
    steps: usize,
}

impl<'a> Reader<'a> {
    fn read(&mut self, schema: &'a Value, depth: u32) -> Vec<Alternative<'a>> {
        self.steps += 1;
        match schema {
            _ if depth > DEPTH || self.steps > MOST => {
                self.incomplete = true;
                Vec::new()
            }
            Value::Bool(false) => Vec::new(),
            Value::Object(map) => self.object(map, depth),
            // `true`; anything else is no schema and says nothing.
            _ => vec![Alternative::default()],
        }
    }

    fn object(&mut self, map: &'a Map<String, Value>, depth: u32) -> Vec<Alternative<'a>> {
        let mut all = vec![own(map)];
        if let Some(Value::String(reference)) = map.get("$ref") {
            match self.types.resolve(reference) {
                Some((name, schema)) => {
                    let mut of_type = self.read(schema, depth + 1);
                    for alternative in &mut of_type {
                        alternative.name = Some(name);
                    }
                    all = self.both(&all, &of_type);
                }
                // It leads nowhere: nothing is known.
                None => all.iter_mut().for_each(|alternative| alternative.unknown = true),
            }
        }
        for schema in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let more = self.read(schema, depth + 1);
            all = self.both(&all, &more);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(Value::Array(schemas)) = map.get(key) {
                let more: Vec<_> = schemas.iter().flat_map(|schema| self.read(schema, depth + 1)).collect();
                all = self.both(&all, &more);
            }
        }
        all
    }

    /// The alternatives that fulfil one of each.
    fn both(&mut self, left: &[Alternative<'a>], right: &[Alternative<'a>]) -> Vec<Alternative<'a>> {
        let mut all = Vec::new();
        for (left, right) in left.iter().flat_map(|left| right.iter().map(move |right| (left, right))) {
            if all.len() >= MOST {
                self.incomplete = true;
                break;
            }
            all.extend(merge(left, right));
        }
        all
    }
}

/// What a schema says without the schemas in it.
fn own(map: &Map<String, Value>) -> Alternative<'_> {
    let mut own = Alternative::default();
    let number = |key: &str| map.get(key).and_then(Value::as_u64);
    if let Some(ty) = map.get("type") {
        own.kinds = Kinds::named(ty);
    }
    own.unknown = map.get(UNKNOWN).is_some_and(|unknown| *unknown == true);
    own.name = map.get("title").and_then(Value::as_str);
    own.values = match (map.get("const"), map.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    };
    own.format = map.get("format").and_then(Value::as_str);
    own.minimum = map.get("minimum");
    own.maximum = map.get("maximum");
    own.max_length = number("maxLength");
    if let Some(Value::Object(fields)) = map.get("properties") {
        own.fields = fields.iter().map(|(name, schema)| (name.as_str(), schema)).collect();
    }
    if let Some(Value::Array(names)) = map.get("required") {
        own.required = names.iter().filter_map(Value::as_str).collect();
    }
    // Flattened fields are combined with others, so that only the combination knows which are left.
    own.additional = match map.get("additionalProperties").or_else(|| map.get("unevaluatedProperties")) {
        None => Additional::Unsaid,
        Some(Value::Bool(false)) => Additional::Forbidden,
        Some(values) => Additional::Values(values),
    };
    if let Some(Value::Object(patterns)) = map.get("patternProperties") {
        own.pattern = patterns.iter().next().map(|(pattern, schema)| (pattern.as_str(), schema));
    }
    own.items = map.get("items").filter(|items| items.is_object() || items.is_boolean());
    own.prefix = map.get("prefixItems").and_then(Value::as_array).map_or(&[], Vec::as_slice);
    own.min_items = number("minItems");
    own.max_items = number("maxItems");
    own
}

/// The form that fulfils both; `None` if no value can.
fn merge<'a>(left: &Alternative<'a>, right: &Alternative<'a>) -> Option<Alternative<'a>> {
    let kinds = left.kinds.and(right.kinds);
    if kinds == Kinds::NONE {
        return None;
    }
    let values = match (&left.values, &right.values) {
        (Some(left), Some(right)) => Some(left.iter().filter(|value| right.contains(value)).copied().collect()),
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    let mut fields = left.fields.clone();
    fields.extend(&right.fields);
    let mut required = left.required.clone();
    required.extend(right.required.iter().filter(|name| !left.required.contains(name)));
    Some(Alternative {
        name: left.name.or(right.name),
        kinds,
        unknown: left.unknown || right.unknown,
        values,
        format: left.format.or(right.format),
        minimum: left.minimum.or(right.minimum),
        maximum: left.maximum.or(right.maximum),
        max_length: left.max_length.or(right.max_length),
        fields,
        required,
        additional: match (left.additional, right.additional) {
            (Additional::Unsaid, other) | (other, Additional::Unsaid) => other,
            (Additional::Values(values), _) | (_, Additional::Values(values)) => Additional::Values(values),
            (Additional::Forbidden, Additional::Forbidden) => Additional::Forbidden,
        },
        pattern: left.pattern.or(right.pattern),
        items: left.items.or(right.items),
        prefix: if left.prefix.is_empty() { right.prefix } else { left.prefix },
        min_items: left.min_items.or(right.min_items),
        max_items: left.max_items.or(right.max_items),
    })
}

impl<'a> Alternative<'a> {
    /// The name and value that tell this form from others: of a field that has a single value (`tag = ".."`), or the
    /// only field (as enums are written by default).
    pub(crate) fn tags(&self) -> Vec<(&'a str, Option<&'a str>)> {
        let single = |schema: &'a Value| match (schema.get("const"), schema.get("enum")) {
            (Some(Value::String(value)), _) => Some(value.as_str()),
            (_, Some(Value::Array(values))) => match values.as_slice() {
                [Value::String(value)] => Some(value.as_str()),
                _ => None,
            },
            _ => None,
        };
        let constants: Vec<_> =
            self.fields.iter().filter_map(|(name, schema)| Some((*name, Some(single(schema)?)))).collect();
        match (constants.is_empty(), self.required.as_slice()) {
            (true, [only]) if self.fields.len() == 1 && self.additional == Additional::Forbidden => vec![(*only, None)],
            _ => constants,
        }
    }
}
