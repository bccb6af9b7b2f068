//! The trait itself.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, ItemTrait, Pat, TraitItem, TraitItemFn, ext::IdentExt, parse_quote};

use super::{
    super::model::{Body, Implementation, Interface, Method},
    bodies,
};

/// The trait as it comes out: as it is written, but for default bodies, which are where the client can run them too.
pub(in super::super) fn item(interface: &Interface, valid: bool) -> TokenStream {
    let mut item = interface.item.clone();
    let diagnostic = diagnostic(interface, valid);
    if !valid {
        // An `async` method is reported already.
        return quote!(#[allow(dead_code, async_fn_in_trait)] #item);
    }
    hand_on(&mut item, interface);
    quote! {
        // The wrapper is what is used; the trait may be there for its declaration alone.
        #[allow(dead_code)]
        #diagnostic
        #item
    }
}

fn hand_on(item: &mut ItemTrait, interface: &Interface) {
    let functions = item.items.iter_mut().filter_map(|item| match item {
        TraitItem::Fn(function) => Some(function),
        _ => None,
    });
    for (function, method) in functions.zip(&interface.methods) {
        if let Some(body) = method.body() {
            declare(function, interface, method, body);
        }
    }
}

/// Replaces the body by a call of it.
fn declare(function: &mut TraitItemFn, interface: &Interface, method: &Method, body: &Body) {
    function.attrs = method.docs.attributes();
    function.attrs.extend(body.of_declaration.iter().cloned());
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(argument) = input
            && let Pat::Ident(pat) = &mut *argument.pat
        {
            pat.mutability = None;
        }
    }
    let call = bodies::call(interface, method);
    function.default = Some(parse_quote!({ #call }));
}

/// What the compiler says of a type that doesn't implement the trait.
fn diagnostic(interface: &Interface, valid: bool) -> Option<TokenStream> {
    if interface.has_diagnostic || !valid {
        return None;
    }
    let trait_name = interface.item.ident.unraw().to_string();
    let client = interface.wrapper.unraw().to_string();
    let note = match interface.implementation() {
        Implementation::Yes => format!(
            "`{client}` implements `{trait_name}`; the client of an interface that extends it does so with \
             `#[plugin_interface(extends({client}))]`"
        ),
        Implementation::If(types) => {
            let types: Vec<_> = types.iter().map(|ty| format!("`{}`", crate::common::type_text(ty))).collect();
            format!(
                "`{client}` implements `{trait_name}` only where all methods return `Result`s, so that a failed call \
                 can be returned: {} would have to be one; or let failed calls panic, by \
                 `#[plugin_interface(on_error = \"panic\")]`",
                types.join(", ")
            )
        }
        Implementation::No => {
            let culprit = interface.methods.iter().find(|method| {
                !method.is_as_declared(interface.on_error) && !method.may_be_as_declared(interface.on_error)
            })?;
            format!(
                "`{client}` does not implement `{trait_name}`: a call can fail, and `{}` has no `Result` to return \
                 that in. Let all methods return a `Result` such as `Result<{}, extism_runtime::Error>`, or let failed \
                 calls panic, by `#[plugin_interface(on_error = \"panic\")]`",
                culprit.ident,
                culprit.result_text()
            )
        }
    };
    Some(quote!(#[diagnostic::on_unimplemented(note = #note)]).into_token_stream())
}
