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
#[allow(dead_code, deprecated)]
impl ShopFunctions<()> {
    /// Returns the functions that the trait declares.
    #[must_use]
    pub fn interface() -> &'static ::extism_runtime::__private::Interface {
        static INTERFACE: ::extism_runtime::__private::LazyLock<
            ::extism_runtime::__private::Interface,
        > = ::extism_runtime::__private::LazyLock::new(|| {
            ::extism_runtime::__private::describe(
                ::extism_runtime::__private::host_interface(
                    "Shop",
                    "A shop.",
                    [
                        (
                            "extism:host/user",
                            ::extism_runtime::__private::method(::extism_runtime::__private::MethodDeclaration {
                                name: "price",
                                export: "price",
                                docs: "The price of an article.",
                                arguments: {
                                    const ARGUMENTS: &[::extism_runtime::__private::Argument] = &[
                                        ::extism_runtime::__private::argument("sku", "&str"),
                                    ];
                                    ARGUMENTS
                                },
                                encoding: ::extism_runtime::__private::Encoding::Direct,
                                result: "Option<ID>",
                                codec: ::core::option::Option::None,
                                optional: false,
                            }),
                        ),
                    ],
                ),
                ::core::option_env!("CARGO_PKG_VERSION"),
                false,
                |__extism_schemas| {
                    #[allow(unused_imports)]
                    use ::extism_runtime::__private::{
                        Decoded as _, DecodedResult as _, Encoded as _, InCodec as _,
                        OfType as _, Undescribed as _, Unknown as _,
                    };
                    let _ = &__extism_schemas;
                    #[allow(deprecated, clippy::all, clippy::pedantic)]
                    [
                        ::extism_runtime::__private::MethodWires {
                            arguments: ::std::vec![
                                ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                        .decoded(),
                                    (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                            ],
                            output: ::extism_runtime::__private::wire(
                                (&&&::extism_runtime::__private::Probe::<Option<ID>>::NEW)
                                    .encoded(),
                                (&&&::extism_runtime::__private::Probe::<Option<ID>>::NEW)
                                    .schemas(__extism_schemas),
                            ),
                            error: ::core::option::Option::None,
                        },
                    ]
                },
            )
        });
        &INTERFACE
    }
}
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
                        describe: |__extism_schemas| {
                            #[allow(unused_imports)]
                            use ::extism_runtime::__private::{
                                Decoded as _, DecodedResult as _, Encoded as _,
                                InCodec as _, OfType as _, Undescribed as _, Unknown as _,
                            };
                            let _ = &__extism_schemas;
                            #[allow(deprecated, clippy::all, clippy::pedantic)]
                            ::extism_runtime::__private::FunctionDeclaration {
                                name: "price",
                                docs: "The price of an article.",
                                arguments: <::std::vec::Vec<
                                    _,
                                > as ::core::convert::From<
                                    _,
                                >>::from([
                                    (
                                        "sku",
                                        "&str",
                                        ::extism_runtime::__private::wire(
                                            (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                                .decoded(),
                                            (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                                .schemas(__extism_schemas),
                                        ),
                                    ),
                                ]),
                                result: "Option<ID>",
                                output: ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<Option<ID>>::NEW)
                                        .encoded(),
                                    (&&&::extism_runtime::__private::Probe::<Option<ID>>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                            }
                        },
                    },
                ],
                next: ::extism_runtime::__private::Next::<Self, 2usize>::FUNCTIONS,
            }
        };
        fn interface() -> ::core::option::Option<
            &'static ::extism_runtime::__private::Interface,
        > {
            ::core::option::Option::Some(ShopFunctions::<()>::interface())
        }
    }
};
