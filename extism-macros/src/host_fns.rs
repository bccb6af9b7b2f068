//! `host_fns![a, path::b]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    Path, Token, bracketed,
    parse::{Parse, ParseStream, Parser},
    spanned::Spanned,
};

struct List {
    /// The runtime, from `$crate`.
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
    Err(syn::Error::new_spanned(rest, "a host function is listed by its name alone, and names are separated by `,`"))
}

pub(crate) fn expand(list: TokenStream) -> TokenStream {
    let List { runtime, functions } = match List::parse.parse2(list) {
        Ok(list) => list,
        Err(error) => return error.into_compile_error(),
    };
    let count = functions.len();
    let functions = functions.iter().map(|path| {
        quote_spanned! {path.span()=>
            #runtime::__private::function(const { &<#path as #runtime::__private::HostFn>::FUNCTION })
        }
    });
    quote!({
        let __extism_functions: [#runtime::Function; #count] = [#(#functions),*];
        __extism_functions
    })
}
