//! The macro that `#[export_plugin]` finds by the trait's path: `use` of the trait imports it too.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Visibility, ext::IdentExt};

use super::{
    super::model::{Interface, Method},
    bases, method, section,
};
use crate::common::{cfgs, host_functions::hidden, host_functions::travels, unique};

/// Whether a plug-in can export the method: one with type parameters has no bytes of its own.
pub(super) fn is_exported(method: &Method) -> bool {
    method.generics.type_params().next().is_none() && method.generics.const_params().next().is_none()
}

pub(super) fn macros(interface: &Interface, id: u64) -> TokenStream {
    let item = &interface.item;
    let (ident, vis, cfgs) = (&item.ident, &item.vis, cfgs(&item.attrs));
    let name = format_ident!("__extism_exports_of_{}_{:016x}", ident.unraw(), unique(item), span = Span::call_site());
    // Only an exported macro can be public.
    let (export, inner_vis) = match vis {
        Visibility::Public(_) => (Some(quote!(#[macro_export])), quote!(pub)),
        _ => (None, quote!(pub(crate))),
    };
    let hidden = hidden(ident, Span::call_site());
    let visible = travels(ident).then(|| quote!(#inner_vis use #name as #ident;));
    let arms = interface.methods.iter().filter(|_| interface.valid).map(arm);
    let whole = whole(interface, id);
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_snake_case, non_local_definitions, unreachable_pub, unused_imports, unused_macros, unused_macro_rules)]
        mod #name {
            #[doc(hidden)]
            #export
            macro_rules! #name {
                #whole
                #(#arms)*
                // A method that the trait does not have is reported by the compiler.
                ($($other:tt)*) => {};
            }
            #inner_vis use #name as #hidden;
            #visible
        }
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(unreachable_pub, unused_imports, hidden_glob_reexports)]
        #vis use #name::*;
    }
}

/// What is exported once: the description, and for interfaces that extend this one, that it is exported.
fn whole(interface: &Interface, id: u64) -> TokenStream {
    let section = section::item(interface);
    let bases = (!interface.extends.is_empty() && interface.valid).then(|| {
        let function = bases::name();
        quote!(const _: fn() = <$ty as $interface>::#function;)
    });
    quote! {
        (__extism_whole $ty:ty, $interface:path, $($runtime:tt)*) => {
            #section
            impl $($runtime)*::Exports<$($runtime)*::InterfaceId<#id>> for $ty {}
            #bases
        };
    }
}

/// The export of one method.
fn arm(method: &Method) -> TokenStream {
    let Method { ident, export, .. } = method;
    if !is_exported(method) {
        let message = format!(
            "a plug-in cannot export `{}`, because it has type parameters, which only its host knows",
            ident.unraw()
        );
        return quote! {
            ($otherwise:item #ident, $ty:ty, $interface:path, $($runtime:tt)*) => { ::core::compile_error! { #message } };
        };
    }
    let function = method::name(method);
    quote! {
        ($otherwise:item #ident, $ty:ty, $interface:path, $($runtime:tt)*) => {
            $($runtime)*::export_item! { #export, <$ty as $interface>::#function() }
        };
    }
}
