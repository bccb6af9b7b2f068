use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Removes the attributes called `name`, which are this macro's own, and gives them.
pub(crate) fn take_attributes(attributes: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
    let (own, others) = attributes.drain(..).partition(|attribute: &Attribute| attribute.path().is_ident(name));
    *attributes = others;
    own
}

/// Whether the item is compiled at all: what is generated for it needs the same conditions.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    select(attributes, &["cfg"])
}

/// The attributes that what is generated for an item has as well.
pub(crate) fn carried(attributes: &[Attribute]) -> Vec<Attribute> {
    select(attributes, &["doc", "cfg", "cfg_attr", "deprecated", "must_use", "allow", "warn", "deny", "forbid"])
}

fn select(attributes: &[Attribute], names: &[&str]) -> Vec<Attribute> {
    let selected = |attribute: &&Attribute| names.iter().any(|name| attribute.path().is_ident(name));
    attributes.iter().filter(selected).cloned().collect()
}

/// The documentation as a text, without the space after `///`.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(doc_line).collect();
    lines.join("\n")
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return None };
    if !meta.path.is_ident("doc") {
        return None;
    }
    let text = text.value();
    Some(text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned())
}
