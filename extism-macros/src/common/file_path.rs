//! The path of a file: `"plugins/a.wasm"`, `"$OUT_DIR/a.wasm"`, `concat!(env!("OUT_DIR"), "/a.wasm")`.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Expr, ExprLit, ExprMacro, Lit, LitStr, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// The path of a file, absolute or relative to the folder of `Cargo.toml`.
pub(crate) struct FilePath {
    /// As written.
    expression: Expr,
    /// The parts to concatenate.
    parts: Vec<Part>,
}

enum Part {
    Text(String),
    /// An environment variable, read when the program is compiled.
    Variable(String),
}

impl Parse for FilePath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let expression: Expr = input.parse()?;
        let parts = match text(&expression) {
            Some(text) => parts_of_text(&text),
            None => parts(&expression)?,
        };
        Ok(Self { expression, parts })
    }
}

fn text(expression: &Expr) -> Option<LitStr> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}

/// Parses a text that may begin with a variable.
fn parts_of_text(text: &LitStr) -> Vec<Part> {
    let text = text.value();
    let Some(rest) = text.strip_prefix('$') else { return vec![Part::Text(text)] };
    let name = rest.split(['/', '\\']).next().unwrap_or_default();
    vec![Part::Variable(name.to_owned()), Part::Text(rest[name.len()..].to_owned())]
}

/// The macros that a path may contain.
fn parts(expression: &Expr) -> syn::Result<Vec<Part>> {
    if let Some(text) = text(expression) {
        return Ok(vec![Part::Text(text.value())]);
    }
    let Expr::Macro(ExprMacro { mac, .. }) = expression else { return Err(unexpected(expression)) };
    let arguments = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
    match mac.path.segments.last() {
        Some(segment) if segment.ident == "concat" => {
            let parts = arguments.iter().map(parts).collect::<syn::Result<Vec<_>>>()?;
            Ok(parts.into_iter().flatten().collect())
        }
        Some(segment) if segment.ident == "env" => match arguments.first().and_then(text) {
            Some(name) => Ok(vec![Part::Variable(name.value())]),
            None => Err(unexpected(expression)),
        },
        _ => Err(unexpected(expression)),
    }
}

fn unexpected(expression: &Expr) -> syn::Error {
    syn::Error::new_spanned(
        expression,
        "expected the path of a file: `\"plugins/a.wasm\"`, which is relative to `Cargo.toml`, `\"$OUT_DIR/a.wasm\"`, \
         or `concat!(env!(\"OUT_DIR\"), \"/a.wasm\")`",
    )
}

impl FilePath {
    /// The path as written, for messages.
    pub(crate) fn display(&self) -> String {
        let show = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Variable(name) => format!("${name}"),
        };
        self.parts.iter().map(show).collect()
    }

    /// Resolves the path, which is absolute or relative to the folder of `Cargo.toml`.
    ///
    /// # Errors
    ///
    /// Returns an error, the variable's name, if an environment variable is not set.
    fn resolve(&self) -> Result<PathBuf, &str> {
        let mut path = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => path.push_str(text),
                Part::Variable(name) => path.push_str(&std::env::var(name).map_err(|_| name.as_str())?),
            }
        }
        Ok(path.into())
    }

    /// Resolves the path to an absolute one.
    ///
    /// # Errors
    ///
    /// Returns an error if a variable that it needs is not set.
    pub(crate) fn absolute(&self) -> Result<PathBuf, String> {
        let Some(root) = std::env::var_os("CARGO_MANIFEST_DIR") else {
            return Err("a file's path requires Cargo, because it is relative to `Cargo.toml`".to_owned());
        };
        match self.resolve() {
            Ok(path) => Ok(Path::new(&root).join(path)),
            Err("OUT_DIR") => {
                Err("`OUT_DIR` is not set: Cargo sets it for packages that have a build script".to_owned())
            }
            Err(variable) => Err(format!("the environment variable `{variable}` is not set: set it when compiling")),
        }
    }

    /// Finds the file.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none.
    pub(crate) fn locate(&self) -> Result<PathBuf, String> {
        let path = self.absolute()?;
        if path.is_file() { Ok(path) } else { Err(format!("there is no file `{}`", self.display())) }
    }

    /// The expression that evaluates to the absolute path.
    pub(crate) fn file(&self) -> TokenStream {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => quote!(#text),
            Part::Variable(name) => quote!(::core::env!(#name)),
        });
        let absolute = self.resolve().is_ok_and(|path| path.is_absolute());
        let root = (!absolute).then(|| quote!(::core::env!("CARGO_MANIFEST_DIR"), "/",));
        quote!(::core::concat!(#root #(#parts),*))
    }
}

impl ToTokens for FilePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.expression.to_tokens(tokens);
    }
}
