//! `#[export_plugin]`: the exports of an implementation of an interface.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{ImplItem, Item, ItemImpl, Path, ext::IdentExt};

use crate::common::{
    Errors, KeyValue, Side, cfgs, each_option, error_span,
    host_functions::{hidden, travels},
    respan, runtime_path, type_text,
};

const EXPECTED: &str =
    "`#[export_plugin]` goes on the implementation of a plug-in's interface: `impl Discounts for MyDiscounts`";

#[allow(clippy::needless_pass_by_value, reason = "as all entry functions")]
pub(crate) fn expand(side: Side, options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut runtime = None;
    each_option(options, &mut errors, |next| next.runtime(&mut runtime));
    side.locate(&mut runtime);
    let runtime = runtime_path(runtime.map(KeyValue::into_value));
    let exports = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Impl(block)) => exports(&runtime, &block, &mut errors),
        Ok(other) => {
            errors.at(other.into_token_stream().into_iter().next(), EXPECTED);
            None
        }
        // The compiler explains why too, when it sees the item itself.
        Err(error) => {
            errors.push(error);
            None
        }
    };
    let errors = errors.into_tokens();
    quote!(#item #errors #exports)
}

fn exports(runtime: &Path, block: &ItemImpl, errors: &mut Errors) -> Option<TokenStream> {
    let Some((interface, _)) = &block.trait_ else {
        errors.at(&block.self_ty, EXPECTED);
        return None;
    };
    if let Some(parameter) = block.generics.params.first() {
        errors.at(parameter, "a module has one plug-in, so the type that implements its interface cannot be generic");
        return None;
    }
    if !errors.is_empty() {
        return None;
    }
    let (ty, conditions) = (&block.self_ty, cfgs(&block.attrs));
    let otherwise = undeclared(interface);
    let exported = quote_spanned!(error_span(ty)=> #ty);
    let calls = block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    });
    let calls = calls.map(|method| {
        let (ident, cfgs) = (&method.sig.ident, cfgs(&method.attrs));
        quote! {
            #(#cfgs)*
            const _: () = {
                __extism_interface! { #otherwise #ident, #exported, #interface, #runtime }
            };
        }
    });
    let mut imported = interface.clone();
    if let Some(last) = imported.segments.last_mut() {
        if !travels(&last.ident) {
            last.ident = hidden(&last.ident, last.ident.span());
        }
        last.arguments = syn::PathArguments::None;
    }
    let import = respan(error_span(interface), quote!(use #imported as __extism_interface;));
    // The inner import hides the outer one if there is a macro of that name.
    Some(quote! {
        #(#conditions)*
        const _: () = {
            #[allow(unused_imports)]
            use #runtime::undeclared_interface as __extism_interface;
            const _: () = {
                #[allow(deprecated, unused_imports)]
                #import
                __extism_interface! { __extism_whole #exported, #interface, #runtime }
                #(#calls)*
            };
        };
    })
}

/// The error for a trait that is no interface.
fn undeclared(interface: &Path) -> TokenStream {
    let name = interface.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default();
    let message =
        format!("`{}` is not a plug-in's interface: put `#[plugin_interface]` on `trait {name}`", type_text(interface));
    quote_spanned!(error_span(interface)=> ::core::compile_error! { #message })
}
