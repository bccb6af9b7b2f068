const LIST: () = {
    let __extism_functions: [::extism_runtime::Function; 2usize] = [
        ::extism_runtime::__private::function::<kv_read>(),
        ::extism_runtime::__private::function::<storage::kv_write>(),
    ];
    __extism_functions
};
