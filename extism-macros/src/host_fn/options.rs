use proc_macro2::Span;
use syn::{
    LitInt, LitStr, Path, Token,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use crate::common::{parse_crate, set_once};

mod keyword {
    syn::custom_keyword!(name);
    syn::custom_keyword!(namespace);
    syn::custom_keyword!(part);
    syn::custom_keyword!(skip);
}

/// What the attribute is applied to, which decides the options that it accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Function,
    Impl,
    Method,
}

/// `#[host_fn(..)]`'s options.
#[derive(Default)]
pub(super) struct Options {
    /// The name under which plug-ins import the function.
    pub(super) name: Option<LitStr>,
    /// The namespace that they import it from.
    pub(super) namespace: Option<LitStr>,
    /// The number of this block among the type's blocks with host functions.
    pub(super) part: Option<LitInt>,
    /// Marks a method that is not a host function.
    pub(super) skip: Option<Span>,
    /// The path of the runtime.
    pub(super) runtime: Option<Path>,
}

impl Options {
    pub(super) fn parser(place: Place) -> impl Parser<Output = Self> {
        move |input: ParseStream<'_>| {
            let mut options = Self::default();
            while !input.is_empty() {
                options.parse_one(place, input)?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(options)
        }
    }

    fn parse_one(&mut self, place: Place, input: ParseStream<'_>) -> syn::Result<()> {
        let lookahead = input.lookahead1();
        if place != Place::Impl && lookahead.peek(keyword::name) {
            let keyword = input.parse::<keyword::name>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.name, "name", keyword.span, input.parse()?)
        } else if lookahead.peek(keyword::namespace) {
            let keyword = input.parse::<keyword::namespace>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.namespace, "namespace", keyword.span, input.parse()?)
        } else if place == Place::Impl && lookahead.peek(keyword::part) {
            let keyword = input.parse::<keyword::part>()?;
            input.parse::<Token![=]>()?;
            set_once(&mut self.part, "part", keyword.span, input.parse()?)
        } else if place == Place::Method && lookahead.peek(keyword::skip) {
            let keyword = input.parse::<keyword::skip>()?;
            set_once(&mut self.skip, "skip", keyword.span, keyword.span())
        } else if place != Place::Method && lookahead.peek(Token![crate]) {
            let (span, path) = parse_crate(input)?;
            set_once(&mut self.runtime, "crate", span, path)
        } else {
            Err(lookahead.error())
        }
    }
}
