#[allow(clippy::needless_pass_by_value)]
fn remember(plugin: &mut CurrentPlugin<'_>, key: String) {
    plugin.set_var(&key, b"")
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, unreachable_pub)]
enum remember {}
const _: () = {
    #[automatically_derived]
    impl ::extism_runtime::__private::HostFunctions for remember {
        type Shared = ();
        const FUNCTIONS: &'static [::extism_runtime::__private::HostFunction<()>] = &[
            <Self as ::extism_runtime::__private::HostFn>::FUNCTION,
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::extism_runtime::__private::HostFn for remember {
        const FUNCTION: ::extism_runtime::__private::HostFunction<()> = ::extism_runtime::__private::HostFunction {
            signature: ::extism_runtime::__private::Signature {
                namespace: "env",
                name: "remember-me",
                params: &[
                    <String as ::extism_runtime::__private::HostArgument<'_, '_>>::PARAMS,
                ],
                results: <() as ::extism_runtime::__private::HostResult>::RESULTS,
            },
            bind: |mut __extism_binder| {
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
                        let __extism_value_1 = ::extism_runtime::__private::take::<
                            String,
                        >(
                            &__extism_bound_1,
                            "key",
                            __extism_plugin,
                            __extism_arguments,
                        )?;
                        ::extism_runtime::__private::give::<
                            (),
                        >(
                            remember(
                                ::extism_runtime::__private::plugin_mut::<
                                    CurrentPlugin<'_>,
                                >(__extism_plugin),
                                __extism_value_1,
                            ),
                            __extism_plugin,
                            __extism_results,
                        )
                    })
            },
        };
    }
};
