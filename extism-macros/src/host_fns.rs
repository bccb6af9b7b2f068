//! `host_fns![a, path::b]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    Path, Token, bracketed,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
};

use crate::common::{error_span, host_functions, type_text};

struct List {
    /// The path of the runtime, from `$crate`.
    runtime: TokenStream,
    functions: Vec<Path>,
}

impl Parse for List {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let runtime;
        bracketed!(runtime in input);
        let mut list = Self { runtime: runtime.parse()?, functions: Vec::new() };
        while !input.is_empty() {
            list.functions.push(function(input)?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(list)
    }
}

fn function(input: ParseStream<'_>) -> syn::Result<Path> {
    const EXPECTED: &str = "expected the name or path of a `#[host_fn]` function, such as `host_fns![kv_read]`";
    let path = input.call(Path::parse_mod_style).map_err(|error| syn::Error::new(error.span(), EXPECTED))?;
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(path);
    }
    let rest: TokenStream = input.step(|cursor| {
        let mut rest = *cursor;
        let mut tokens = TokenStream::new();
        while let Some((token, next)) = rest.token_tree() {
            tokens.extend([token]);
            rest = next;
        }
        Ok((tokens, rest))
    })?;
    Err(syn::Error::new_spanned(rest, "expected only names, separated by commas"))
}

pub(crate) fn expand(list: TokenStream) -> TokenStream {
    let List { runtime, functions } = match List::parse.parse2(list) {
        Ok(list) => list,
        Err(error) => return error.into_compile_error(),
    };
    let count = functions.len();
    let functions = functions.iter().map(|path| {
        let otherwise = undeclared(path);
        if of_a_type(path) {
            return otherwise;
        }
        let declaration = host_functions::declaration(&runtime, "declared", path, &otherwise);
        quote_spanned!(error_span(path)=> #runtime::function(const { #declaration }))
    });
    quote!({
        let __extism_functions: [#runtime::Function; #count] = [#(#functions),*];
        __extism_functions
    })
}

/// Whether the path names a method, by Rust's naming conventions.
fn of_a_type(path: &Path) -> bool {
    let parent = path.segments.iter().rev().nth(1);
    parent.is_some_and(|parent| parent.ident.unraw().to_string().starts_with(char::is_uppercase))
}

/// The error for a name that does not belong to a host function.
fn undeclared(path: &Path) -> TokenStream {
    let text = type_text(path);
    let message = if of_a_type(path) {
        format!(
            "`{text}` is a method: put `#[host_fn]` on its `impl` block, \
             and pass a value of the type to `with_functions(value)`"
        )
    } else {
        format!(
            "there is no host function `{text}` here: put `#[host_fn]` on the function; \
             if it is a type with host functions, pass a value of it to `with_functions(value)`"
        )
    };
    quote_spanned!(error_span(path)=> ::core::compile_error! { #message })
}
