#[allow(dead_code)]
pub trait Greeter: Base {
    fn greet(&self, name: &str) -> Result<String, Error>;
    fn version(
        &self,
    ) -> impl ::core::future::Future<Output = AppResult<u32>> + ::core::marker::Send;
    fn missing(&self) -> Result<Option<u32>, Error>;
}
/// A client of plug-ins with the exports that [`Greeter`] declares. `load(source)`, `builder(source)` and `try_from(plugin)` create one, and check that these exports exist.
pub struct GreeterPlugin {
    __extism: __ExtismPartsOfGreeter,
}
#[allow(dead_code, non_camel_case_types)]
struct __ExtismPartsOfGreeter {
    plugin: ::extism_runtime::__private::SharedPlugin,
    base_0: BasePlugin,
    base_1: OtherPlugin,
    export_0: ::extism_runtime::__private::RawExport,
    export_1: ::extism_runtime::__private::RawExport,
    export_2: ::core::option::Option<::extism_runtime::__private::RawExport>,
}
#[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl GreeterPlugin {
    /// Calls the plug-in's export `greet`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    pub fn greet(&self, name: &str) -> Result<String, Error> {
        ::extism_runtime::__private::SharedPlugin::call::<
            &str,
            String,
        >(&self.__extism.plugin, self.__extism.export_0, name)
            .map_err(|__extism_error| <Error as ::extism_runtime::__private::typed::MethodError>::from_error(
                __extism_error,
            ))
    }
    /// Calls the plug-in's export `version`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    pub fn version(
        &self,
    ) -> ::extism_runtime::__private::typed::SharedReturnedFuture<AppResult<u32>> {
        <AppResult<
            u32,
        > as ::extism_runtime::__private::typed::SharedReturned>::call_async::<
            (),
        >(&self.__extism.plugin, self.__extism.export_1, ())
    }
    /// Calls the plug-in's export `missing`. Returns `None` if the plug-in does not have it.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    pub fn missing(&self) -> Result<Option<u32>, Error> {
        ::extism_runtime::__private::flatten(
                ::extism_runtime::__private::SharedPlugin::call_optional::<
                    (),
                    Option<u32>,
                >(&self.__extism.plugin, self.__extism.export_2, ()),
            )
            .map_err(|__extism_error| <Error as ::extism_runtime::__private::typed::MethodError>::from_error(
                __extism_error,
            ))
    }
    /// Returns whether the plug-in has the export `missing`.
    #[must_use]
    pub fn has_missing(&self) -> bool {
        self.__extism.export_2.is_some()
    }
}
#[allow(dead_code, deprecated)]
impl GreeterPlugin {
    /// Loads a plug-in from a path, bytes or a manifest, and checks its exports.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in cannot be loaded, compiled or linked, or lacks an export.
    pub fn load(
        __extism_source: impl ::core::convert::Into<::extism_runtime::__private::Source>,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::PluginBuilder::new(__extism_source).typed().build()
    }
    /// Creates a builder that builds this client: for host functions, WASI, configuration and limits.
    pub fn builder(
        __extism_source: impl ::core::convert::Into<::extism_runtime::__private::Source>,
    ) -> ::extism_runtime::__private::PluginBuilder<Self> {
        ::extism_runtime::__private::PluginBuilder::new(__extism_source).typed()
    }
    /// Returns the exports that the trait declares.
    #[must_use]
    pub fn interface() -> &'static ::extism_runtime::__private::Interface {
        <Self as ::extism_runtime::__private::SharedInterface>::interface()
    }
    /// Returns the pool of the instances that answer the calls.
    #[must_use]
    pub fn pool(&self) -> &::extism_runtime::__private::Pool {
        ::extism_runtime::__private::SharedInterface::pool(self)
    }
    /// Returns a client of the same pool whose calls have a context. It is cloned for each call, and host functions
    /// access it with `CurrentPlugin::context`.
    #[must_use]
    pub fn with_context<C>(&self, __extism_context: C) -> Self
    where
        C: ::extism_runtime::__private::Any + ::core::clone::Clone + ::core::marker::Send
            + ::core::marker::Sync,
    {
        ::extism_runtime::__private::SharedInterface::with_context(
            self,
            __extism_context,
        )
    }
    /// Returns a client of the same pool whose calls take at most `timeout` each, including the wait for an
    /// instance; the plug-in's own timeout is the upper bound.
    #[must_use]
    pub fn with_timeout(
        &self,
        __extism_timeout: ::extism_runtime::__private::Duration,
    ) -> Self {
        ::extism_runtime::__private::SharedInterface::with_timeout(
            self,
            __extism_timeout,
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<::extism_runtime::__private::Pool> for GreeterPlugin {
    type Error = ::extism_runtime::__private::Error;
    fn try_from(
        __extism_pool: ::extism_runtime::__private::Pool,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::shared_client(__extism_pool)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::__private::FromPlugin for GreeterPlugin {
    fn from_compiled(
        __extism_plugin: ::extism_runtime::__private::CompiledPlugin,
        __extism_options: ::extism_runtime::__private::PoolOptions,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::shared_client_of(__extism_plugin, __extism_options)
    }
    fn share(&self) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(::core::clone::Clone::clone(self))
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::__private::FromPool for GreeterPlugin {}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::__private::SharedInterface for GreeterPlugin {
    fn interface() -> &'static ::extism_runtime::__private::Interface {
        static INTERFACE: ::extism_runtime::__private::LazyLock<
            ::extism_runtime::__private::Interface,
        > = ::extism_runtime::__private::LazyLock::new(|| ::extism_runtime::__private::extend(
            {
                const METHODS: &[::extism_runtime::__private::Method] = &[
                    ::extism_runtime::__private::method(::extism_runtime::__private::MethodDeclaration {
                        name: "greet",
                        export: "greet",
                        docs: "",
                        arguments: {
                            const ARGUMENTS: &[::extism_runtime::__private::Argument] = &[
                                ::extism_runtime::__private::argument("name", "&str"),
                            ];
                            ARGUMENTS
                        },
                        encoding: ::extism_runtime::__private::Encoding::Direct,
                        result: "String",
                        codec: ::core::option::Option::None,
                        optional: false,
                    }),
                    ::extism_runtime::__private::method(::extism_runtime::__private::MethodDeclaration {
                        name: "version",
                        export: "version",
                        docs: "",
                        arguments: {
                            const ARGUMENTS: &[::extism_runtime::__private::Argument] = &[];
                            ARGUMENTS
                        },
                        encoding: ::extism_runtime::__private::Encoding::Direct,
                        result: "AppResult<u32>",
                        codec: ::core::option::Option::None,
                        optional: false,
                    }),
                    ::extism_runtime::__private::method(::extism_runtime::__private::MethodDeclaration {
                        name: "missing",
                        export: "missing",
                        docs: "",
                        arguments: {
                            const ARGUMENTS: &[::extism_runtime::__private::Argument] = &[];
                            ARGUMENTS
                        },
                        encoding: ::extism_runtime::__private::Encoding::Direct,
                        result: "Option<u32>",
                        codec: ::core::option::Option::None,
                        optional: true,
                    }),
                ];
                ::extism_runtime::__private::describe(
                    ::extism_runtime::__private::interface("Greeter", "", METHODS),
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
                                            .encoded(),
                                        (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                            .schemas(__extism_schemas),
                                    ),
                                ],
                                output: ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<String>::NEW)
                                        .decoded(),
                                    (&&&::extism_runtime::__private::Probe::<String>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                                error: {
                                    #[allow(unused_imports)]
                                    use ::extism_runtime::__private::{
                                        NoError as _, TypedError as _,
                                    };
                                    (&&::extism_runtime::__private::Probe::<Error>::NEW)
                                        .error(
                                            "Error",
                                            (&&&::extism_runtime::__private::Probe::<Error>::NEW)
                                                .schemas(__extism_schemas),
                                        )
                                },
                            },
                            ::extism_runtime::__private::MethodWires {
                                arguments: ::std::vec![],
                                output: ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<
                                        AppResult<u32>,
                                    >::NEW)
                                        .decoded(),
                                    (&&&::extism_runtime::__private::Probe::<
                                        AppResult<u32>,
                                    >::NEW)
                                        .schemas(__extism_schemas),
                                ),
                                error: ::core::option::Option::None,
                            },
                            ::extism_runtime::__private::MethodWires {
                                arguments: ::std::vec![],
                                output: ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<Option<u32>>::NEW)
                                        .decoded(),
                                    (&&&::extism_runtime::__private::Probe::<Option<u32>>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                                error: {
                                    #[allow(unused_imports)]
                                    use ::extism_runtime::__private::{
                                        NoError as _, TypedError as _,
                                    };
                                    (&&::extism_runtime::__private::Probe::<Error>::NEW)
                                        .error(
                                            "Error",
                                            (&&&::extism_runtime::__private::Probe::<Error>::NEW)
                                                .schemas(__extism_schemas),
                                        )
                                },
                            },
                        ]
                    },
                )
            },
            &[
                <BasePlugin as ::extism_runtime::__private::SharedBase>::interface(),
                <OtherPlugin as ::extism_runtime::__private::SharedBase>::interface(),
            ],
        ));
        &INTERFACE
    }
    #[allow(unused_variables)]
    fn from_exports(
        __extism_plugin: ::extism_runtime::__private::SharedPlugin,
        __extism_exports: &mut ::extism_runtime::__private::ResolvedExports,
    ) -> Self {
        Self {
            __extism: __ExtismPartsOfGreeter {
                base_0: <BasePlugin as ::extism_runtime::__private::SharedBase>::from_exports(
                    ::core::clone::Clone::clone(&__extism_plugin),
                    __extism_exports,
                ),
                base_1: <OtherPlugin as ::extism_runtime::__private::SharedBase>::from_exports(
                    ::core::clone::Clone::clone(&__extism_plugin),
                    __extism_exports,
                ),
                export_0: __extism_exports.required("greet"),
                export_1: __extism_exports.required("version"),
                export_2: __extism_exports.optional("missing"),
                plugin: __extism_plugin,
            },
        }
    }
    fn shared(&self) -> &::extism_runtime::__private::SharedPlugin {
        &self.__extism.plugin
    }
    #[allow(unused_variables)]
    fn with_shared(
        &self,
        __extism_plugin: ::extism_runtime::__private::SharedPlugin,
    ) -> Self {
        Self {
            __extism: __ExtismPartsOfGreeter {
                base_0: <BasePlugin as ::extism_runtime::__private::SharedBase>::with_shared(
                    &self.__extism.base_0,
                    ::core::clone::Clone::clone(&__extism_plugin),
                ),
                base_1: <OtherPlugin as ::extism_runtime::__private::SharedBase>::with_shared(
                    &self.__extism.base_1,
                    ::core::clone::Clone::clone(&__extism_plugin),
                ),
                export_0: self.__extism.export_0,
                export_1: self.__extism.export_1,
                export_2: self.__extism.export_2,
                plugin: __extism_plugin,
            },
        }
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::clone::Clone for GreeterPlugin {
    fn clone(&self) -> Self {
        ::extism_runtime::__private::SharedInterface::with_shared(
            self,
            ::core::clone::Clone::clone(&self.__extism.plugin),
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<&::extism_runtime::__private::CompiledPlugin>
for GreeterPlugin {
    type Error = ::extism_runtime::__private::Error;
    fn try_from(
        __extism_plugin: &::extism_runtime::__private::CompiledPlugin,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::shared_client_of(
            ::core::clone::Clone::clone(__extism_plugin),
            ::core::default::Default::default(),
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::fmt::Debug for GreeterPlugin {
    fn fmt(
        &self,
        __extism_formatter: &mut ::core::fmt::Formatter<'_>,
    ) -> ::core::fmt::Result {
        __extism_formatter
            .debug_struct("GreeterPlugin")
            .field("pool", ::extism_runtime::__private::SharedInterface::pool(self))
            .finish_non_exhaustive()
    }
}
#[automatically_derived]
#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl Greeter for GreeterPlugin
where
    for<'__extism> AppResult<
        u32,
    >: ::extism_runtime::__private::SameForSharedClient<'__extism>,
{
    #[inline]
    fn greet(&self, name: &str) -> Result<String, Error> {
        Self::greet(self, name)
    }
    #[inline]
    fn version(
        &self,
    ) -> impl ::core::future::Future<Output = AppResult<u32>> + ::core::marker::Send {
        ::extism_runtime::__private::then(
            Self::version(self),
            |__extism_output| <AppResult<
                u32,
            > as ::extism_runtime::__private::SameForSharedClient<
                '_,
            >>::same(__extism_output),
        )
    }
    #[inline]
    fn missing(&self) -> Result<Option<u32>, Error> {
        Self::missing(self)
    }
}
#[automatically_derived]
#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl<__ExtismForward> Greeter for __ExtismForward
where
    ::extism_runtime::__private::typed::Calls: ::extism_runtime::__private::typed::ForwardsShared<
        __ExtismForward,
        GreeterPlugin,
    >,
    <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::ForwardsShared<
        __ExtismForward,
        GreeterPlugin,
    >>::Target: Greeter,
    __ExtismForward: Base,
{
    #[inline]
    fn greet(&self, name: &str) -> Result<String, Error> {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::ForwardsShared<
            __ExtismForward,
            GreeterPlugin,
        >>::Target as Greeter>::greet(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::ForwardsShared<
                Self,
                GreeterPlugin,
            >>::forward(self),
            name,
        )
    }
    #[inline]
    fn version(
        &self,
    ) -> impl ::core::future::Future<Output = AppResult<u32>> + ::core::marker::Send {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::ForwardsShared<
            __ExtismForward,
            GreeterPlugin,
        >>::Target as Greeter>::version(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::ForwardsShared<
                Self,
                GreeterPlugin,
            >>::forward(self),
        )
    }
    #[inline]
    fn missing(&self) -> Result<Option<u32>, Error> {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::ForwardsShared<
            __ExtismForward,
            GreeterPlugin,
        >>::Target as Greeter>::missing(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::ForwardsShared<
                Self,
                GreeterPlugin,
            >>::forward(self),
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::__private::ForwardShared<BasePlugin> for GreeterPlugin {
    type Target = BasePlugin;
    #[inline]
    fn forward(&self) -> &BasePlugin {
        &self.__extism.base_0
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::__private::ForwardShared<OtherPlugin> for GreeterPlugin {
    type Target = OtherPlugin;
    #[inline]
    fn forward(&self) -> &OtherPlugin {
        &self.__extism.base_1
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::ops::Deref for GreeterPlugin {
    type Target = BasePlugin;
    fn deref(&self) -> &BasePlugin {
        &self.__extism.base_0
    }
}
