use syn::Attribute;

/// Removes the attributes called `name`, which are this macro's own, and gives them.
pub(crate) fn take_attributes(attributes: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
    let (own, others) = attributes.drain(..).partition(|attribute: &Attribute| attribute.path().is_ident(name));
    *attributes = others;
    own
}

/// Whether the item is compiled at all: what is generated for it needs the same conditions.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}
