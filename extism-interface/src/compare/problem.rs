use crate::text;

/// Something that a reader does not understand.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// Where, in the reader's terms.
    pub(super) place: String,
    /// What.
    pub(super) message: String,
    /// Whether it was found before, at another place. It is told again only where that was of no consequence, as in a form
    /// of a value that another form made up for.
    pub(super) repeated: bool,
}

impl Problem {
    pub(super) fn new(place: &str, message: impl Into<String>) -> Vec<Self> {
        vec![Self { place: place.to_owned(), message: message.into(), repeated: false }]
    }

    pub(super) fn repeated(place: &str, message: &str) -> Vec<Self> {
        vec![Self { place: place.to_owned(), message: message.to_owned(), repeated: true }]
    }

    /// The message with its place, unless that is the whole value.
    pub(super) fn text(&self, root: &str) -> String {
        if self.place == root || self.place.is_empty() {
            return self.message.clone();
        }
        format!("{} (in `{}`)", self.message, text::name(&self.place))
    }
}

/// The place of a field.
pub(super) fn field(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// The place of an element.
pub(super) fn element(place: &str, index: Option<usize>) -> String {
    index.map_or_else(|| format!("{place}[]"), |index| format!("{place}[{index}]"))
}
