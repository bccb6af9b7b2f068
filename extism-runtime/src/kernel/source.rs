use super::layout;

const SOURCE: &str = include_str!("kernel.wat");

/// Returns `kernel.wat` with the values of the constants of [`layout`] in place of their names. A name that is not in
/// [`layout::NAMES`] stays and causes an error when the text is parsed.
pub(crate) fn wat() -> String {
    let mut pieces = SOURCE.split('%');
    let mut text = String::from(pieces.next().unwrap_or_default());
    for piece in pieces {
        let name_end =
            piece.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(piece.len());
        let (name, rest) = piece.split_at(name_end);
        match layout::NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => text.push_str(&value.to_string()),
            None => text.extend(["%", name]),
        }
        text.push_str(rest);
    }
    text
}
