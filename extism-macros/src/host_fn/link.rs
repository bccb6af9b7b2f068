//! The macros through which `host_fns!` finds the code generated for a function.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Visibility, ext::IdentExt};

use super::model::{Function, ListedFunction};
use crate::common::host_functions::{hidden, travels};

/// The two ends of a link.
pub(super) struct Link {
    /// Next to the declaration: the impls that lead from the number to it.
    pub(super) impls: TokenStream,
    /// Next to the function: the macros that provide the number.
    pub(super) macros: TokenStream,
}

pub(super) fn of(listed: &ListedFunction) -> Link {
    let ListedFunction { visibility: vis, id, function: Function { ident, cfgs, runtime, .. }, .. } = listed;
    let id = *id;
    let name = format_ident!("__extism_host_fn_{}_{id:016x}", ident.unraw(), span = Span::call_site());
    // Only an exported macro can be public.
    let (export, inner_vis) = match vis {
        Visibility::Public(_) => (Some(quote!(#[macro_export])), quote!(pub)),
        _ => (None, quote!(pub(crate))),
    };
    let hidden = hidden(ident, Span::call_site());
    let visible = travels(ident).then(|| quote!(#inner_vis use #name as #ident;));
    // A crate's unit tests may be linked with the crate itself, through another crate that depends on it.
    let variants = [(quote!(#[cfg(not(test))]), id), (quote!(#[cfg(test)]), !id)];
    let impls = variants.iter().map(|(condition, id)| {
        quote! {
            #condition
            #[automatically_derived]
            impl #runtime::Declares<__ExtismHostFn> for #runtime::Declaration<#id> {}
        }
    });
    let macros = variants.iter().map(|(condition, id)| {
        quote! {
            #condition
            #[doc(hidden)]
            #export
            macro_rules! #name {
                ($otherwise:expr, $($getter:tt)*) => { $($getter)*::<#id, _>() };
            }
        }
    });
    Link {
        impls: quote!(#(#impls)*),
        macros: quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(non_snake_case, non_local_definitions, unreachable_pub, unused_imports, unused_macros)]
            mod #name {
                #(#macros)*
                #inner_vis use #name as #hidden;
                #visible
            }
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(unreachable_pub, unused_imports, hidden_glob_reexports)]
            #vis use #name::*;
        },
    }
}
