//! Default bodies. Each is emitted once, as a method of a hidden trait that both the trait and the client call.
//!
//! If the client implements the trait, every type that runs a body implements it too, and `self` in the body is that
//! type. Otherwise the client's methods return `Result`s and the trait's do not. A body then sees only those of the
//! trait's methods and constants that the client has as well: a second hidden trait declares them, with one
//! implementation for all implementors of the trait and one for the client.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Block, Ident, ItemTrait, TraitItem, TraitItemConst, ext::IdentExt};

use super::{
    super::model::{Argument, Body, Implementation, Interface, Method},
    signature::{self, arguments, head, returned, returns, turbofish},
};
use crate::common::{cfgs, error_span};

/// The hidden trait that all implementors of the trait implement.
fn bodies_trait(interface: &Interface) -> Ident {
    format_ident!("__ExtismBodiesOf{}", interface.item.ident.unraw())
}

/// The hidden method that contains or calls a body.
fn body_name(method: &Method) -> Ident {
    format_ident!("__extism_body_{}", method.index)
}

/// Runs the body, in the trait.
pub(super) fn call(interface: &Interface, method: &Method) -> TokenStream {
    let (bodies, name, this) = (bodies_trait(interface), body_name(method), &method.receiver.self_token);
    let (turbofish, arguments) = (turbofish(&method.generics), arguments(method));
    quote!(<Self as #bodies>::#name #turbofish (#this, #arguments))
}

/// Runs the body, in the client.
pub(super) fn call_of_client(interface: &Interface, method: &Method) -> TokenStream {
    if matches!(interface.implementation(), Implementation::Yes) {
        return call(interface, method);
    }
    let (name, this) = (body_name(method), &method.receiver.self_token);
    let (turbofish, arguments) = (turbofish(&method.generics), arguments(method));
    quote!(Self::#name #turbofish (#this, #arguments))
}

/// The hidden traits.
pub(super) fn bodies(interface: &Interface) -> Option<TokenStream> {
    if !interface.valid || !interface.has_bodies() {
        return None;
    }
    Some(match interface.implementation() {
        Implementation::Yes => of_implementors(interface),
        _ => of_both(interface),
    })
}

fn with_bodies(interface: &Interface) -> impl Iterator<Item = (&Method, &Body)> {
    interface.methods.iter().filter_map(|method| Some((method, method.body()?)))
}

/// The method with the body itself.
fn definition(interface: &Interface, method: &Method, body: &Body) -> TokenStream {
    let Body { block, attributes, .. } = body;
    let name = body_name(method);
    let Method { generics, receiver, .. } = method;
    let declared = signature::declared(method);
    let where_clause = signature::where_clause_of_body(interface, method);
    let parameters = method.arguments.iter().map(|argument| {
        let (mutability, ident, ty) = (&argument.mutability, &argument.ident, &argument.ty);
        let mutability = mutability.filter(|_| method.asyncness.is_none());
        quote!(#mutability #ident: #ty)
    });
    let block = block_of(method, block);
    quote! {
        #(#attributes)*
        fn #name #generics (#receiver, #(#parameters),*) #declared #where_clause
            #block
    }
}

/// The block of a method, which runs in the future of an `async` one.
pub(super) fn block_of(method: &Method, block: &Block) -> TokenStream {
    let Some(asyncness) = &method.asyncness else { return block.to_token_stream() };
    let mutable = method.arguments.iter().filter(|argument| argument.mutability.is_some());
    let bindings = mutable.map(|Argument { mutability, ident, .. }| quote!(let #mutability #ident = #ident;));
    let statements = &block.stmts;
    let future = quote_spanned!(error_span(asyncness)=> async move { #(#bindings)* #(#statements)* });
    let mut outer = Group::new(Delimiter::Brace, future);
    outer.set_span(block.brace_token.span.join());
    outer.into_token_stream()
}

/// The hidden method that calls another one with the same name.
fn delegation(interface: &Interface, method: &Method, owner: &TokenStream, with_default: bool) -> TokenStream {
    let name = body_name(method);
    let Method { cfgs, generics, receiver, .. } = method;
    let this = &receiver.self_token;
    let declared = signature::declared(method);
    let where_clause = signature::where_clause_of_body(interface, method);
    let head = head(method, &name);
    let (turbofish, arguments) = (turbofish(generics), arguments(method));
    let track_caller = method.tracks_caller.then(|| quote!(#[track_caller]));
    let body = if with_default { quote!({ #owner::#name #turbofish (#this, #arguments) }) } else { quote!(;) };
    quote!(#(#cfgs)* #track_caller #head #declared #where_clause #body)
}

fn of_implementors(interface: &Interface) -> TokenStream {
    let Interface { item, lints, .. } = interface;
    let (ident, bodies) = (&item.ident, bodies_trait(interface));
    let definitions = with_bodies(interface).map(|(method, body)| definition(interface, method, body));
    quote! {
        #(#lints)*
        #[allow(dead_code, non_camel_case_types, clippy::manual_async_fn)]
        trait #bodies: #ident {
            #(#definitions)*
        }

        #[automatically_derived]
        impl<__ExtismImplementor: #ident + ?::core::marker::Sized> #bodies for __ExtismImplementor {}
    }
}

fn of_both(interface: &Interface) -> TokenStream {
    let Interface { item, lints, client, .. } = interface;
    let (ident, bodies) = (&item.ident, bodies_trait(interface));
    let ItemTrait { supertraits, generics, .. } = item;
    let colon = (!supertraits.is_empty()).then(|| quote!(:));
    let where_clause = &generics.where_clause;
    let shared = Common::of(interface);
    let declared = shared.declarations();
    let for_all = shared.for_implementors();
    let for_client = shared.for_client();
    let definitions = with_bodies(interface).map(|(method, body)| definition(interface, method, body));
    let methods = || with_bodies(interface).map(|(method, _)| method);
    let declarations = methods().map(|method| delegation(interface, method, &TokenStream::new(), false));
    let by_trait = quote!(<Self as __ExtismShared<__ExtismByTrait>>);
    let by_client = quote!(<Self as __ExtismShared<__ExtismByClient>>);
    let delegations = methods().map(|method| delegation(interface, method, &by_trait, true));
    let of_client = methods().map(|method| delegation(interface, method, &by_client, true));
    quote! {
        #[allow(dead_code, non_camel_case_types, non_snake_case)]
        trait #bodies {
            #(#declarations)*
        }

        const _: () = {
            enum __ExtismByTrait {}
            enum __ExtismByClient {}

            #(#lints)*
            #[allow(dead_code, clippy::manual_async_fn)]
            trait __ExtismShared<__ExtismBy> #colon #supertraits #where_clause {
                #declared
                #(#definitions)*
            }

            #[automatically_derived]
            #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
            impl<__ExtismImplementor: #ident + ?::core::marker::Sized> __ExtismShared<__ExtismByTrait>
                for __ExtismImplementor
            {
                #for_all
            }

            #[automatically_derived]
            #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
            impl __ExtismShared<__ExtismByClient> for #client {
                #for_client
            }

            #[automatically_derived]
            #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
            impl<__ExtismImplementor: #ident + ?::core::marker::Sized> #bodies for __ExtismImplementor {
                #(#delegations)*
            }

            #[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
            impl #client {
                #(#of_client)*
            }
        };
    }
}

/// The part of the trait that a body may use if the client does not implement the trait.
struct Common<'i> {
    interface: &'i Interface,
    constants: Vec<&'i TraitItemConst>,
    /// The methods that have the trait's signature in the client, or may have it, depending on their types.
    methods: Vec<&'i Method>,
}

impl<'i> Common<'i> {
    fn of(interface: &'i Interface) -> Self {
        let constants = interface.item.items.iter().filter_map(|item| match item {
            TraitItem::Const(constant) if constant.default.is_some() => Some(constant),
            _ => None,
        });
        let on_error = interface.on_error;
        let is_shared = |method: &&Method| method.is_as_declared(on_error) || method.may_be_as_declared(on_error);
        Self {
            interface,
            constants: constants.collect(),
            methods: interface.methods.iter().filter(is_shared).collect(),
        }
    }

    fn declarations(&self) -> TokenStream {
        let constants = self.constants.iter().map(|constant| {
            let (cfgs, ident, ty) = (cfgs(&constant.attrs), &constant.ident, &constant.ty);
            quote!(#(#cfgs)* const #ident: #ty;)
        });
        let methods = self.methods.iter().map(|method| self.method(method, &quote!(;)));
        // They are already linted in the trait, and an attribute on the whole trait would apply to the bodies too.
        let quiet = quote!(#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]);
        quote!(#(#constants)* #(#quiet #methods)*)
    }

    fn for_implementors(&self) -> TokenStream {
        let Interface { runtime, item, .. } = self.interface;
        let trait_name = &item.ident;
        let constants = self.constants.iter().map(|constant| {
            let (cfgs, ident, ty) = (cfgs(&constant.attrs), &constant.ident, &constant.ty);
            quote!(#(#cfgs)* const #ident: #ty = <Self as #trait_name>::#ident;)
        });
        let methods = self.methods.iter().map(|method| {
            let (ident, this) = (&method.ident, &method.receiver.self_token);
            let (turbofish, arguments) = (turbofish(&method.generics), arguments(method));
            let call = quote!(<Self as #trait_name>::#ident #turbofish (#this, #arguments));
            let call = match self.opaque(method) {
                Some(ty) => {
                    signature::then(runtime, method, &call, |output| returned(runtime, ty, &quote!(wrap), None, output))
                }
                None => call,
            };
            self.method(method, &self.block(method, call))
        });
        quote!(#(#constants)* #(#methods)*)
    }

    fn for_client(&self) -> TokenStream {
        let client = &self.interface.client;
        let constants = self.constants.iter().map(|constant| {
            let (cfgs, ident, ty) = (cfgs(&constant.attrs), &constant.ident, &constant.ty);
            let value = constant.default.as_ref().map(|(_, value)| value);
            quote!(#(#cfgs)* const #ident: #ty = #value;)
        });
        let methods = self.methods.iter().map(|method| {
            let (ident, this) = (&method.ident, &method.receiver.self_token);
            let (turbofish, arguments) = (turbofish(&method.generics), arguments(method));
            let call = quote!(#client::#ident #turbofish (#this, #arguments));
            self.method(method, &self.block(method, call))
        });
        quote!(#(#constants)* #(#methods)*)
    }

    fn method(&self, method: &Method, body: &TokenStream) -> TokenStream {
        let Method { ident, cfgs, generics, .. } = method;
        let runtime = &self.interface.runtime;
        let head = head(method, ident);
        let opaque = self.opaque(method).map(|ty| returns(runtime, method, ty));
        let returns = opaque.unwrap_or_else(|| signature::declared(method));
        let where_clause = match method.body() {
            Some(_) => signature::where_clause_of_body(self.interface, method),
            None => generics.where_clause.clone(),
        };
        let track_caller = method.tracks_caller.then(|| quote!(#[track_caller]));
        quote!(#(#cfgs)* #track_caller #head #returns #where_clause #body)
    }

    fn block(&self, method: &Method, call: TokenStream) -> TokenStream {
        let Some(ty) = self.opaque(method) else { return quote!({ #call }) };
        signature::body(ty, call)
    }

    fn opaque<'m>(&self, method: &'m Method) -> Option<&'m syn::Type> {
        method.output.ok.as_ref().filter(|_| method.may_be_as_declared(self.interface.on_error))
    }
}
