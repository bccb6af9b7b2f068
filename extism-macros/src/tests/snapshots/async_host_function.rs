#[allow(clippy::needless_pass_by_value)]
pub async fn kv_read(store: State<KvStore>, key: &str) -> Result<Vec<u8>, Error> {
    store.get(key).await
}
#[doc(hidden)]
#[allow(
    non_snake_case,
    non_local_definitions,
    unreachable_pub,
    unused_imports,
    unused_macros
)]
mod __extism_host_fn_kv_read_ID {
    #[cfg(not(test))]
    #[doc(hidden)]
    #[macro_export]
    macro_rules! __extism_host_fn_kv_read_ID {
        ($otherwise:expr, $($getter:tt)*) => {
            $($getter)* :: < ID, _ > ()
        };
    }
    #[cfg(test)]
    #[doc(hidden)]
    #[macro_export]
    macro_rules! __extism_host_fn_kv_read_ID {
        ($otherwise:expr, $($getter:tt)*) => {
            $($getter)* :: < ID, _ > ()
        };
    }
    pub use __extism_host_fn_kv_read_ID as __extism_list_by_path_kv_read;
    pub use __extism_host_fn_kv_read_ID as kv_read;
}
#[doc(hidden)]
#[allow(unreachable_pub, unused_imports, hidden_glob_reexports)]
pub use __extism_host_fn_kv_read_ID::*;
const _: () = {
    #[allow(unreachable_pub, unnameable_types)]
    pub enum __ExtismHostFn {}
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::extism_runtime::__private::HostFn for __ExtismHostFn {
        const FUNCTION: ::extism_runtime::__private::HostFunction<()> = ::extism_runtime::__private::HostFunction {
            signature: ::extism_runtime::__private::Signature {
                namespace: "extism:host/user",
                name: "kv_read",
                params: &[
                    <State<
                        KvStore,
                    > as ::extism_runtime::__private::HostArgument<'_, '_>>::PARAMS,
                    <&str as ::extism_runtime::__private::HostArgument<'_, '_>>::PARAMS,
                ],
                results: <Result<
                    Vec<u8>,
                    Error,
                > as ::extism_runtime::__private::HostOutput>::RESULTS,
            },
            permission: ::core::option::Option::None,
            bind: |__extism_binder| {
                #[allow(unused_mut)]
                let mut __extism_binder = __extism_binder;
                let __extism_bound_0 = ::extism_runtime::__private::bind::<
                    State<KvStore>,
                >(&mut __extism_binder);
                let __extism_bound_1 = ::extism_runtime::__private::bind::<
                    &str,
                >(&mut __extism_binder);
                __extism_binder
                    .call_async(move |
                        _,
                        __extism_plugin,
                        __extism_arguments,
                        __extism_results|
                    {
                        let __extism_bound_0 = ::core::clone::Clone::clone(
                            &__extism_bound_0,
                        );
                        let __extism_bound_1 = ::core::clone::Clone::clone(
                            &__extism_bound_1,
                        );
                        ::extism_runtime::__private::host_future(async move {
                            #[allow(unused_mut, unused_variables)]
                            let mut __extism_arguments = __extism_arguments;
                            let __extism_value_0 = ::extism_runtime::__private::read_argument::<
                                State<KvStore>,
                            >(
                                &__extism_bound_0,
                                "store",
                                __extism_plugin,
                                &mut __extism_arguments,
                            )?;
                            let __extism_value_1 = ::extism_runtime::__private::read_argument::<
                                &str,
                            >(
                                &__extism_bound_1,
                                "key",
                                __extism_plugin,
                                &mut __extism_arguments,
                            )?;
                            let __extism_result = ::extism_runtime::__private::send(
                                    kv_read(__extism_value_0, __extism_value_1),
                                )
                                .await;
                            ::extism_runtime::__private::write_result::<
                                Result<Vec<u8>, Error>,
                            >(__extism_result, __extism_plugin, __extism_results)
                        })
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
                    name: "kv_read",
                    docs: "",
                    arguments: <::std::vec::Vec<
                        _,
                    > as ::core::convert::From<
                        _,
                    >>::from([
                        (
                            "store",
                            "State<KvStore>",
                            ::extism_runtime::__private::wire(
                                (&&&::extism_runtime::__private::Probe::<
                                    State<KvStore>,
                                >::NEW)
                                    .decoded(),
                                (&&&::extism_runtime::__private::Probe::<
                                    State<KvStore>,
                                >::NEW)
                                    .schemas(__extism_schemas),
                            ),
                        ),
                        (
                            "key",
                            "&str",
                            ::extism_runtime::__private::wire(
                                (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                    .decoded(),
                                (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                    .schemas(__extism_schemas),
                            ),
                        ),
                    ]),
                    result: "Vec<u8>",
                    output: ::extism_runtime::__private::wire(
                        (&&&::extism_runtime::__private::Probe::<
                            Result<Vec<u8>, Error>,
                        >::NEW)
                            .encoded(),
                        (&&&::extism_runtime::__private::Probe::<
                            Result<Vec<u8>, Error>,
                        >::NEW)
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
