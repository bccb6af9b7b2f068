//! The implementations of the trait.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Lifetime, TraitItem, Type, parse_quote, visit_mut::VisitMut};

use super::{
    super::model::{Access, Implementation, Interface, Method, Sized},
    signature::{self, arguments, head, turbofish},
};
use crate::common::{error_span, respan, type_text};

/// Implements the trait for the client, if the client's methods have the trait's signatures.
pub(super) fn of_trait(interface: &Interface) -> Option<TokenStream> {
    let conditions = match interface.implementation() {
        Implementation::No => return None,
        Implementation::Yes => None,
        Implementation::If(types) => Some(conditions(interface, &types)),
    };
    if interface.methods.iter().any(Method::has_undeclared_lifetimes) {
        return None;
    }
    let Interface { client, item, .. } = interface;
    let ident = &item.ident;
    let methods = interface.methods.iter().map(|method| self::method(interface, method));
    Some(quote! {
        #[automatically_derived]
        #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        impl #ident for #client #conditions {
            #(#methods)*
        }
    })
}

/// The bounds that require the types to be `Result`s. Bounds without parameters would be checked at the declaration;
/// these are checked where the implementation is used.
fn conditions(interface: &Interface, types: &[&Type]) -> TokenStream {
    let runtime = &interface.runtime;
    let mut seen = Vec::new();
    let bounds = types.iter().filter_map(|ty| {
        let text = type_text(ty);
        if seen.contains(&text) {
            return None;
        }
        seen.push(text);
        let mut ty = (*ty).clone();
        InPlugin.visit_type_mut(&mut ty);
        let bound = respan(error_span(&ty), quote!(#runtime::SameForClient<'__extism>));
        let lifetime = respan(error_span(&ty), quote!(for<'__extism>));
        Some(quote!(#lifetime #ty: #bound))
    });
    let bounds: Vec<_> = bounds.collect();
    quote!(where #(#bounds),*)
}

/// Replaces the lifetimes of everything that borrows from the plug-in by the plug-in's lifetime.
struct InPlugin;

impl VisitMut for InPlugin {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new("'__extism", lifetime.span());
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime.get_or_insert_with(|| parse_quote!('__extism));
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }
}

fn method(interface: &Interface, method: &Method) -> TokenStream {
    let Method { ident, cfgs, generics, receiver, output, .. } = method;
    let runtime = &interface.runtime;
    let this = &receiver.self_token;
    let declared = signature::declared(method);
    let where_clause = &generics.where_clause;
    let (head, arguments, turbofish) = (head(method, ident), arguments(method), turbofish(generics));
    let track_caller = super::methods::track_caller(interface, method);
    // The client's inherent method, which takes precedence over the trait's.
    let mut call = quote!(Self::#ident #turbofish (#this, #arguments));
    if method.may_be_as_declared(interface.on_error)
        && let Some(ty) = &output.ok
    {
        let same = respan(error_span(ty), quote!(#runtime::SameForClient<'_>));
        let (open, close) = (respan(error_span(ty), quote!(<)), respan(error_span(ty), quote!(>::same)));
        call = signature::then(runtime, method, &call, |output| quote!(#open #ty as #same #close (#output)));
    }
    quote! {
        #(#cfgs)*
        #track_caller
        #[inline]
        #head #declared #where_clause {
            #call
        }
    }
}

/// Implements the trait for `&mut T`, `Box<T>` and all other types that forward calls, if `T` implements it.
pub(super) fn forwarded(interface: &Interface) -> Option<TokenStream> {
    let forwarding = interface.forwarding().filter(|_| interface.valid)?;
    let Interface { runtime, item, client, .. } = interface;
    let ident = &item.ident;
    let supertraits = &item.supertraits;
    let bounds = (!supertraits.is_empty()).then(|| quote!(__ExtismForward: #supertraits,));
    let forwards = forwards(interface);
    let forwards = quote!(#forwards<__ExtismForward, #client>);
    let target = quote!(<#runtime::typed::Calls as #forwards>::Target);
    let predicates = item.generics.where_clause.as_ref().map(|clause| &clause.predicates);
    let sized = (forwarding == Sized::Yes).then(|| quote!(+ ::core::marker::Sized));
    let send = interface.has_async_bodies().then(|| {
        let send = signature::send_self(interface.access, Span::call_site());
        quote!(+ #send)
    });
    let constants = item.items.iter().filter_map(|item| match item {
        TraitItem::Const(constant) => Some(constant),
        _ => None,
    });
    let constants = constants.map(|constant| {
        let (name, ty, cfgs) = (&constant.ident, &constant.ty, crate::common::cfgs(&constant.attrs));
        quote!(#(#cfgs)* const #name: #ty = <#target as #ident>::#name;)
    });
    let methods = interface.methods.iter().map(|method| forward(interface, method, &target));
    Some(quote! {
        #[automatically_derived]
        #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        impl<__ExtismForward> #ident for __ExtismForward
        where
            #runtime::typed::Calls: #forwards,
            #target: #ident #sized #send,
            #bounds
            #predicates
        {
            #(#constants)*
            #(#methods)*
        }
    })
}

/// The trait by which a type forwards the calls of the interface.
fn forwards(Interface { runtime, access, .. }: &Interface) -> TokenStream {
    match access {
        Access::Exclusive => quote!(#runtime::typed::Forwards),
        Access::Shared => quote!(#runtime::typed::ForwardsShared),
    }
}

fn forward(interface: &Interface, method: &Method, target: &TokenStream) -> TokenStream {
    let Interface { runtime, client, item, .. } = interface;
    let forwards = forwards(interface);
    let trait_name = &item.ident;
    let Method { ident, cfgs, generics, receiver, .. } = method;
    let this = &receiver.self_token;
    let declared = signature::declared(method);
    let where_clause = &generics.where_clause;
    let (head, arguments, turbofish) = (head(method, ident), arguments(method), turbofish(generics));
    let track_caller = super::methods::track_caller(interface, method);
    quote! {
        #(#cfgs)*
        #track_caller
        #[inline]
        #head #declared #where_clause {
            <#target as #trait_name>::#ident #turbofish (
                <#runtime::typed::Calls as #forwards<Self, #client>>::forward(#this),
                #arguments
            )
        }
    }
}
