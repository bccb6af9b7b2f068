//! `host_fns![a, path::b]` and `host_fns![permission = "kv"; a, path::b]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    LitStr, Path, Token, bracketed,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
};

use crate::common::{Errors, check_permission, error_span, host_functions, type_text};

mod keyword {
    syn::custom_keyword!(permission);
}

struct List {
    /// The path of the runtime, from `$crate`.
    runtime: TokenStream,
    /// The permission of those that have none of their own.
    permission: Option<LitStr>,
    functions: Vec<Path>,
}

impl Parse for List {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let runtime;
        bracketed!(runtime in input);
        let mut list = Self { runtime: runtime.parse()?, permission: permission(input)?, functions: Vec::new() };
        while !input.is_empty() {
            list.functions.push(function(input)?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(list)
    }
}

/// Reads `permission = "name";`, if it is there.
fn permission(input: ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    if !(input.peek(keyword::permission) && input.peek2(Token![=])) {
        return Ok(None);
    }
    input.parse::<keyword::permission>()?;
    input.parse::<Token![=]>()?;
    let name: LitStr = input.parse()?;
    input.parse::<Token![;]>().map_err(|error| {
        syn::Error::new(error.span(), "expected `;` between the permission and the functions that need it")
    })?;
    Ok(Some(name))
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
    let List { runtime, permission, functions } = match List::parse.parse2(list) {
        Ok(list) => list,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    if let Some(permission) = &permission {
        check_permission(permission, &mut errors);
    }
    let errors = errors.into_tokens();
    let count = functions.len();
    let functions = functions.iter().map(|path| {
        let otherwise = undeclared(path);
        if of_a_type(path) {
            return otherwise;
        }
        let declaration = host_functions::declaration(&runtime, "declared", path, &otherwise);
        let function = quote_spanned!(error_span(path)=> #runtime::function(const { #declaration }));
        match &permission {
            Some(permission) => quote!(#runtime::under(#permission, #function)),
            None => function,
        }
    });
    quote!({
        #errors
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
