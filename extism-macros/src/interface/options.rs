//! The options of `#[plugin_interface(..)]` and `#[export(..)]`.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Ident, LitStr, Meta, Path,
    parse::{Parse, ParseStream},
};

use super::rename::Case;
use crate::common::{Errors, FilePath, KeyValue, each_option, parse_codec};

mod keyword {
    syn::custom_keyword!(args);
    syn::custom_keyword!(codec);
    syn::custom_keyword!(description);
    syn::custom_keyword!(extends);
    syn::custom_keyword!(imports);
    syn::custom_keyword!(name);
    syn::custom_keyword!(on_error);
    syn::custom_keyword!(optional);
    syn::custom_keyword!(rename_all);
    syn::custom_keyword!(require);
    syn::custom_keyword!(version);
    syn::custom_keyword!(wasm);
}

/// The options of `#[plugin_interface(..)]`.
#[derive(Default)]
pub(super) struct InterfaceOptions {
    /// The client's name.
    pub(super) name: Option<KeyValue<Ident>>,
    /// The codec of all arguments and results with types that do not name a codec.
    pub(super) codec: Option<KeyValue<Path>>,
    /// The behaviour of a method when the call fails.
    pub(super) on_error: Option<KeyValue<OnError>>,
    /// How the arguments are encoded as the input.
    pub(super) args: Option<KeyValue<ArgsFormat>>,
    /// How the names of exports and arguments are derived from the Rust names.
    pub(super) rename_all: Option<KeyValue<Case>>,
    /// The clients of the interfaces that this one extends.
    pub(super) extends: Option<KeyValue<Vec<Path>>>,
    /// The module to check and embed.
    pub(super) wasm: Option<KeyValue<FilePath>>,
    /// The host functions that the module may import; `None` if imports are not checked.
    pub(super) imports: Option<KeyValue<Vec<Path>>>,
    /// The interface's semantic version.
    pub(super) version: Option<KeyValue<LitStr>>,
    /// The file that describes the interface.
    pub(super) description: Option<KeyValue<FilePath>>,
    /// Whether plug-ins have to describe themselves.
    pub(super) require: Option<KeyValue<Require>>,
    /// The path of the runtime.
    pub(super) runtime: Option<KeyValue<Path>>,
}

/// What a plug-in must have beside its exports: the section that describes it.
#[derive(Clone, Copy)]
pub(super) struct Require;

impl Parse for Require {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text: LitStr = input.parse()?;
        if text.value() == "section" {
            return Ok(Self);
        }
        Err(syn::Error::new(
            text.span(),
            "expected `\"section\"`: plug-ins without the section `extism:interface` are refused",
        ))
    }
}

/// The behaviour of a method when the call fails.
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
    pub(super) name: Option<KeyValue<LitStr>>,
    /// Whether the plug-in may lack the export.
    pub(super) optional: Option<KeyValue<()>>,
    /// How the arguments are encoded as the input.
    pub(super) args: Option<KeyValue<ArgsFormat>>,
    /// The codec of this method's arguments and result.
    pub(super) codec: Option<KeyValue<Path>>,
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
        each_option(tokens, errors, |next| {
            Ok(next.value_with(keyword::name, &mut options.name, parse_name)?
                || next.value_with(keyword::codec, &mut options.codec, parse_codec)?
                || next.value(keyword::on_error, &mut options.on_error)?
                || next.value(keyword::args, &mut options.args)?
                || next.value(keyword::rename_all, &mut options.rename_all)?
                || next.paths(keyword::extends, &mut options.extends, EXTENDS)?
                || next.value(keyword::wasm, &mut options.wasm)?
                || next.paths(keyword::imports, &mut options.imports, IMPORTS)?
                || next.value_with(keyword::version, &mut options.version, parse_version)?
                || next.value(keyword::description, &mut options.description)?
                || next.value(keyword::require, &mut options.require)?
                || next.runtime(&mut options.runtime)?)
        });
        if let (Some(imports), None) = (&options.imports, &options.wasm) {
            errors.at_span(imports.key, "`imports(..)` needs a module to check: add `wasm = \"path/to/module.wasm\"`");
        }
        options
    }
}

const EXTENDS: &str = "expected the clients of the extended interfaces, such as `extends(GreeterPlugin)`";
const IMPORTS: &str = "expected the names of host functions, such as `imports(kv_read, kv_write)`";

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
                errors.at(&attribute, "duplicate `#[export(..)]`: put all options into one");
                continue;
            }
            let Some(tokens) = errors.absorb(list_tokens(&attribute)) else { continue };
            each_option(tokens, errors, |next| {
                Ok(next.value(keyword::name, &mut options.name)?
                    || next.flag(keyword::optional, &mut options.optional)?
                    || next.value(keyword::args, &mut options.args)?
                    || next.value_with(keyword::codec, &mut options.codec, parse_codec)?)
            });
        }
        options
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

/// A semantic version, such as `1.2.0`.
pub(crate) fn parse_version(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let text: LitStr = input.parse()?;
    match semver::Version::parse(&text.value()) {
        Ok(_) => Ok(text),
        Err(error) => {
            Err(syn::Error::new(text.span(), format!("expected a semantic version, such as `\"1.2.0\"`: {error}")))
        }
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
