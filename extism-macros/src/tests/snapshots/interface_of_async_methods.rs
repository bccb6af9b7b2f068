#[allow(dead_code)]
trait Greeter {
    fn greet(
        &mut self,
        name: &str,
    ) -> impl ::core::future::Future<
        Output = Result<&str, AppError>,
    > + ::core::marker::Send;
    fn version(
        &mut self,
    ) -> impl ::core::future::Future<Output = AppVersion> + ::core::marker::Send;
    #[inline]
    fn farewell(
        &mut self,
        name: String,
    ) -> impl ::core::future::Future<
        Output = Result<String, Error>,
    > + ::core::marker::Send
    where
        Self: ::core::marker::Send,
    {
        <Self as __ExtismBodiesOfGreeter>::__extism_body_2(self, name)
    }
    fn plain(&mut self);
}
/// A client of plug-ins with the exports that [`Greeter`] declares. `load(source)`, `builder(source)` and `try_from(plugin)` create one, and check that these exports exist.
struct GreeterPlugin {
    __extism: __ExtismPartsOfGreeter,
}
#[allow(dead_code, non_camel_case_types)]
struct __ExtismPartsOfGreeter {
    plugin: ::extism_runtime::__private::Plugin,
    export_0: ::extism_runtime::__private::RawExport,
    export_1: ::extism_runtime::__private::RawExport,
    export_2: ::core::option::Option<::extism_runtime::__private::RawExport>,
    export_3: ::extism_runtime::__private::RawExport,
}
#[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl GreeterPlugin {
    /// Calls the plug-in's export `greet`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn greet(
        &mut self,
        name: &str,
    ) -> impl ::core::future::Future<
        Output = Result<&str, AppError>,
    > + ::core::marker::Send {
        ::extism_runtime::__private::then(
            ::extism_runtime::__private::typed::call_async::<
                &str,
                &str,
            >(&mut self.__extism.plugin, self.__extism.export_0, name),
            |__extism_output| {
                __extism_output
                    .map_err(|__extism_error| <AppError as ::extism_runtime::__private::typed::MethodError>::from_error(
                        __extism_error,
                    ))
            },
        )
    }
    /// Calls the plug-in's export `version`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn version(
        &mut self,
    ) -> ::extism_runtime::__private::typed::ReturnedFuture<'_, AppVersion> {
        <AppVersion as ::extism_runtime::__private::typed::Returned<
            '_,
        >>::call_async::<()>(&mut self.__extism.plugin, self.__extism.export_1, ())
    }
    /// Calls the plug-in's export `farewell`. If the plug-in does not have it, the trait's default body runs.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn farewell(
        &mut self,
        name: String,
    ) -> impl ::core::future::Future<
        Output = Result<String, Error>,
    > + ::core::marker::Send {
        ::extism_runtime::__private::either(
            match self.__extism.export_2 {
                ::core::option::Option::Some(__extism_export) => {
                    ::extism_runtime::__private::Either::Left(
                        ::extism_runtime::__private::then(
                            ::extism_runtime::__private::typed::call_async::<
                                String,
                                String,
                            >(&mut self.__extism.plugin, __extism_export, name),
                            |__extism_output| {
                                __extism_output
                                    .map_err(|__extism_error| <Error as ::extism_runtime::__private::typed::MethodError>::from_error(
                                        __extism_error,
                                    ))
                            },
                        ),
                    )
                }
                ::core::option::Option::None => {
                    ::extism_runtime::__private::Either::Right(
                        Self::__extism_body_2(self, name),
                    )
                }
            },
        )
    }
    /// Calls the plug-in's export `plain`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn plain(
        &mut self,
    ) -> ::core::result::Result<(), ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::typed::call::<
            (),
            (),
        >(&mut self.__extism.plugin, self.__extism.export_3, ())
    }
}
#[allow(dead_code, deprecated)]
impl GreeterPlugin {
    /// Loads a plug-in from a path, bytes or a manifest, and checks its exports.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in cannot be loaded, compiled or linked, or lacks an export.
    fn load(
        __extism_source: impl ::core::convert::Into<::extism_runtime::__private::Source>,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::PluginBuilder::new(__extism_source).typed().build()
    }
    /// Creates a builder that builds this client: for host functions, WASI, configuration and limits.
    fn builder(
        __extism_source: impl ::core::convert::Into<::extism_runtime::__private::Source>,
    ) -> ::extism_runtime::__private::PluginBuilder<Self> {
        ::extism_runtime::__private::PluginBuilder::new(__extism_source).typed()
    }
    /// Returns the exports that the trait declares.
    #[must_use]
    fn interface() -> &'static ::extism_runtime::__private::Interface {
        <Self as ::extism_runtime::__private::PluginInterface>::interface()
    }
    /// Returns the underlying plug-in.
    #[must_use]
    fn plugin(&self) -> &::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::PluginInterface::plugin(self)
    }
    /// Returns the underlying plug-in.
    fn plugin_mut(&mut self) -> &mut ::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::PluginInterface::plugin_mut(self)
    }
    /// Returns the underlying plug-in.
    #[must_use]
    fn into_inner(self) -> ::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::PluginInterface::into_inner(self)
    }
    /// Returns a view whose calls have a context, which host functions access with `CurrentPlugin::context`.
    fn with_context<
        C: ::extism_runtime::__private::Any + ::core::marker::Send + ::core::marker::Sync,
    >(
        &mut self,
        __extism_context: C,
    ) -> ::extism_runtime::__private::WithContext<'_, Self> {
        ::extism_runtime::__private::PluginInterface::with_context(
            self,
            __extism_context,
        )
    }
    /// Returns a view whose calls take at most `timeout` each; the plug-in's own timeout is the upper bound.
    fn with_timeout(
        &mut self,
        __extism_timeout: ::extism_runtime::__private::Duration,
    ) -> ::extism_runtime::__private::WithTimeout<'_, Self> {
        ::extism_runtime::__private::PluginInterface::with_timeout(
            self,
            __extism_timeout,
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<::extism_runtime::__private::Plugin> for GreeterPlugin {
    type Error = ::extism_runtime::__private::Error;
    fn try_from(
        __extism_plugin: ::extism_runtime::__private::Plugin,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::client(__extism_plugin)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::__private::PluginInterface for GreeterPlugin {
    fn interface() -> &'static ::extism_runtime::__private::Interface {
        static INTERFACE: ::extism_runtime::__private::LazyLock<
            ::extism_runtime::__private::Interface,
        > = ::extism_runtime::__private::LazyLock::new(|| {
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
                    result: "&str",
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
                    result: "AppVersion",
                    codec: ::core::option::Option::None,
                    optional: false,
                }),
                ::extism_runtime::__private::method(::extism_runtime::__private::MethodDeclaration {
                    name: "farewell",
                    export: "farewell",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[::extism_runtime::__private::Argument] = &[
                            ::extism_runtime::__private::argument("name", "String"),
                        ];
                        ARGUMENTS
                    },
                    encoding: ::extism_runtime::__private::Encoding::Direct,
                    result: "String",
                    codec: ::core::option::Option::None,
                    optional: true,
                }),
                ::extism_runtime::__private::method(::extism_runtime::__private::MethodDeclaration {
                    name: "plain",
                    export: "plain",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[::extism_runtime::__private::Argument] = &[];
                        ARGUMENTS
                    },
                    encoding: ::extism_runtime::__private::Encoding::Direct,
                    result: "()",
                    codec: ::core::option::Option::None,
                    optional: false,
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
                                (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                    .decoded(),
                                (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                    .schemas(__extism_schemas),
                            ),
                            error: {
                                #[allow(unused_imports)]
                                use ::extism_runtime::__private::{
                                    NoError as _, TypedError as _,
                                };
                                (&&::extism_runtime::__private::Probe::<AppError>::NEW)
                                    .error(
                                        "AppError",
                                        (&&&::extism_runtime::__private::Probe::<AppError>::NEW)
                                            .schemas(__extism_schemas),
                                    )
                            },
                        },
                        ::extism_runtime::__private::MethodWires {
                            arguments: ::std::vec![],
                            output: ::extism_runtime::__private::wire(
                                (&&&::extism_runtime::__private::Probe::<AppVersion>::NEW)
                                    .decoded(),
                                (&&&::extism_runtime::__private::Probe::<AppVersion>::NEW)
                                    .schemas(__extism_schemas),
                            ),
                            error: ::core::option::Option::None,
                        },
                        ::extism_runtime::__private::MethodWires {
                            arguments: ::std::vec![
                                ::extism_runtime::__private::wire(
                                    (&&&::extism_runtime::__private::Probe::<String>::NEW)
                                        .encoded(),
                                    (&&&::extism_runtime::__private::Probe::<String>::NEW)
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
                                (&&&::extism_runtime::__private::Probe::<()>::NEW)
                                    .decoded(),
                                (&&&::extism_runtime::__private::Probe::<()>::NEW)
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
    fn plugin(&self) -> &::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::Holder::plugin(&self.__extism.plugin)
    }
    fn plugin_mut(&mut self) -> &mut ::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::Holder::plugin_mut(&mut self.__extism.plugin)
    }
    fn into_inner(self) -> ::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::Holder::into_inner(self.__extism.plugin)
    }
    #[allow(unused_variables)]
    fn from_exports(
        __extism_plugin: ::extism_runtime::__private::Plugin,
        __extism_exports: &mut ::extism_runtime::__private::ResolvedExports,
    ) -> Self {
        Self {
            __extism: __ExtismPartsOfGreeter {
                plugin: ::extism_runtime::__private::Holder::hold(
                    __extism_plugin,
                    __extism_exports,
                ),
                export_0: __extism_exports.required("greet"),
                export_1: __extism_exports.required("version"),
                export_2: __extism_exports.optional("farewell"),
                export_3: __extism_exports.required("plain"),
            },
        }
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
        ::extism_runtime::__private::client_of(__extism_plugin)
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
            .field("plugin", ::extism_runtime::__private::PluginInterface::plugin(self))
            .finish_non_exhaustive()
    }
}
#[automatically_derived]
#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl<__ExtismForward> Greeter for __ExtismForward
where
    ::extism_runtime::__private::typed::Calls: ::extism_runtime::__private::typed::Forwards<
        __ExtismForward,
        GreeterPlugin,
    >,
    <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
        __ExtismForward,
        GreeterPlugin,
    >>::Target: Greeter + ::core::marker::Send,
{
    #[inline]
    fn greet(
        &mut self,
        name: &str,
    ) -> impl ::core::future::Future<
        Output = Result<&str, AppError>,
    > + ::core::marker::Send {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
            __ExtismForward,
            GreeterPlugin,
        >>::Target as Greeter>::greet(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
                Self,
                GreeterPlugin,
            >>::forward(self),
            name,
        )
    }
    #[inline]
    fn version(
        &mut self,
    ) -> impl ::core::future::Future<Output = AppVersion> + ::core::marker::Send {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
            __ExtismForward,
            GreeterPlugin,
        >>::Target as Greeter>::version(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
                Self,
                GreeterPlugin,
            >>::forward(self),
        )
    }
    #[inline]
    fn farewell(
        &mut self,
        name: String,
    ) -> impl ::core::future::Future<
        Output = Result<String, Error>,
    > + ::core::marker::Send {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
            __ExtismForward,
            GreeterPlugin,
        >>::Target as Greeter>::farewell(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
                Self,
                GreeterPlugin,
            >>::forward(self),
            name,
        )
    }
    #[inline]
    fn plain(&mut self) {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
            __ExtismForward,
            GreeterPlugin,
        >>::Target as Greeter>::plain(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
                Self,
                GreeterPlugin,
            >>::forward(self),
        )
    }
}
#[allow(dead_code, non_camel_case_types, non_snake_case)]
trait __ExtismBodiesOfGreeter {
    fn __extism_body_2(
        &mut self,
        name: String,
    ) -> impl ::core::future::Future<
        Output = Result<String, Error>,
    > + ::core::marker::Send
    where
        Self: ::core::marker::Send;
}
const _: () = {
    enum __ExtismByTrait {}
    enum __ExtismByClient {}
    #[allow(dead_code, clippy::manual_async_fn)]
    trait __ExtismShared<__ExtismBy> {
        #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        fn greet(
            &mut self,
            name: &str,
        ) -> impl ::core::future::Future<
            Output = Result<&str, AppError>,
        > + ::core::marker::Send;
        #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        fn version(
            &mut self,
        ) -> impl ::core::future::Future<
            Output = ::extism_runtime::__private::typed::Returns<'_, AppVersion>,
        > + ::core::marker::Send;
        #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        fn farewell(
            &mut self,
            name: String,
        ) -> impl ::core::future::Future<
            Output = Result<String, Error>,
        > + ::core::marker::Send
        where
            Self: ::core::marker::Send;
        fn __extism_body_2(
            &mut self,
            name: String,
        ) -> impl ::core::future::Future<
            Output = Result<String, Error>,
        > + ::core::marker::Send
        where
            Self: ::core::marker::Send,
        {
            async move {
                let mut name = name;
                name.push('!');
                self.greet(&name).await
            }
        }
    }
    #[automatically_derived]
    #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
    impl<
        __ExtismImplementor: Greeter + ?::core::marker::Sized,
    > __ExtismShared<__ExtismByTrait> for __ExtismImplementor {
        fn greet(
            &mut self,
            name: &str,
        ) -> impl ::core::future::Future<
            Output = Result<&str, AppError>,
        > + ::core::marker::Send {
            <Self as Greeter>::greet(self, name)
        }
        fn version(
            &mut self,
        ) -> impl ::core::future::Future<
            Output = ::extism_runtime::__private::typed::Returns<'_, AppVersion>,
        > + ::core::marker::Send {
            ::extism_runtime::__private::then(
                <Self as Greeter>::version(self),
                |__extism_output| <AppVersion as ::extism_runtime::__private::typed::Returned<
                    '_,
                >>::wrap(__extism_output),
            )
        }
        fn farewell(
            &mut self,
            name: String,
        ) -> impl ::core::future::Future<
            Output = Result<String, Error>,
        > + ::core::marker::Send
        where
            Self: ::core::marker::Send,
        {
            <Self as Greeter>::farewell(self, name)
        }
    }
    #[automatically_derived]
    #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
    impl __ExtismShared<__ExtismByClient> for GreeterPlugin {
        fn greet(
            &mut self,
            name: &str,
        ) -> impl ::core::future::Future<
            Output = Result<&str, AppError>,
        > + ::core::marker::Send {
            GreeterPlugin::greet(self, name)
        }
        fn version(
            &mut self,
        ) -> impl ::core::future::Future<
            Output = ::extism_runtime::__private::typed::Returns<'_, AppVersion>,
        > + ::core::marker::Send {
            GreeterPlugin::version(self)
        }
        fn farewell(
            &mut self,
            name: String,
        ) -> impl ::core::future::Future<
            Output = Result<String, Error>,
        > + ::core::marker::Send
        where
            Self: ::core::marker::Send,
        {
            GreeterPlugin::farewell(self, name)
        }
    }
    #[automatically_derived]
    #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
    impl<__ExtismImplementor: Greeter + ?::core::marker::Sized> __ExtismBodiesOfGreeter
    for __ExtismImplementor {
        fn __extism_body_2(
            &mut self,
            name: String,
        ) -> impl ::core::future::Future<
            Output = Result<String, Error>,
        > + ::core::marker::Send
        where
            Self: ::core::marker::Send,
        {
            <Self as __ExtismShared<__ExtismByTrait>>::__extism_body_2(self, name)
        }
    }
    #[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
    impl GreeterPlugin {
        fn __extism_body_2(
            &mut self,
            name: String,
        ) -> impl ::core::future::Future<
            Output = Result<String, Error>,
        > + ::core::marker::Send
        where
            Self: ::core::marker::Send,
        {
            <Self as __ExtismShared<__ExtismByClient>>::__extism_body_2(self, name)
        }
    }
};
