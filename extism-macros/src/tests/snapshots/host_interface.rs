#[allow(clippy::needless_pass_by_value)]
/// A shop.
pub trait Shop {
    /// The price of an article.
    fn price(&self, sku: &str) -> Option<ID>;
}
///The functions of [`Shop`] for plug-ins: `.with_functions(ShopFunctions(host))`, where `host` implements it.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default
)]
pub struct ShopFunctions<T>(pub T);
const _: () = {
    #[allow(unused_imports)]
    use ::extism_runtime::__private::NoNext as _;
    #[automatically_derived]
    #[allow(deprecated)]
    impl<
        __ExtismHost: Shop + ::core::marker::Send + ::core::marker::Sync + 'static,
    > ::extism_runtime::__private::HostFunctions<1usize>
    for ShopFunctions<__ExtismHost> {
        const FUNCTIONS: ::extism_runtime::__private::Part<Self> = {
            ::extism_runtime::__private::Part {
                functions: &[
                    ::extism_runtime::__private::HostFunction {
                        signature: ::extism_runtime::__private::Signature {
                            namespace: "extism:host/user",
                            name: "price",
                            params: &[
                                <&str as ::extism_runtime::__private::HostArgument<
                                    '_,
                                    '_,
                                >>::PARAMS,
                            ],
                            results: <Option<
                                ID,
                            > as ::extism_runtime::__private::HostOutput>::RESULTS,
                        },
                        permission: ::core::option::Option::None,
                        bind: |__extism_binder| {
                            #[allow(unused_mut)]
                            let mut __extism_binder = __extism_binder;
                            let __extism_bound_0 = ::extism_runtime::__private::bind::<
                                &str,
                            >(&mut __extism_binder);
                            __extism_binder
                                .call(move |
                                    __extism_self,
                                    __extism_plugin,
                                    __extism_arguments,
                                    __extism_results|
                                {
                                    let __extism_value_0 = ::extism_runtime::__private::read_argument::<
                                        &str,
                                    >(
                                        &__extism_bound_0,
                                        "sku",
                                        __extism_plugin,
                                        __extism_arguments,
                                    )?;
                                    ::extism_runtime::__private::write_result::<
                                        Option<ID>,
                                    >(
                                        <__ExtismHost as Shop>::price(
                                            {
                                                let __extism_self: &Self = __extism_self;
                                                &__extism_self.0
                                            },
                                            __extism_value_0,
                                        ),
                                        __extism_plugin,
                                        __extism_results,
                                    )
                                })
                        },
                    },
                ],
                next: ::extism_runtime::__private::Next::<Self, 2usize>::FUNCTIONS,
            }
        };
    }
};
