const LIST: () = {
    let __extism_functions: [::extism_runtime::__private::Function; 2usize] = [
        ::extism_runtime::__private::function(const {
            {
                #[allow(unused_imports)]
                use ::extism_runtime::__private::undeclared as __extism_declaration;
                {
                    #[allow(deprecated, unused_imports)]
                    use kv_read as __extism_declaration;
                    __extism_declaration!(
                        ::core::compile_error! {
                        "there is no host function `kv_read` here: put `#[host_fn]` on the function; if it is a type with host functions, pass a value of it to `with_functions(value)`"
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
                        "there is no host function `storage::kv_write` here: put `#[host_fn]` on the function; if it is a type with host functions, pass a value of it to `with_functions(value)`"
                        }, ::extism_runtime::__private::declared
                    )
                }
            }
        }),
    ];
    __extism_functions
};
