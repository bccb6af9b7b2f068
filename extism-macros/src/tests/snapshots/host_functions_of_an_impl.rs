#[allow(clippy::needless_pass_by_value, clippy::unused_self)]
impl<S: Storage> Kv<S> {
    fn kv_read(&self, key: String) -> Vec<u8> {
        self.0.get(key)
    }
    #[cfg(unix)]
    fn kv_write(&self, key: String, value: Vec<u8>) {}
    fn new(storage: S) -> Self {
        Self(storage)
    }
}
const _: () = {
    #[allow(unused_imports)]
    use ::extism_runtime::__private::NoNext as _;
    #[automatically_derived]
    #[allow(deprecated)]
    impl<S: Storage> ::extism_runtime::__private::HostFunctions<1usize> for Kv<S> {
        const FUNCTIONS: ::extism_runtime::__private::Part<Self> = {
            ::extism_runtime::__private::Part {
                functions: &[
                    ::extism_runtime::__private::HostFunction {
                        signature: ::extism_runtime::__private::Signature {
                            namespace: "extism:host/user",
                            name: "kv_read",
                            params: &[
                                <String as ::extism_runtime::__private::HostArgument<
                                    '_,
                                    '_,
                                >>::PARAMS,
                            ],
                            results: <Vec<
                                u8,
                            > as ::extism_runtime::__private::HostOutput>::RESULTS,
                        },
                        permission: ::core::option::Option::None,
                        bind: |__extism_binder| {
                            #[allow(unused_mut)]
                            let mut __extism_binder = __extism_binder;
                            let __extism_bound_0 = ::extism_runtime::__private::bind::<
                                String,
                            >(&mut __extism_binder);
                            __extism_binder
                                .call(move |
                                    __extism_self,
                                    __extism_plugin,
                                    __extism_arguments,
                                    __extism_results|
                                {
                                    let __extism_value_0 = ::extism_runtime::__private::read_argument::<
                                        String,
                                    >(
                                        &__extism_bound_0,
                                        "key",
                                        __extism_plugin,
                                        __extism_arguments,
                                    )?;
                                    ::extism_runtime::__private::write_result::<
                                        Vec<u8>,
                                    >(
                                        Self::kv_read(__extism_self, __extism_value_0),
                                        __extism_plugin,
                                        __extism_results,
                                    )
                                })
                        },
                        describe: |__extism_schemas| {
                            #[allow(unused_imports)]
                            use ::extism_runtime::__private::{
                                Decoded as _, DecodedResult as _, Encoded as _,
                                InCodec as _, OfType as _, Undescribed as _, Unknown as _,
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
                                result: "Vec<u8>",
                                output: ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<Vec<u8>>::NEW)
                                        .encoded(),
                                    (&&&::extism_runtime::__private::Probe::<Vec<u8>>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                            }
                        },
                    },
                    #[cfg(unix)]
                    ::extism_runtime::__private::HostFunction {
                        signature: ::extism_runtime::__private::Signature {
                            namespace: "extism:host/user",
                            name: "write",
                            params: &[
                                <String as ::extism_runtime::__private::HostArgument<
                                    '_,
                                    '_,
                                >>::PARAMS,
                                <Vec<
                                    u8,
                                > as ::extism_runtime::__private::HostArgument<
                                    '_,
                                    '_,
                                >>::PARAMS,
                            ],
                            results: <() as ::extism_runtime::__private::HostOutput>::RESULTS,
                        },
                        permission: ::core::option::Option::None,
                        bind: |__extism_binder| {
                            #[allow(unused_mut)]
                            let mut __extism_binder = __extism_binder;
                            let __extism_bound_0 = ::extism_runtime::__private::bind::<
                                String,
                            >(&mut __extism_binder);
                            let __extism_bound_1 = ::extism_runtime::__private::bind::<
                                Vec<u8>,
                            >(&mut __extism_binder);
                            __extism_binder
                                .call(move |
                                    __extism_self,
                                    __extism_plugin,
                                    __extism_arguments,
                                    __extism_results|
                                {
                                    let __extism_value_0 = ::extism_runtime::__private::read_argument::<
                                        String,
                                    >(
                                        &__extism_bound_0,
                                        "key",
                                        __extism_plugin,
                                        __extism_arguments,
                                    )?;
                                    let __extism_value_1 = ::extism_runtime::__private::read_argument::<
                                        Vec<u8>,
                                    >(
                                        &__extism_bound_1,
                                        "value",
                                        __extism_plugin,
                                        __extism_arguments,
                                    )?;
                                    ::extism_runtime::__private::write_result::<
                                        (),
                                    >(
                                        Self::kv_write(
                                            __extism_self,
                                            __extism_value_0,
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
                                Decoded as _, DecodedResult as _, Encoded as _,
                                InCodec as _, OfType as _, Undescribed as _, Unknown as _,
                            };
                            let _ = &__extism_schemas;
                            #[allow(deprecated, clippy::all, clippy::pedantic)]
                            ::extism_runtime::__private::FunctionDeclaration {
                                name: "kv_write",
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
                                    (
                                        "value",
                                        "Vec<u8>",
                                        ::extism_runtime::__private::wire(
                                            (&&&::extism_runtime::__private::Probe::<Vec<u8>>::NEW)
                                                .decoded(),
                                            (&&&::extism_runtime::__private::Probe::<Vec<u8>>::NEW)
                                                .schemas(__extism_schemas),
                                        ),
                                    ),
                                ]),
                                result: "()",
                                output: ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<()>::NEW)
                                        .encoded(),
                                    (&&&::extism_runtime::__private::Probe::<()>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                            }
                        },
                    },
                ],
                next: ::extism_runtime::__private::Next::<Self, 2usize>::FUNCTIONS,
            }
        };
    }
};
