use syn::Attribute;

/// Removes and returns the attributes called `name`, which belong to this macro.
pub(crate) fn take_attributes(attributes: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
    let (own, others) = attributes.drain(..).partition(|attribute: &Attribute| attribute.path().is_ident(name));
    *attributes = others;
    own
}

/// The `cfg` attributes of an item, which everything generated for it needs too.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}
