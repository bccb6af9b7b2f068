//! The options of `#[plugin_interface(..)]` and `#[export(..)]`.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Ident, LitStr, Meta, Path, Token, parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::common::{Errors, parse_crate, set_once};

mod keyword {
    syn::custom_keyword!(args);
    syn::custom_keyword!(codec);
    syn::custom_keyword!(imports);
    syn::custom_keyword!(name);
    syn::custom_keyword!(on_error);
    syn::custom_keyword!(optional);
    syn::custom_keyword!(wasm);
}

/// `#[plugin_interface(..)]`'s options.
#[derive(Default)]
pub(super) struct InterfaceOptions {
    /// The wrapper's name.
    pub(super) name: Option<Ident>,
    /// The codec of all arguments and results whose types name none.
    pub(super) codec: Option<Path>,
    /// What a method does when the call fails.
    pub(super) on_error: Option<OnError>,
    /// The module that is checked and embedded, relative to `Cargo.toml`.
    pub(super) wasm: Option<LitStr>,
    /// The host functions that the module may import; `None` when its imports are not to be checked.
    pub(super) imports: Option<Vec<Path>>,
    /// Where the runtime is.
    pub(super) runtime: Option<Path>,
}

/// What a method does when the call fails.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum OnError {
    /// Returns the error.
    #[default]
    Return,
    /// Panics with its text.
    Panic,
}

/// `#[export(..)]`'s options.
#[derive(Default)]
pub(super) struct ExportOptions {
    /// The export's name.
    pub(super) name: Option<LitStr>,
    /// The plug-in may lack the export.
    pub(super) optional: Option<Span>,
    /// How the arguments become the input.
    pub(super) args: Option<(Span, ArgsFormat)>,
    /// The codec of this method's arguments and result.
    pub(super) codec: Option<Path>,
}

/// How several arguments become one input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ArgsFormat {
    JsonArray,
    JsonObject,
    Msgpack,
}

impl Parse for InterfaceOptions {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut options = Self::default();
        let mut imports_span = None;
        while !input.is_empty() {
            options.parse_one(input, &mut imports_span)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        match imports_span {
            Some(span) if options.wasm.is_none() => Err(syn::Error::new(
                span,
                "`imports(..)` checks the imports of a module: name it by `wasm = \"path/to/module.wasm\"`",
            )),
            _ => Ok(options),
        }
    }
}

impl InterfaceOptions {
    fn parse_one(&mut self, input: ParseStream<'_>, imports_span: &mut Option<Span>) -> syn::Result<()> {
        let lookahead = input.lookahead1();
        if lookahead.peek(keyword::name) {
            let keyword = input.parse::<keyword::name>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.name, "name", keyword.span, parse_name(input)?)
        } else if lookahead.peek(keyword::codec) {
            let keyword = input.parse::<keyword::codec>()?;
            set_once(&mut self.codec, "codec", keyword.span, parse_codec(input)?)
        } else if lookahead.peek(keyword::on_error) {
            let keyword = input.parse::<keyword::on_error>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.on_error, "on_error", keyword.span, input.parse()?)
        } else if lookahead.peek(keyword::wasm) {
            let keyword = input.parse::<keyword::wasm>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.wasm, "wasm", keyword.span, input.parse()?)
        } else if lookahead.peek(keyword::imports) {
            let keyword = input.parse::<keyword::imports>()?;
            *imports_span = Some(keyword.span);
            set_once(&mut self.imports, "imports", keyword.span, parse_imports(input)?)
        } else if lookahead.peek(Token![crate]) {
            let (span, path) = parse_crate(input)?;
            set_once(&mut self.runtime, "crate", span, path)
        } else {
            Err(lookahead.error())
        }
    }
}

impl Parse for OnError {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text: LitStr = input.parse()?;
        match text.value().as_str() {
            "return" => Ok(Self::Return),
            "panic" => Ok(Self::Panic),
            _ => Err(syn::Error::new(text.span(), "expected `\"panic\"` or `\"return\"` (the default)")),
        }
    }
}

impl ExportOptions {
    /// Reads the method's `#[export(..)]`.
    pub(super) fn of_attributes(attributes: Vec<Attribute>, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for (index, attribute) in attributes.into_iter().enumerate() {
            if index > 0 {
                errors.at(&attribute, "`#[export(..)]` is there twice: put all options into one");
                continue;
            }
            if let Some(tokens) = errors.absorb(list_tokens(&attribute)) {
                options = errors.absorb(Self::parse.parse2(tokens)).unwrap_or_default();
            }
        }
        options
    }

    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            options.parse_one(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }

    fn parse_one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let lookahead = input.lookahead1();
        if lookahead.peek(keyword::name) {
            let keyword = input.parse::<keyword::name>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.name, "name", keyword.span, input.parse()?)
        } else if lookahead.peek(keyword::optional) {
            let keyword = input.parse::<keyword::optional>()?;
            set_once(&mut self.optional, "optional", keyword.span, keyword.span())
        } else if lookahead.peek(keyword::args) {
            let keyword = input.parse::<keyword::args>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.args, "args", keyword.span, (keyword.span, input.parse()?))
        } else if lookahead.peek(keyword::codec) {
            let keyword = input.parse::<keyword::codec>()?;
            set_once(&mut self.codec, "codec", keyword.span, parse_codec(input)?)
        } else {
            Err(lookahead.error())
        }
    }
}

impl Parse for ArgsFormat {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text: LitStr = input.parse()?;
        match text.value().as_str() {
            "json-array" => Ok(Self::JsonArray),
            "json-object" => Ok(Self::JsonObject),
            "msgpack" => Ok(Self::Msgpack),
            _ => Err(syn::Error::new(
                text.span(),
                "expected `\"json-array\"` (the default for several arguments), `\"json-object\"` or `\"msgpack\"`",
            )),
        }
    }
}

fn list_tokens(attribute: &Attribute) -> syn::Result<TokenStream> {
    match &attribute.meta {
        Meta::List(list) => Ok(list.tokens.clone()),
        _ => Err(syn::Error::new_spanned(
            attribute,
            "expected options in parentheses, such as `#[export(name = \"..\")]`",
        )),
    }
}

/// `name = CounterClient`, or the same in quotes.
fn parse_name(input: ParseStream<'_>) -> syn::Result<Ident> {
    if !input.peek(LitStr) {
        return input.parse();
    }
    let text: LitStr = input.parse()?;
    text.parse()
        .map_err(|_| syn::Error::new(text.span(), "expected the name of a type, such as `name = CounterClient`"))
}

fn parse_codec(input: ParseStream<'_>) -> syn::Result<Path> {
    input.parse::<Token![=]>()?;
    Path::parse_mod_style(input).map_err(|error| {
        syn::Error::new(error.span(), "expected a codec: `Json`, `Msgpack`, or the path of a wrapper type `W<T>`")
    })
}

fn parse_imports(input: ParseStream<'_>) -> syn::Result<Vec<Path>> {
    let list;
    parenthesized!(list in input);
    let paths = Punctuated::<Path, Token![,]>::parse_terminated_with(&list, |input| {
        Path::parse_mod_style(input).map_err(|error| {
            syn::Error::new(error.span(), "expected the names of host functions, such as `imports(kv_read, kv_write)`")
        })
    })?;
    Ok(paths.into_iter().collect())
}
