const LIST: () = {
    let __extism_functions: [::extism_runtime::Function; 2usize] = [
        ::extism_runtime::__private::function(const {
            {
                #[allow(unused_imports)]
                use ::extism_runtime::__private::undeclared as __extism_declaration;
                {
                    #[allow(deprecated, unused_imports)]
                    use kv_read as __extism_declaration;
                    __extism_declaration!(
                        ::core::compile_error! {
                        "`kv_read` is no host function here: put `#[host_fn]` on the function; of a type with `#[host_fn]` on its `impl` block, give a value by `.with_functions(value)`"
                        }, ::extism_runtime::__private::declared
                    )
                }
            }
        }),
        ::extism_runtime::__private::function(const {
            {
                #[allow(unused_imports)]
                use ::extism_runtime::__private::undeclared as __extism_declaration;
                {
                    #[allow(deprecated, unused_imports)]
                    use storage::kv_write as __extism_declaration;
                    __extism_declaration!(
                        ::core::compile_error! {
                        "`storage::kv_write` is no host function here: put `#[host_fn]` on the function; of a type with `#[host_fn]` on its `impl` block, give a value by `.with_functions(value)`"
                        }, ::extism_runtime::__private::declared
                    )
                }
            }
        }),
    ];
    __extism_functions
};
