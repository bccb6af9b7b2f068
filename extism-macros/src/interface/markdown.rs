//! As much of Markdown as is needed to add a sentence to a user's text.

/// The outline of a text.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The line of the first heading.
    pub(super) first_heading: Option<usize>,
    /// The headings' texts.
    pub(super) headings: Vec<String>,
    /// The fence that closes a code block left open at the end.
    pub(super) open_fence: Option<String>,
}

/// Reads a text's lines. Lines in a code block that look like headings are code, such as rustdoc's hidden lines.
pub(super) fn outline<'l>(lines: impl Iterator<Item = &'l str>) -> Outline {
    let mut outline = Outline::default();
    let mut fence: Option<(char, usize)> = None;
    let mut previous = "";
    for (index, line) in lines.enumerate() {
        if let Some((mark, length)) = fence {
            if closes(line, mark, length) {
                fence = None;
            }
            previous = "";
            continue;
        }
        fence = opens(line);
        let heading = match (fence, atx(line)) {
            (Some(_), _) => None,
            (None, Some(text)) => Some((index, text)),
            (None, None) => setext(previous, line).map(|text| (index - 1, text)),
        };
        if let Some((index, text)) = heading {
            outline.first_heading.get_or_insert(index);
            outline.headings.push(text.to_owned());
        }
        previous = line;
    }
    outline.open_fence = fence.map(|(mark, length)| mark.to_string().repeat(length));
    outline
}

/// Whether the line is indented so far that it can only be code or continue a paragraph.
fn is_indented(line: &str) -> bool {
    let indent = line.len() - line.trim_start_matches(' ').len();
    indent >= 4 || line[indent..].starts_with('\t')
}

/// The text of a heading such as `# Errors`.
fn atx(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let rest = text.trim_start_matches('#');
    let level = text.len() - rest.len();
    let is_heading =
        !is_indented(line) && (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t']));
    is_heading.then(|| rest.trim().trim_end_matches('#').trim_end())
}

/// The text of an underlined heading.
fn setext<'l>(previous: &'l str, line: &str) -> Option<&'l str> {
    let rule = line.trim();
    let is_rule = rule.len() >= 2 && (rule.bytes().all(|byte| byte == b'=') || rule.bytes().all(|byte| byte == b'-'));
    let text = previous.trim();
    let is_text = !text.is_empty() && !text.starts_with(['|', '>', '-', '*', '+']) && !is_indented(previous);
    (is_rule && is_text && !is_indented(line)).then_some(text)
}

/// The fence character of the code block that the line begins, and its count; the line may be in a list or a quotation.
fn opens(line: &str) -> Option<(char, usize)> {
    let text = line.trim_start_matches([' ', '\t', '>']);
    let item = text.strip_prefix(['-', '*', '+']).or_else(|| {
        let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        (rest.len() < text.len()).then(|| rest.strip_prefix(['.', ')'])).flatten()
    });
    let text = item.and_then(|item| item.strip_prefix(' ')).unwrap_or(text).trim_start();
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let info = text.trim_start_matches(mark);
    let length = text.len() - info.len();
    (length >= 3 && !(mark == '`' && info.contains('`'))).then_some((mark, length))
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    let text = line.trim_matches([' ', '\t', '>']);
    text.len() >= length && text.chars().all(|char| char == mark)
}

#[cfg(test)]
mod tests {
    use super::outline;

    fn headings(text: &str) -> (Option<usize>, Vec<String>) {
        let outline = outline(text.lines());
        assert_eq!(outline.open_fence, None, "{text}");
        (outline.first_heading, outline.headings)
    }

    #[test]
    fn headings_are_found_by_both_notations() {
        assert_eq!(headings("Text.\n\n# Errors\n\n## More ##"), (Some(2), vec!["Errors".into(), "More".into()]));
        assert_eq!(headings("Text.\n\nErrors\n======\n\nMore\n---"), (Some(2), vec!["Errors".into(), "More".into()]));
    }

    #[test]
    fn what_looks_like_a_heading_is_often_none() {
        for text in [
            "```\n# fn main() {\n# }\n```",
            "~~~rust\n# fn main() {}\n```\n# let a = 1;\n~~~",
            "````\n```\n# a\n```\n# b\n````",
            "    # fn main() {\n    # }",
            "- ```\n  # fn main() {}\n  ```",
            "> ```\n> # fn main() {}\n> ```",
            "1. ~~~\n   # a\n   ~~~",
            "#![allow(unused)]\n#[derive(Debug)]\n#tag",
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "- a\n---",
            "Text.\n\n---\n\nMore.",
        ] {
            assert_eq!(headings(text), (None, Vec::new()), "{text}");
        }
    }

    #[test]
    fn a_code_block_that_is_never_closed_is_told() {
        assert_eq!(outline("```rust\n# a".lines()).open_fence.as_deref(), Some("```"));
        assert_eq!(outline("~~~~\n~~~".lines()).open_fence.as_deref(), Some("~~~~"));
    }
}
