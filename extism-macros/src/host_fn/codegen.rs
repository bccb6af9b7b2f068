use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{ItemFn, ItemImpl};

use super::model::{Argument, ArgumentKind, Function, FunctionSet};
use crate::common::place;

/// The item beside a function that `host_fns!` names.
pub(super) fn function(item: &ItemFn, function: &Function, valid: bool) -> TokenStream {
    let Function { ident, cfgs, runtime, .. } = function;
    let vis = &item.vis;
    let declaration = declaration(function, &quote!(#ident), None, valid);
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, unreachable_pub)]
        #vis enum #ident {}

        #(#cfgs)*
        const _: () = {
            #[automatically_derived]
            impl #runtime::__private::HostFunctions for #ident {
                type Shared = ();
                const FUNCTIONS: &'static [#runtime::__private::HostFunction<()>] =
                    &[<Self as #runtime::__private::HostFn>::FUNCTION];
            }

            #[automatically_derived]
            #[allow(deprecated)]
            impl #runtime::__private::HostFn for #ident {
                const FUNCTION: #runtime::__private::HostFunction<()> = #declaration;
            }
        };
    }
}

/// What makes a value of the block's type something that `with_functions` takes.
pub(super) fn set(block: &ItemImpl, set: &FunctionSet, valid: bool) -> TokenStream {
    let FunctionSet { runtime, functions } = set;
    let ty = &block.self_ty;
    let (impl_generics, _, where_clause) = block.generics.split_for_impl();
    let shared = quote_spanned!(place(ty)=> Self);
    let functions = functions.iter().map(|function| {
        let Function { ident, cfgs, .. } = function;
        let declaration = declaration(function, &quote!(Self::#ident), Some(&quote!(__extism_self)), valid);
        quote!(#(#cfgs)* #declaration)
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            #[allow(deprecated)]
            impl #impl_generics #runtime::__private::HostFunctions for #ty #where_clause {
                type Shared = #shared;
                const FUNCTIONS: &'static [#runtime::__private::HostFunction<Self>] = &[#(#functions),*];
            }
        };
    }
}

/// All that is known of a host function, and how it is called, in one expression: so that each mistake in its types
/// is reported once.
fn declaration(function: &Function, path: &TokenStream, receiver: Option<&TokenStream>, valid: bool) -> TokenStream {
    let Function { name, namespace, runtime, arguments, result, .. } = function;
    let (params, results, bind) = if valid {
        let params = arguments.iter().filter_map(|argument| match &argument.kind {
            ArgumentKind::Exclusive(_) => None,
            ArgumentKind::Taken(ty) => {
                Some(quote_spanned!(place(ty)=> <#ty as #runtime::__private::HostArgument<'_, '_>>::PARAMS))
            }
        });
        let results = quote_spanned!(place(result)=> <#result as #runtime::__private::HostResult>::RESULTS);
        (quote!(&[#(#params),*]), results, bind(function, path, receiver))
    } else {
        (quote!(&[]), quote!(&[]), quote!(|_| ::core::unreachable!()))
    };
    quote! {
        #runtime::__private::HostFunction {
            signature: #runtime::__private::Signature {
                namespace: #namespace,
                name: #name,
                params: #params,
                results: #results,
            },
            bind: #bind,
        }
    }
}

fn bind(function: &Function, path: &TokenStream, receiver: Option<&TokenStream>) -> TokenStream {
    let Function { runtime, arguments, result, .. } = function;
    let (binds, takes): (Vec<_>, Vec<_>) =
        arguments.iter().enumerate().filter_map(|(index, argument)| bind_and_take(function, index, argument)).unzip();
    let values = arguments.iter().enumerate().map(|(index, argument)| match &argument.kind {
        ArgumentKind::Exclusive(ty) => {
            quote_spanned!(place(ty)=> #runtime::__private::plugin_mut::<#ty>(__extism_plugin))
        }
        ArgumentKind::Taken(_) => {
            let value = format_ident!("__extism_value_{index}");
            quote!(#value)
        }
    });
    let values = receiver.into_iter().cloned().chain(values);
    let give = quote_spanned!(place(result)=> #runtime::__private::give::<#result>);
    let shared = receiver.cloned().unwrap_or_else(|| quote!(_));
    let mutability = (!binds.is_empty()).then(|| quote!(mut));
    quote! {
        |#mutability __extism_binder| {
            #(#binds)*
            __extism_binder.call(move |#shared, __extism_plugin, __extism_arguments, __extism_results| {
                #(#takes)*
                #give(#path(#(#values),*), __extism_plugin, __extism_results)
            })
        }
    }
}

/// The statement that runs when the plug-in is built, and the one that runs at a call.
fn bind_and_take(function: &Function, index: usize, argument: &Argument) -> Option<(TokenStream, TokenStream)> {
    let ArgumentKind::Taken(ty) = &argument.kind else { return None };
    let runtime = &function.runtime;
    let name = &argument.name;
    let bound = format_ident!("__extism_bound_{index}");
    let value = format_ident!("__extism_value_{index}");
    let bind = quote_spanned! {place(ty)=>
        let #bound = #runtime::__private::bind::<#ty>(&mut __extism_binder);
    };
    let take = quote_spanned! {place(ty)=>
        let #value = #runtime::__private::take::<#ty>(&#bound, #name, __extism_plugin, __extism_arguments)?;
    };
    Some((bind, take))
}
