use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    LitStr, Path, Token, parenthesized,
    parse::{Lookahead1, Parse, ParseStream, Parser, Peek},
    punctuated::Punctuated,
    spanned::Spanned,
};

use super::{CODECS, Errors};

/// An option of an attribute: the place of its key, and its value.
#[derive(Clone)]
pub(crate) struct KeyValue<V> {
    pub(crate) key: Span,
    pub(crate) value: V,
}

impl<V> KeyValue<V> {
    pub(crate) fn into_value(self) -> V {
        self.value
    }
}

/// The next option of an attribute. Each method reads it if it is the one with that key, and returns whether it was.
pub(crate) struct NextOption<'p> {
    pub(crate) input: ParseStream<'p>,
    lookahead: Lookahead1<'p>,
}

impl NextOption<'_> {
    /// Reads `key = value`.
    pub(crate) fn value<K, V: Parse>(&self, key: K, slot: &mut Option<KeyValue<V>>) -> syn::Result<bool>
    where
        K: Peek,
        K::Token: Parse + ToTokens,
    {
        self.value_with(key, slot, V::parse)
    }

    /// Reads `key = value`, with a parser of the value's own.
    pub(crate) fn value_with<K, V>(
        &self,
        key: K,
        slot: &mut Option<KeyValue<V>>,
        parse: impl FnOnce(ParseStream<'_>) -> syn::Result<V>,
    ) -> syn::Result<bool>
    where
        K: Peek,
        K::Token: Parse + ToTokens,
    {
        self.read(key, slot, |input| {
            input.parse::<Token![=]>()?;
            parse(input)
        })
    }

    /// Reads `key(path, ..)`; `expected` is the error if the list contains anything but paths.
    pub(crate) fn paths<K>(
        &self,
        key: K,
        slot: &mut Option<KeyValue<Vec<Path>>>,
        expected: &'static str,
    ) -> syn::Result<bool>
    where
        K: Peek,
        K::Token: Parse + ToTokens,
    {
        self.read(key, slot, |input| {
            let list;
            parenthesized!(list in input);
            let paths = Punctuated::<Path, Token![,]>::parse_terminated_with(&list, Path::parse_mod_style);
            let paths = paths.map_err(|error| syn::Error::new(error.span(), expected))?;
            Ok(paths.into_iter().collect())
        })
    }

    /// Reads `key`.
    pub(crate) fn flag<K>(&self, key: K, slot: &mut Option<KeyValue<()>>) -> syn::Result<bool>
    where
        K: Peek,
        K::Token: Parse + ToTokens,
    {
        self.read(key, slot, |_| Ok(()))
    }

    /// Reads `crate = path` or `crate = "path"`, the path of the runtime.
    pub(crate) fn runtime(&self, slot: &mut Option<KeyValue<Path>>) -> syn::Result<bool> {
        self.value_with(Token![crate], slot, |input| {
            if !input.peek(LitStr) {
                return Path::parse_mod_style(input);
            }
            let text: LitStr = input.parse()?;
            text.parse_with(Path::parse_mod_style).map_err(|_| {
                syn::Error::new(text.span(), "expected the path of the runtime crate, such as `crate = ::my_extism`")
            })
        })
    }

    fn read<K, V>(
        &self,
        key: K,
        slot: &mut Option<KeyValue<V>>,
        parse: impl FnOnce(ParseStream<'_>) -> syn::Result<V>,
    ) -> syn::Result<bool>
    where
        K: Peek,
        K::Token: Parse + ToTokens,
    {
        if !self.lookahead.peek(key) {
            return Ok(false);
        }
        let key: K::Token = self.input.parse()?;
        let value = parse(self.input)?;
        if slot.is_some() {
            return Err(syn::Error::new(key.span(), format!("duplicate option `{}`", key.into_token_stream())));
        }
        *slot = Some(KeyValue { key: key.span(), value });
        Ok(true)
    }
}

/// Reads comma-separated options. `read` tries all the options that the attribute has, and returns whether one of them
/// was next. Reports those that are wrong and keeps the others.
pub(crate) fn each_option(
    tokens: TokenStream,
    errors: &mut Errors,
    mut read: impl FnMut(&NextOption<'_>) -> syn::Result<bool>,
) {
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let option = NextOption { input, lookahead: input.lookahead1() };
            let comma = match read(&option) {
                Ok(false) => Err(option.lookahead.error()),
                Ok(true) if input.is_empty() => Ok(()),
                Ok(true) => input.parse::<Token![,]>().map(drop),
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

/// Resolves a codec's path. The bare names of the runtime's codecs refer to those, whatever is in scope.
pub(crate) fn codec_path(runtime: &Path, codec: Path) -> Path {
    match codec.get_ident() {
        Some(name) if CODECS.iter().any(|own| name == own) => {
            let mut path = runtime.clone();
            path.segments.push(name.clone().into());
            path
        }
        _ => codec,
    }
}

/// Reads the path of a codec.
pub(crate) fn parse_codec(input: ParseStream<'_>) -> syn::Result<Path> {
    Path::parse_mod_style(input).map_err(|error| {
        syn::Error::new(error.span(), "expected a codec: `Json`, `Msgpack`, or the path of a newtype `W<T>`")
    })
}
