#[allow(clippy::needless_pass_by_value)]
async fn kv_read<T>(key: T) -> String {
    String::new()
}
::core::compile_error!(
    "a host function can't be `async` yet: the plug-in waits for it, so write `fn` and block",
)
::core::compile_error!(
    "a host function can't be generic: plug-ins import it with one signature; use a concrete type",
)
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, unreachable_pub)]
enum kv_read {}
const _: () = {
    #[automatically_derived]
    impl ::extism_runtime::__private::HostFunctions for kv_read {
        type Shared = ();
        const FUNCTIONS: &'static [::extism_runtime::__private::HostFunction<()>] = &[
            <Self as ::extism_runtime::__private::HostFn>::FUNCTION,
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::extism_runtime::__private::HostFn for kv_read {
        const FUNCTION: ::extism_runtime::__private::HostFunction<()> = ::extism_runtime::__private::HostFunction {
            signature: ::extism_runtime::__private::Signature {
                namespace: "extism:host/user",
                name: "kv_read",
                params: &[],
                results: &[],
            },
            bind: |_| ::core::unreachable!(),
        };
    }
};
