#[allow(clippy::needless_pass_by_value)]
async fn kv_read<T>(key: T) -> String {
    String::new()
}
::core::compile_error!(
    "a host function cannot be generic, because plug-ins import it with one signature: use concrete types",
)
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
    macro_rules! __extism_host_fn_kv_read_ID {
        ($otherwise:expr, $($getter:tt)*) => {
            $($getter)* :: < ID, _ > ()
        };
    }
    #[cfg(test)]
    #[doc(hidden)]
    macro_rules! __extism_host_fn_kv_read_ID {
        ($otherwise:expr, $($getter:tt)*) => {
            $($getter)* :: < ID, _ > ()
        };
    }
    pub(crate) use __extism_host_fn_kv_read_ID as __extism_list_by_path_kv_read;
    pub(crate) use __extism_host_fn_kv_read_ID as kv_read;
}
#[doc(hidden)]
#[allow(unreachable_pub, unused_imports, hidden_glob_reexports)]
use __extism_host_fn_kv_read_ID::*;
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
                params: &[],
                results: &[],
            },
            permission: ::core::option::Option::None,
            bind: |_| ::core::unreachable!(),
            describe: |_| ::core::unreachable!(),
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
