//! The user's documentation of a trait and its methods, in every form that Rust allows.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{AttrStyle, Attribute, Expr, ExprLit, Lit, Meta, parse::Parser, spanned::Spanned};

use super::{attributes::nested, markdown};

/// The documentation of an item.
#[derive(Default)]
pub(super) struct Documentation {
    fragments: Vec<Fragment>,
}

/// The contents of one attribute.
#[derive(Clone)]
enum Fragment {
    /// A text, without the indentation that the whole documentation shares.
    Text { text: String, span: Span },
    /// Something that only the compiler can evaluate, such as `#[doc = include_str!("..")]`.
    Opaque(Box<Attribute>),
}

/// A section at the end of a text.
pub(super) struct Section<'s> {
    pub(super) heading: &'static str,
    pub(super) text: &'s str,
}

/// Removes the documentation from an item and returns it.
pub(super) fn take(attributes: &mut Vec<Attribute>) -> Documentation {
    let (docs, others): (Vec<_>, Vec<_>) = attributes.drain(..).partition(is_documentation);
    *attributes = others;
    let mut documentation = Documentation { fragments: docs.into_iter().map(fragment).collect() };
    documentation.unindent();
    documentation
}

/// Whether the attribute is a text: `#[doc = ..]`, but not `#[doc(hidden)]`.
fn is_documentation(attribute: &Attribute) -> bool {
    let is_text = |meta: &Meta| matches!(meta, Meta::NameValue(meta) if meta.path.is_ident("doc"));
    is_text(&attribute.meta) || (attribute.path().is_ident("cfg_attr") && nested(attribute).iter().any(is_text))
}

fn fragment(mut attribute: Attribute) -> Fragment {
    if let Meta::NameValue(meta) = &attribute.meta
        && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value
    {
        let source = attribute.span().source_text().unwrap_or_default();
        let value = text.value();
        let text_of_block = if source.starts_with("/*") { block_comment(&value) } else { value };
        // A comment's text begins after the space that follows `///`.
        let is_comment = source.starts_with('/') || source.is_empty();
        let text = if is_comment { text_of_block } else { with_each_line(&text_of_block, |line| format!(" {line}")) };
        return Fragment::Text { text, span: text_span(&attribute) };
    }
    attribute.style = AttrStyle::Outer;
    Fragment::Opaque(Box::new(attribute))
}

fn text_span(attribute: &Attribute) -> Span {
    match &attribute.meta {
        Meta::NameValue(meta) => meta.value.span(),
        _ => attribute.span(),
    }
}

/// The text of an item's documentation.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    take(&mut attributes.to_vec()).text()
}

/// The text of a `/** .. */` comment without its margin of stars, which rustc removes when it sees the comment itself.
fn block_comment(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let only_stars = |line: &str| line.trim().bytes().all(|byte| byte == b'*');
    while lines.first().is_some_and(|line| only_stars(line)) {
        lines.remove(0);
    }
    while lines.last().is_some_and(|line| only_stars(line)) {
        lines.pop();
    }
    // The first line is next to `/**` and has no star.
    let first = usize::from(!text.starts_with('\n') && !lines.is_empty() && text.starts_with(lines[0]));
    let margins: Vec<_> = lines.iter().skip(first).map(|line| line.split_once('*').map(|(margin, _)| margin)).collect();
    let has_margin = !margins.is_empty()
        && margins.iter().all(|margin| *margin == margins[0] && margin.is_some_and(|margin| margin.trim().is_empty()));
    let stripped = lines.iter().enumerate().map(|(index, line)| match line.split_once('*') {
        Some((_, rest)) if has_margin && index >= first => rest,
        _ => line,
    });
    stripped.collect::<Vec<_>>().join("\n")
}

fn with_each_line(text: &str, edit: impl Fn(&str) -> String) -> String {
    text.lines()
        .map(|line| if line.trim().is_empty() { String::new() } else { edit(line) })
        .collect::<Vec<_>>()
        .join("\n")
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

impl Documentation {
    /// Removes the indentation that all lines share.
    fn unindent(&mut self) {
        let lines = self.fragments.iter().flat_map(Fragment::lines).filter(|line| !line.trim().is_empty());
        let shared = lines.map(indentation).min().unwrap_or(0);
        for fragment in &mut self.fragments {
            if let Fragment::Text { text, .. } = fragment {
                *text = with_each_line(text, |line| line[shared..].trim_end().to_owned());
            }
        }
    }

    /// The text, without the parts that only the compiler can evaluate.
    pub(super) fn text(&self) -> String {
        self.lines().collect::<Vec<_>>().join("\n")
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.fragments.iter().flat_map(Fragment::lines)
    }

    /// Returns the documentation as attributes.
    pub(super) fn attributes(&self) -> Vec<Attribute> {
        let fragments: TokenStream = self.fragments.iter().map(|fragment| self.emit(fragment)).collect();
        Attribute::parse_outer.parse2(fragments).unwrap_or_default()
    }

    /// Returns the documentation as attributes, with a sentence added before the first heading, and a section at the
    /// end unless there is one with that heading.
    pub(super) fn with(&self, sentence: &str, section: Option<Section<'_>>) -> TokenStream {
        let outline = markdown::outline(self.lines());
        let (before, after) = self.split(outline.first_heading);
        let mut sentence = if before.is_empty() { sentence.to_owned() } else { format!("\n{sentence}") };
        if outline.first_heading.is_some() {
            sentence.push('\n');
        } else if let Some(fence) = outline.open_fence {
            sentence = format!("{fence}\n{sentence}");
        }
        let is_there = |section: &Section<'_>| outline.headings.iter().any(|heading| heading == section.heading);
        let section = section
            .filter(|section| !is_there(section))
            .map(|Section { heading, text }| self.own(&format!("\n# {heading}\n\n{text}")));
        let sentence = self.own(&sentence);
        let emit =
            |fragments: &[Fragment]| fragments.iter().map(|fragment| self.emit(fragment)).collect::<TokenStream>();
        let (before, after) = (emit(&before), emit(&after));
        quote!(#before #sentence #after #section)
    }

    /// Splits the fragments before a line.
    fn split(&self, line: Option<usize>) -> (Vec<Fragment>, Vec<Fragment>) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut left = line.unwrap_or(usize::MAX);
        for fragment in &self.fragments {
            let count = fragment.lines().count();
            match fragment {
                Fragment::Text { text, span } if left > 0 && left < count => {
                    let lines: Vec<&str> = text.lines().collect();
                    let part = |lines: &[&str]| Fragment::Text { text: lines.join("\n"), span: *span };
                    before.push(part(&lines[..left]));
                    after.push(part(&lines[left..]));
                }
                _ if left == 0 => after.push(fragment.clone()),
                _ => before.push(fragment.clone()),
            }
            left = left.saturating_sub(count);
        }
        (before, after)
    }

    fn emit(&self, fragment: &Fragment) -> TokenStream {
        match fragment {
            Fragment::Text { text, span } => {
                let text = self.padded(text);
                quote_spanned!(*span=> #[doc = #text])
            }
            Fragment::Opaque(attribute) => quote!(#attribute),
        }
    }

    /// The macro's own lines as attributes, one per line, because an empty line at the start of an attribute is lost.
    fn own(&self, text: &str) -> TokenStream {
        let lines = text.split('\n').map(|line| self.padded(line));
        quote!(#(#[doc = #lines])*)
    }

    /// The text with the space that follows `///`. rustdoc removes it, unless a part that cannot be read here has none.
    fn padded(&self, text: &str) -> String {
        let opaque = self.fragments.iter().any(|fragment| matches!(fragment, Fragment::Opaque(_)));
        if opaque { text.to_owned() } else { with_each_line(text, |line| format!(" {line}")) }
    }
}

impl Fragment {
    /// The lines; an empty text is one.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let text = match self {
            Self::Text { text, .. } => text.as_str(),
            // It counts as one line.
            Self::Opaque(_) => "",
        };
        let empty = text.is_empty().then_some("");
        text.lines().chain(empty)
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::{Attribute, Meta, parse_quote};

    use super::{Section, take};

    /// The text of the attributes, one per line.
    fn text(attributes: &[Attribute]) -> String {
        let text = |attribute: &Attribute| match &attribute.meta {
            Meta::NameValue(meta) => match meta.value.to_token_stream().to_string().parse::<proc_macro2::Literal>() {
                Ok(literal) => {
                    syn::parse2::<syn::LitStr>(literal.to_token_stream()).map(|text| text.value()).unwrap_or_default()
                }
                Err(_) => String::new(),
            },
            _ => String::new(),
        };
        attributes.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    fn with(mut attributes: Vec<Attribute>) -> String {
        let section = Section { heading: "Errors", text: "Sometimes." };
        let tokens = take(&mut attributes).with("Calls.", Some(section));
        let emitted: syn::ItemStruct = parse_quote!(#tokens struct Item;);
        text(&emitted.attrs)
    }

    #[test]
    fn the_sentence_stands_before_the_first_heading_and_the_section_at_the_end() {
        let item: syn::ItemStruct = parse_quote!(
            #[doc = " Text."]
            #[doc = ""]
            #[doc = " # Examples"]
            #[doc = ""]
            #[doc = " None."]
            struct Item;
        );
        assert_eq!(with(item.attrs), " Text.\n\n\n Calls.\n\n # Examples\n\n None.\n\n # Errors\n\n Sometimes.");
    }

    #[test]
    fn a_hidden_line_of_an_example_is_not_a_heading() {
        let item: syn::ItemStruct = parse_quote!(
            #[doc = " ```\n # fn main() {}\n ```"]
            struct Item;
        );
        assert_eq!(with(item.attrs), " ```\n # fn main() {}\n ```\n\n Calls.\n\n # Errors\n\n Sometimes.");
    }

    #[test]
    fn all_lines_lose_the_indentation_that_they_share() {
        let item: syn::ItemStruct = parse_quote!(
            #[doc = "\n    Text.\n\n        code\n\n    # Errors\n    None.\n    "]
            struct Item;
        );
        assert_eq!(with(item.attrs), "\n Text.\n\n     code\n\n Calls.\n\n # Errors\n None.");
    }

    #[test]
    fn a_code_block_that_is_open_is_closed_first() {
        let item: syn::ItemStruct = parse_quote!(
            #[doc = " ```"]
            #[doc = " code"]
            struct Item;
        );
        assert_eq!(with(item.attrs), " ```\n code\n ```\n\n Calls.\n\n # Errors\n\n Sometimes.");
    }
}
