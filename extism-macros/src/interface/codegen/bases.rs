//! The interfaces that an interface extends, as part of its client.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;

use super::super::model::{Access, Interface};
use crate::common::{error_span, respan};

/// The type in which a client with one instance holds its plug-in.
pub(super) fn holder(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let mut bases = interface.extends.iter().rev();
    let Some(last) = bases.next() else { return quote!(#runtime::Plugin) };
    bases.fold(quote!(#last), |rest, base| quote!(#runtime::Together<#base, #rest>))
}

/// `Holder::function`. The error about a base that cannot be extended is shown at its name, and only once.
pub(super) fn of_holder(interface: &Interface, function: &str) -> TokenStream {
    let (runtime, function) = (&interface.runtime, format_ident!("{function}"));
    let function = quote!(#runtime::Holder::#function);
    match interface.extends.first() {
        Some(base) => respan(error_span(base), function),
        None => function,
    }
}

/// The field of a base in a shared client.
pub(super) fn field(index: usize) -> Ident {
    format_ident!("base_{index}")
}

/// `<base as SharedBase>::function`.
pub(super) fn of_shared(interface: &Interface, base: &Path, function: &str) -> TokenStream {
    let (span, function) = (error_span(base), format_ident!("{function}"));
    let runtime = respan(span, &interface.runtime);
    quote_spanned!(span=> <#base as #runtime::SharedBase>::#function)
}

/// A list of what the interfaces declare; `None` if there are none.
pub(super) fn interfaces(interface: &Interface) -> Option<TokenStream> {
    let first = interface.extends.first()?;
    let runtime = &interface.runtime;
    Some(match interface.access {
        Access::Exclusive => {
            let (span, holder) = (error_span(first), holder(interface));
            let runtime = respan(span, runtime);
            quote_spanned!(span=> <#holder as #runtime::Holder>::interfaces())
        }
        Access::Shared => {
            let of_bases = interface.extends.iter().map(|base| of_shared(interface, base, "interface"));
            quote!([#(#of_bases()),*])
        }
    })
}
