//! Tests of the macros' expansions, with and without mistakes in the input.

mod broken;
mod expansions;

use proc_macro2::TokenStream;

/// Parses tokens as a proc macro gets them.
fn tokens(text: &str) -> TokenStream {
    text.parse().expect("the text is Rust")
}

/// Parses the expansion as a file.
fn file(expansion: TokenStream) -> syn::File {
    let text = expansion.to_string();
    syn::parse2(expansion).unwrap_or_else(|error| panic!("{error} in {text}"))
}
