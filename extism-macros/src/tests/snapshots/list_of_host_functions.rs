const LIST: () = {
    let __extism_functions: [::extism_runtime::Function; 2usize] = [
        ::extism_runtime::__private::function(const {
            &<kv_read as ::extism_runtime::__private::HostFn>::FUNCTION
        }),
        ::extism_runtime::__private::function(const {
            &<storage::kv_write as ::extism_runtime::__private::HostFn>::FUNCTION
        }),
    ];
    __extism_functions
};
