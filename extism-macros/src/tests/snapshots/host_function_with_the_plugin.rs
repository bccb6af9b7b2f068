#[allow(clippy::needless_pass_by_value)]
fn remember(plugin: &mut CurrentPlugin<'_>, key: String) {
    plugin.set_var(&key, b"")
}
#[doc(hidden)]
#[allow(
    non_snake_case,
    non_local_definitions,
    unreachable_pub,
    unused_imports,
    unused_macros
)]
mod __extism_host_fn_remember_ID {
    #[cfg(not(test))]
    #[doc(hidden)]
    macro_rules! __extism_host_fn_remember_ID {
        ($otherwise:expr, $($getter:tt)*) => {
            $($getter)* :: < ID, _ > ()
        };
    }
    #[cfg(test)]
    #[doc(hidden)]
    macro_rules! __extism_host_fn_remember_ID {
        ($otherwise:expr, $($getter:tt)*) => {
            $($getter)* :: < ID, _ > ()
        };
    }
    pub(crate) use __extism_host_fn_remember_ID as __extism_list_by_path_remember;
    pub(crate) use __extism_host_fn_remember_ID as remember;
}
#[doc(hidden)]
#[allow(unreachable_pub, unused_imports, hidden_glob_reexports)]
use __extism_host_fn_remember_ID::*;
const _: () = {
    #[allow(unreachable_pub, unnameable_types)]
    pub enum __ExtismHostFn {}
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::extism_runtime::__private::HostFn for __ExtismHostFn {
        const FUNCTION: ::extism_runtime::__private::HostFunction<()> = ::extism_runtime::__private::HostFunction {
            signature: ::extism_runtime::__private::Signature {
                namespace: "env",
                name: "remember-me",
                params: &[
                    <String as ::extism_runtime::__private::HostArgument<'_, '_>>::PARAMS,
                ],
                results: <() as ::extism_runtime::__private::HostOutput>::RESULTS,
            },
            permission: ::core::option::Option::None,
            bind: |__extism_binder| {
                #[allow(unused_mut)]
                let mut __extism_binder = __extism_binder;
                let __extism_bound_1 = ::extism_runtime::__private::bind::<
                    String,
                >(&mut __extism_binder);
                __extism_binder
                    .call(move |
                        _,
                        __extism_plugin,
                        __extism_arguments,
                        __extism_results|
                    {
                        let __extism_value_1 = ::extism_runtime::__private::owned(
                            __extism_plugin,
                            |__extism_plugin| ::extism_runtime::__private::read_argument::<
                                String,
                            >(
                                &__extism_bound_1,
                                "key",
                                __extism_plugin,
                                __extism_arguments,
                            ),
                        )?;
                        ::extism_runtime::__private::write_result::<
                            (),
                        >(
                            remember(
                                <CurrentPlugin<
                                    '_,
                                > as ::extism_runtime::__private::ExclusiveArgument<
                                    '_,
                                >>::of_plugin(__extism_plugin),
                                __extism_value_1,
                            ),
                            __extism_plugin,
                            __extism_results,
                        )
                    })
            },
            describe: |__extism_schemas| {
                #[allow(unused_imports)]
                use ::extism_runtime::__private::{
                    Decoded as _, DecodedResult as _, Encoded as _, InCodec as _,
                    OfType as _, Undescribed as _, Unknown as _,
                };
                let _ = &__extism_schemas;
                #[allow(deprecated, clippy::all, clippy::pedantic)]
                ::extism_runtime::__private::FunctionDeclaration {
                    name: "remember",
                    docs: "",
                    arguments: <::std::vec::Vec<
                        _,
                    > as ::core::convert::From<
                        _,
                    >>::from([
                        (
                            "key",
                            "String",
                            ::extism_runtime::__private::wire(
                                (&&&::extism_runtime::__private::Probe::<String>::NEW)
                                    .decoded(),
                                (&&&::extism_runtime::__private::Probe::<String>::NEW)
                                    .schemas(__extism_schemas),
                            ),
                        ),
                    ]),
                    result: "()",
                    output: ::extism_runtime::__private::wire(
                        (&&&::extism_runtime::__private::Probe::<()>::NEW).encoded(),
                        (&&&::extism_runtime::__private::Probe::<()>::NEW)
                            .schemas(__extism_schemas),
                    ),
                }
            },
        };
    }
    #[cfg(not(test))]
    #[automatically_derived]
    impl ::extism_runtime::__private::Declares<__ExtismHostFn>
    for ::extism_runtime::__private::Declaration<ID> {}
    #[cfg(test)]
    #[automatically_derived]
    impl ::extism_runtime::__private::Declares<__ExtismHostFn>
    for ::extism_runtime::__private::Declaration<ID> {}
};
