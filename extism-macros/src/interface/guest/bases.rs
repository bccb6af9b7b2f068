//! The interfaces that an interface extends: a plug-in that exports it has to export those too.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::super::model::Interface;
use crate::common::{error_span, respan};

/// The hidden function that exists for plug-ins that export the bases.
pub(super) fn name() -> Ident {
    format_ident!("__extism_exports_bases")
}

/// The function; `None` if there are no bases. The compiler shows `extends(..)` where a bound is not fulfilled.
pub(super) fn check(interface: &Interface) -> Option<TokenStream> {
    let (runtime, name) = (&interface.runtime, name());
    interface.extends.first()?;
    let bounds = interface.extends.iter().map(|base| {
        let span = error_span(base);
        let runtime = respan(span, runtime);
        quote_spanned!(span=> Self: #runtime::Exports<<#base as #runtime::InterfaceName>::Id>)
    });
    Some(quote! {
        #[doc(hidden)]
        fn #name()
        where
            Self: ::core::marker::Sized,
            #(#bounds,)*
        {
        }
    })
}
