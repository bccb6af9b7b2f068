use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    LitStr, Path, Token,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use super::Errors;

/// Reads comma-separated options. Reports those that are wrong and keeps the others.
pub(crate) fn each_option(
    tokens: TokenStream,
    errors: &mut Errors,
    mut parse_one: impl FnMut(ParseStream<'_>) -> syn::Result<()>,
) {
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let comma = match parse_one(input) {
                Ok(()) if input.is_empty() => Ok(()),
                Ok(()) => input.parse::<Token![,]>().map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = comma {
                errors.push(error);
                skip_option(input)?;
            }
        }
        Ok(())
    };
    // An error here would concern tokens that were already reported.
    let _: syn::Result<()> = all.parse2(tokens);
}

/// Skips to the next option.
fn skip_option(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        if input.peek(Token![,]) {
            return input.parse::<Token![,]>().map(drop);
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Sets an option, or reports that it is already set.
pub(crate) fn set_once<T>(option: &mut Option<T>, name: &str, span: Span, value: T) -> syn::Result<()> {
    if option.is_some() {
        return Err(syn::Error::new(span, format!("`{name}` is given twice: remove one")));
    }
    *option = Some(value);
    Ok(())
}

/// Parses `crate = path` or `crate = "path"`, the path of the runtime.
pub(crate) fn parse_crate(input: ParseStream<'_>) -> syn::Result<(Span, Path)> {
    let span = input.parse::<Token![crate]>()?.span();
    input.parse::<Token![=]>()?;
    if !input.peek(LitStr) {
        return Ok((span, Path::parse_mod_style(input)?));
    }
    let text: LitStr = input.parse()?;
    let path = text.parse_with(Path::parse_mod_style).map_err(|_| {
        syn::Error::new(text.span(), "expected the path of the runtime's crate, such as `crate = \"::my_extism\"`")
    })?;
    Ok((span, path))
}

/// Resolves a codec's path. The bare names of the runtime's codecs refer to those, whatever is in scope.
pub(crate) fn codec_path(runtime: &Path, codec: Path) -> Path {
    const OWN: [&str; 5] = ["Json", "Msgpack", "Prost", "Base64", "Raw"];
    match codec.get_ident() {
        Some(name) if OWN.iter().any(|own| name == own) => {
            let mut path = runtime.clone();
            path.segments.push(name.clone().into());
            path
        }
        _ => codec,
    }
}
