//! The options of `#[plugin_interface(..)]` and `#[export(..)]`.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Ident, LitStr, Meta, Path, Token, parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use super::{module_path::ModulePath, rename::Case};
use crate::common::{Errors, each_option, parse_crate, set_once};

mod keyword {
    syn::custom_keyword!(args);
    syn::custom_keyword!(codec);
    syn::custom_keyword!(extends);
    syn::custom_keyword!(imports);
    syn::custom_keyword!(name);
    syn::custom_keyword!(on_error);
    syn::custom_keyword!(optional);
    syn::custom_keyword!(rename_all);
    syn::custom_keyword!(wasm);
}

/// The options of `#[plugin_interface(..)]`.
#[derive(Default)]
pub(super) struct InterfaceOptions {
    /// The client's name.
    pub(super) name: Option<Ident>,
    /// The codec of all arguments and results with types that name no codec.
    pub(super) codec: Option<Path>,
    /// What a method does when the call fails.
    pub(super) on_error: Option<OnError>,
    /// How the arguments are encoded as the input.
    pub(super) args: Option<ArgsFormat>,
    /// How the names of exports and arguments are derived from the Rust names.
    pub(super) rename_all: Option<Case>,
    /// The clients of the interfaces that this one extends.
    pub(super) extends: Option<Vec<Path>>,
    /// The module to check and embed.
    pub(super) wasm: Option<ModulePath>,
    /// The host functions that the module may import; `None` if imports are not checked.
    pub(super) imports: Option<Vec<Path>>,
    /// The path of the runtime.
    pub(super) runtime: Option<Path>,
}

/// What a method does when the call fails.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum OnError {
    /// Returns the error.
    #[default]
    Return,
    /// Panics with the error's text.
    Panic,
}

/// The options of `#[export(..)]`.
#[derive(Default)]
pub(super) struct ExportOptions {
    /// The export's name.
    pub(super) name: Option<LitStr>,
    /// The plug-in may lack the export.
    pub(super) optional: Option<Span>,
    /// How the arguments are encoded as the input.
    pub(super) args: Option<(Span, ArgsFormat)>,
    /// The codec of this method's arguments and result.
    pub(super) codec: Option<Path>,
}

/// How several arguments are encoded as one input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ArgsFormat {
    JsonArray,
    JsonObject,
    Msgpack,
}

impl InterfaceOptions {
    /// Reads the attribute's options.
    pub(super) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let mut imports_span = None;
        each_option(tokens, errors, |input| options.parse_one(input, &mut imports_span));
        if let (Some(span), None) = (imports_span, &options.wasm) {
            errors.at_span(
                span,
                "`imports(..)` checks the imports of a module: name it by `wasm = \"path/to/module.wasm\"`",
            );
        }
        options
    }

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
        } else if lookahead.peek(keyword::args) {
            let keyword = input.parse::<keyword::args>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.args, "args", keyword.span, input.parse()?)
        } else if lookahead.peek(keyword::rename_all) {
            let keyword = input.parse::<keyword::rename_all>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.rename_all, "rename_all", keyword.span, input.parse()?)
        } else if lookahead.peek(keyword::extends) {
            let keyword = input.parse::<keyword::extends>()?;
            let what = "expected the clients of the interfaces that this one extends, such as `extends(GreeterPlugin)`";
            set_once(&mut self.extends, "extends", keyword.span, parse_paths(input, what)?)
        } else if lookahead.peek(keyword::wasm) {
            let keyword = input.parse::<keyword::wasm>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.wasm, "wasm", keyword.span, input.parse()?)
        } else if lookahead.peek(keyword::imports) {
            let keyword = input.parse::<keyword::imports>()?;
            *imports_span = Some(keyword.span);
            set_once(
                &mut self.imports,
                "imports",
                keyword.span,
                parse_paths(input, "expected the names of host functions, such as `imports(kv_read, kv_write)`")?,
            )
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
                each_option(tokens, errors, |input| options.parse_one(input));
            }
        }
        options
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

fn parse_paths(input: ParseStream<'_>, what: &str) -> syn::Result<Vec<Path>> {
    let list;
    parenthesized!(list in input);
    let paths = Punctuated::<Path, Token![,]>::parse_terminated_with(&list, Path::parse_mod_style);
    paths.map(|paths| paths.into_iter().collect()).map_err(|error| syn::Error::new(error.span(), what))
}
