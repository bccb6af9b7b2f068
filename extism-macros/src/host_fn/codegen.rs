use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;

use super::{
    describe,
    link::{self, Link},
    model::{Argument, ArgumentKind, Function, FunctionSet, ListedFunction, Written},
};
use crate::common::{Received, error_span, respan};

/// The code that `host_fns!` finds by the function's path.
pub(super) fn function(listed: &ListedFunction) -> TokenStream {
    let ListedFunction { function, valid, .. } = listed;
    let Function { ident, cfgs, runtime, .. } = function;
    let declaration = declaration(function, &quote!(#ident), None, *valid);
    let Link { impls, macros } = link::of(listed);
    // The macros come first: they are what the compiler reports first where only methods are allowed, not functions.
    quote! {
        #macros
        #(#cfgs)*
        const _: () = {
            #[allow(unreachable_pub, unnameable_types)]
            pub enum __ExtismHostFn {}

            #[automatically_derived]
            #[allow(deprecated)]
            impl #runtime::HostFn for __ExtismHostFn {
                const FUNCTION: #runtime::HostFunction<()> = #declaration;
            }

            #impls
        };
    }
}

/// The code that makes `with_functions` accept values of the block's type.
pub(crate) fn set<'f>(set: &FunctionSet, functions: impl Iterator<Item = &'f Function>) -> TokenStream {
    let FunctionSet { runtime, ty, generics, part, borrows, of_trait, described, valid } = set;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    if *borrows {
        return quote! {
            #[automatically_derived]
            impl #impl_generics #runtime::IntoFunctions for #ty #where_clause {
                fn into_functions(self) -> ::std::vec::Vec<#runtime::Function> {
                    ::core::unreachable!()
                }
            }
        };
    }
    let functions = functions.map(|function| {
        let Function { ident, cfgs, .. } = function;
        let (path, this) = match of_trait {
            None => (quote!(Self::#ident), quote!(__extism_self)),
            Some((item, host)) => (
                quote!(<#host as #item>::#ident),
                quote!({
                    let __extism_self: &Self = __extism_self;
                    &__extism_self.0
                }),
            ),
        };
        let declaration = declaration(function, &path, Some(&this), *valid);
        quote!(#(#cfgs)* #declaration)
    });
    let own = quote_spanned!(error_span(ty)=> #ty);
    let (number, span) = part.map_or((1, Span::call_site()), |part| part);
    let next = number.saturating_add(1);
    let previous = number.saturating_sub(1);
    let check = (previous > 0).then(|| {
        let trait_ = respan(span, quote!(#runtime::HostFunctions<#previous>));
        quote_spanned!(span=> let _: fn() = <Self as #trait_>::exists;)
    });
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #runtime::NoNext as _;

            #[automatically_derived]
            #[allow(deprecated)]
            impl #impl_generics #runtime::HostFunctions<#number> for #own #where_clause {
                const FUNCTIONS: #runtime::Part<Self> = {
                    #check
                    #runtime::Part {
                        functions: &[#(#functions),*],
                        next: #runtime::Next::<Self, #next>::FUNCTIONS,
                    }
                };

                #described
            }
        };
    }
}

/// The description of a host function and the code that calls it, in one expression, so that each mistake in its types
/// is reported once.
fn declaration(function: &Function, path: &TokenStream, receiver: Option<&TokenStream>, valid: bool) -> TokenStream {
    let Function { name, namespace, runtime, arguments, result, .. } = function;
    let permission = function.permission.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |permission| quote!(::core::option::Option::Some(#permission)),
    );
    let (params, results, bind, describe) = if valid {
        let params = arguments.iter().filter_map(|argument| match &argument.kind {
            ArgumentKind::Exclusive(_) => None,
            ArgumentKind::Taken(Received { ty, .. }) => {
                let cfgs = &argument.cfgs;
                let params = quote_spanned!(error_span(ty)=> <#ty as #runtime::HostArgument<'_, '_>>::PARAMS);
                Some(quote!(#(#cfgs)* #params))
            }
        });
        let results = quote_spanned!(error_span(result)=> <#result as #runtime::HostOutput>::RESULTS);
        (quote!(&[#(#params),*]), results, bind(function, path, receiver), describe::describe(function))
    } else {
        let nothing = quote!(|_| ::core::unreachable!());
        (quote!(&[]), quote!(&[]), nothing.clone(), nothing)
    };
    quote! {
        #runtime::HostFunction {
            signature: #runtime::Signature {
                namespace: #namespace,
                name: #name,
                params: #params,
                results: #results,
            },
            permission: #permission,
            bind: #bind,
            describe: #describe,
        }
    }
}

fn bind(function: &Function, path: &TokenStream, receiver: Option<&TokenStream>) -> TokenStream {
    let Function { runtime, arguments, result, .. } = function;
    let (binds, takes): (Vec<_>, Vec<_>) =
        arguments.iter().enumerate().filter_map(|(index, argument)| bind_and_take(function, index, argument)).unzip();
    let values = arguments.iter().enumerate().map(|(index, argument)| {
        let cfgs = &argument.cfgs;
        let value = match &argument.kind {
            ArgumentKind::Exclusive(ty) => {
                quote_spanned!(error_span(ty)=> <#ty as #runtime::ExclusiveArgument<'_>>::of_plugin(__extism_plugin))
            }
            ArgumentKind::Taken(value) => value.of(&format_ident!("__extism_value_{index}")),
        };
        quote!(#(#cfgs)* #value)
    });
    let values: Vec<_> = receiver.into_iter().cloned().chain(values).collect();
    let shared = receiver.map_or_else(|| quote!(_), |_| quote!(__extism_self));
    let write = quote_spanned!(error_span(result)=> #runtime::write_result::<#result>);
    let called = written(function, quote!(#path(#(#values),*)));
    let of_future = written(function, quote!(__extism_result));
    let run = match &function.asyncness {
        None => quote! {
            __extism_binder.call(move |#shared, __extism_plugin, __extism_arguments, __extism_results| {
                #(#takes)*
                #write(#called, __extism_plugin, __extism_results)
            })
        },
        Some(asyncness) => {
            let awaited = awaited(runtime, error_span(asyncness), path, &values);
            let bounds = clones_of_bounds(arguments);
            quote! {
                __extism_binder.call_async(move |#shared, __extism_plugin, __extism_arguments, __extism_results| {
                    #(#bounds)*
                    #runtime::host_future(async move {
                        #[allow(unused_mut, unused_variables)]
                        let mut __extism_arguments = __extism_arguments;
                        #(#takes)*
                        let __extism_result = #awaited;
                        #write(#of_future, __extism_plugin, __extism_results)
                    })
                })
            }
        }
    };
    let mutable = (!binds.is_empty()).then(|| {
        quote! {
            #[allow(unused_mut)]
            let mut __extism_binder = __extism_binder;
        }
    });
    quote! {
        |__extism_binder| {
            #mutable
            #(#binds)*
            #run
        }
    }
}

/// The function's result as it is written.
fn written(function: &Function, result: TokenStream) -> TokenStream {
    let runtime = &function.runtime;
    match &function.written {
        Written::AsIs => result,
        Written::In(codec) => quote!(#codec { 0: #result }),
        Written::OkIn(codec) => quote!(#result.map(|__extism_value| #codec { 0: __extism_value })),
        Written::Crossing(None) => quote!(#runtime::crossing(#result)),
        Written::Crossing(Some(codec)) => {
            quote!(#runtime::crossing(#result.map(|__extism_value| #codec { 0: __extism_value })))
        }
    }
}

/// Waits for an `async` function. All of the tokens of the macro have one span, so that the error for a future that is not
/// `Send` is shown there, and once.
fn awaited(runtime: &Path, span: Span, path: &TokenStream, values: &[TokenStream]) -> TokenStream {
    let in_parentheses = |tokens: TokenStream| {
        let mut group = Group::new(Delimiter::Parenthesis, tokens);
        group.set_span(span);
        group
    };
    let (send, path) = (respan(span, quote!(#runtime::send)), respan(span, path));
    let values = in_parentheses(quote!(#(#values),*));
    let call = in_parentheses(quote!(#path #values));
    let wait = quote_spanned!(span=> .await);
    quote!(#send #call #wait)
}

/// The parts of the arguments that are known before the call, for the future of one call.
fn clones_of_bounds(arguments: &[Argument]) -> impl Iterator<Item = TokenStream> {
    let taken = arguments.iter().enumerate().filter(|(_, argument)| matches!(argument.kind, ArgumentKind::Taken(_)));
    taken.map(|(index, Argument { cfgs, .. })| {
        let bound = format_ident!("__extism_bound_{index}");
        quote!(#(#cfgs)* let #bound = ::core::clone::Clone::clone(&#bound);)
    })
}

/// The statement that runs when the plug-in is built, and the one that runs at a call.
fn bind_and_take(function: &Function, index: usize, argument: &Argument) -> Option<(TokenStream, TokenStream)> {
    let ArgumentKind::Taken(Received { ty, .. }) = &argument.kind else { return None };
    let runtime = &function.runtime;
    let Argument { name, cfgs, .. } = argument;
    let bound = format_ident!("__extism_bound_{index}");
    let value = format_ident!("__extism_value_{index}");
    let is_exclusive = |argument: &Argument| matches!(argument.kind, ArgumentKind::Exclusive(_));
    let bind = quote_spanned! {error_span(ty)=>
        let #bound = #runtime::bind::<#ty>(&mut __extism_binder);
    };
    // Everything but the type itself, so that an invalid borrow is underlined there.
    let span = error_span(ty);
    let function_path = respan(span, quote!(#runtime::read_argument::));
    // The future of an `async` function owns them.
    let arguments = function.asyncness.map(|_| quote!(&mut));
    let arguments = quote!(#arguments __extism_arguments);
    let parameters = respan(span, quote!((&#bound, #name, __extism_plugin, #arguments)));
    let take = quote_spanned!(span=> #function_path <#ty> #parameters);
    let take = if function.arguments.iter().any(is_exclusive) {
        let owned = respan(span, quote!(#runtime::owned));
        quote_spanned!(span=> #owned(__extism_plugin, |__extism_plugin| #take))
    } else {
        take
    };
    let value = respan(span, quote!(#value));
    let take = quote_spanned!(span=> let #value = #take?;);
    Some((quote!(#(#cfgs)* #bind), quote!(#(#cfgs)* #take)))
}
