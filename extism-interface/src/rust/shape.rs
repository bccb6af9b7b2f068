//! Enums, as serde and `schemars` write them, recognized in schemas.

use serde_json::{Map, Value};

use super::both::Both;

/// An enum.
pub(super) struct Shape<'a> {
    pub(super) tagging: Tagging<'a>,
    pub(super) variants: Vec<Variant<'a>>,
    /// Whether fields that it does not know are refused.
    pub(super) strict: bool,
}

/// How values show which variant they are.
#[derive(Clone, Copy)]
pub(super) enum Tagging<'a> {
    /// The variant's name is the value, or the only key.
    External,
    /// `#[serde(tag = "..")]`.
    Internal(&'a str),
    /// `#[serde(tag = "..", content = "..")]`.
    Adjacent(&'a str, &'a str),
    /// `#[serde(untagged)]`.
    Untagged,
}

pub(super) struct Variant<'a> {
    /// What tells the variant; `None` if nothing does.
    pub(super) name: Option<&'a str>,
    pub(super) about: &'a str,
    pub(super) content: Content<'a>,
}

pub(super) enum Content<'a> {
    Unit,
    /// The fields of an object, except that of the tag.
    Fields(Both<'a>),
    /// The elements of a tuple.
    Tuple(Vec<Both<'a>>),
    /// A value of another type.
    Value(Both<'a>),
}

impl<'a> Shape<'a> {
    /// Recognizes an enum.
    pub(super) fn of(schema: Both<'a>) -> Option<Self> {
        let map = schema.read.as_object()?;
        let beside = |key: &str| map.keys().all(|own| own == key || own == "description" || own == "title");
        if map.contains_key("oneOf") && beside("oneOf") {
            let forms = schema.list("oneOf")?;
            return external(&forms).or_else(|| adjacent(&forms)).or_else(|| internal(&forms));
        }
        if map.contains_key("anyOf") && beside("anyOf") {
            return Self::with(Tagging::Untagged, schema.list("anyOf")?.into_iter().map(untagged).collect());
        }
        Self::of_names(names(schema.read)?)
    }

    /// The enum whose variants have these names and nothing else.
    pub(super) fn of_names(names: Vec<&'a str>) -> Option<Self> {
        Self::with(Tagging::External, names.into_iter().map(unit).collect())
    }

    /// The shape, unless some variants refuse unknown fields and others do not, or it has none.
    fn with(tagging: Tagging<'a>, variants: Vec<Variant<'a>>) -> Option<Self> {
        let fields = |variant: &Variant<'a>| match variant.content {
            Content::Fields(fields) => Some(fields.read.get("additionalProperties").is_some()),
            _ => None,
        };
        let strict: Vec<bool> = variants.iter().filter_map(fields).collect();
        let all = strict.iter().all(|strict| *strict);
        let consistent = !variants.is_empty() && (all || strict.iter().all(|strict| !strict));
        consistent.then_some(Self { tagging, variants, strict: all && !strict.is_empty() })
    }
}

fn unit(name: &str) -> Variant<'_> {
    Variant { name: Some(name), about: "", content: Content::Unit }
}

/// The names of variants that are nothing else.
fn names(schema: &Value) -> Option<Vec<&str>> {
    let names = schema.get("enum").filter(|_| schema.get("type").is_some_and(|ty| ty == "string"))?.as_array()?;
    names.iter().map(Value::as_str).collect()
}

fn external<'a>(forms: &[Both<'a>]) -> Option<Shape<'a>> {
    let mut variants = Vec::new();
    for form in forms {
        if let Some(names) = names(form.read) {
            variants.extend(names.into_iter().map(unit));
            continue;
        }
        if let Some(name) = form.read.get("const").and_then(Value::as_str) {
            variants.push(Variant { about: form.about(), ..unit(name) });
            continue;
        }
        let (name, _) = form.read.get("properties")?.as_object().filter(|fields| fields.len() == 1)?.iter().next()?;
        if required(form.read) != [name] || form.read.get("additionalProperties") != Some(&Value::Bool(false)) {
            return None;
        }
        let content = content(form.get("properties")?.get(name)?);
        variants.push(Variant { name: Some(name), about: form.about(), content });
    }
    Shape::with(Tagging::External, variants)
}

fn internal<'a>(forms: &[Both<'a>]) -> Option<Shape<'a>> {
    let tag = tag(forms)?;
    let variant = |form: &Both<'a>| {
        let fields = properties(form.read)?;
        let known = ["type", "properties", "required", "additionalProperties", "description", "$ref"];
        if form.read.as_object()?.keys().any(|key| !known.contains(&key.as_str())) {
            return None;
        }
        let content = match (form.read.get("$ref"), fields.len()) {
            (Some(_), 1) => Content::Value(*form),
            (None, 1) => Content::Unit,
            (None, _) => Content::Fields(*form),
            (Some(_), _) => return None,
        };
        Some(Variant { name: constant(form.read, tag), about: form.about(), content })
    };
    Shape::with(Tagging::Internal(tag), forms.iter().map(variant).collect::<Option<_>>()?)
}

fn adjacent<'a>(forms: &[Both<'a>]) -> Option<Shape<'a>> {
    let tag = tag(forms)?;
    let other = |form: &Both<'a>| properties(form.read)?.keys().find(|name| *name != tag).map(String::as_str);
    let key = forms.iter().find_map(other)?;
    let variant = |form: &Both<'a>| {
        let names: Vec<&str> = properties(form.read)?.keys().map(String::as_str).collect();
        let known = names.iter().all(|name| [tag, key].contains(name));
        if !known || required(form.read).len() != names.len() || form.read.get("$ref").is_some() {
            return None;
        }
        let content = form.get("properties")?.get(key).map_or(Content::Unit, content);
        Some(Variant { name: constant(form.read, tag), about: form.about(), content })
    };
    Shape::with(Tagging::Adjacent(tag, key), forms.iter().map(variant).collect::<Option<_>>()?)
}

fn untagged(form: Both<'_>) -> Variant<'_> {
    let content = if form.is_null() { Content::Unit } else { content(form) };
    Variant { name: None, about: form.about(), content }
}

fn content(schema: Both<'_>) -> Content<'_> {
    let Some(map) = schema.read.as_object().filter(|map| !map.contains_key("$ref")) else {
        return Content::Value(schema);
    };
    let ty = map.get("type").and_then(Value::as_str);
    let refuses = map.get("additionalProperties").is_none_or(|others| *others == Value::Bool(false));
    if ty == Some("object") && refuses && !map.contains_key("patternProperties") {
        return Content::Fields(schema);
    }
    let size = |key: &str| map.get(key).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    match schema.list("prefixItems").filter(|_| ty == Some("array")) {
        Some(elements) if elements.len() > 1 && [size("minItems"), size("maxItems")] == [Some(elements.len()); 2] => {
            Content::Tuple(elements)
        }
        _ => Content::Value(schema),
    }
}

/// The field that has another single value in each form.
fn tag<'a>(forms: &[Both<'a>]) -> Option<&'a str> {
    let candidates = properties(forms.first()?.read)?.keys();
    candidates.map(String::as_str).find(|name| {
        let mut values: Vec<_> = forms.iter().filter_map(|form| constant(form.read, name)).collect();
        values.sort_unstable();
        values.dedup();
        values.len() == forms.len()
    })
}

fn constant<'a>(form: &'a Value, field: &str) -> Option<&'a str> {
    properties(form)?.get(field)?.get("const")?.as_str().filter(|_| required(form).contains(&field))
}

fn properties(form: &Value) -> Option<&Map<String, Value>> {
    form.get("properties").and_then(Value::as_object).filter(|_| form.get("type").is_some_and(|ty| ty == "object"))
}

fn required(form: &Value) -> Vec<&str> {
    form.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
