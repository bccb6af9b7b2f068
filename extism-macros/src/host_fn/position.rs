//! The position of the attribute. The compiler passes only the function to the macro. Whether it is in an `impl` block,
//! where no other items are allowed, is read from the file.

use std::fs;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Signature;

/// The mark of the attribute in the file's text.
const HERE: &str = "__extism_here";

/// The error of a function that belongs to a type, where the attribute cannot add items.
pub(super) fn misplaced(sig: &Signature) -> Option<syn::Error> {
    if let Some(receiver) = sig.receiver() {
        let message = "put `#[host_fn]` on the `impl` block, which makes its methods host functions, \
                       instead of on the method";
        return Some(syn::Error::new_spanned(receiver, message));
    }
    let message = "an associated function cannot be a host function: move it out of the block, \
                   or take `&self` and put `#[host_fn]` on the `impl` block";
    is_in_impl().then(|| syn::Error::new_spanned(&sig.ident, message))
}

/// Whether the function is directly in an `impl` block or a trait; `false` also if this cannot be determined.
fn is_in_impl() -> bool {
    // Tests run outside of a compiler.
    proc_macro::is_available() && marked_file().is_some_and(|file| innermost(file, false) == Some(true))
}

/// The tokens of the attribute's file, with the mark in front of the attribute.
fn marked_file() -> Option<TokenStream> {
    let attribute = proc_macro::Span::call_site();
    // In formatted code, methods are indented. This way files are read for few other functions.
    if attribute.column() == 1 {
        return None;
    }
    let mut text = fs::read_to_string(attribute.local_file()?).ok()?;
    let before: usize = text.split_inclusive('\n').take(attribute.line().checked_sub(1)?).map(str::len).sum();
    let (indent, first) = text.get(before..)?.char_indices().nth(attribute.column() - 1)?;
    // Elsewhere, for instance in a doctest, the position does not refer to the file.
    if first != '#' {
        return None;
    }
    text.insert_str(before + indent, HERE);
    text.insert(before + indent + HERE.len(), ' ');
    text.parse().ok()
}

/// Whether the innermost braces around the mark belong to an `impl` block or a trait; `around` if there are no braces.
fn innermost(tokens: TokenStream, around: bool) -> Option<bool> {
    // Whether the current item is an `impl` block or a trait, judged by its first keyword.
    let mut is_impl = None;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let is_block = group.delimiter() == Delimiter::Brace;
                let around = if is_block { is_impl == Some(true) } else { around };
                if let Some(found) = innermost(group.stream(), around) {
                    return Some(found);
                }
                if is_block {
                    is_impl = None;
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => is_impl = None,
            TokenTree::Ident(ident) if ident == HERE => return Some(around),
            TokenTree::Ident(ident) if is_impl.is_none() => match ident.to_string().as_str() {
                "pub" | "unsafe" | "default" => {}
                word => is_impl = Some(matches!(word, "impl" | "trait")),
            },
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::innermost;

    #[test]
    fn the_innermost_braces_tell_where_a_function_is() {
        for (text, expected) in [
            ("__extism_here fn f() {}", false),
            ("impl<T> K { fn a() {} __extism_here fn f() {} }", true),
            ("#[x(y)] pub(crate) unsafe impl X for K { __extism_here fn f() {} }", true),
            ("mod m { use a::b; pub trait T: X { const A: u8 = 1; __extism_here fn f(); } }", true),
            ("impl K { fn a() { __extism_here fn f() {} } }", false),
            ("impl K {} mod m { __extism_here fn f() {} }", false),
            ("fn a(x: impl X) -> impl Y { __extism_here fn f() {} }", false),
            ("cfg_if! { if #[cfg(unix)] { __extism_here fn f() {} } }", false),
            ("impl K { m!( __extism_here fn f() {} ); }", true),
        ] {
            assert_eq!(innermost(text.parse().unwrap(), false), Some(expected), "{text}");
        }
    }
}
