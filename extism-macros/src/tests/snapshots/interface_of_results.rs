#[allow(dead_code)]
#[deprecated = "use `Greeter2`"]
trait Greeter: Send {
    const LIMIT: usize = 5;
    #[cfg(unix)]
    fn greet<T: Serialize>(
        &mut self,
        names: &[T],
        r#loud: bool,
    ) -> Result<String, Box<dyn Error>>;
    fn version(&mut self) -> Result<Option<u32>, Error>;
    #[inline]
    fn farewell<'a>(&'a mut self, name: String) -> Result<&'a str> {
        <Self as __ExtismBodiesOfGreeter>::__extism_body_2(self, name)
    }
}
#[deprecated = "use `Greeter2`"]
/// A client of plug-ins with the exports that [`Greeter`] declares. `load(source)`, `builder(source)` and `try_from(plugin)` create one, and check that these exports exist.
struct Greetings {
    __extism: __ExtismPartsOfGreeter,
}
#[allow(dead_code, non_camel_case_types)]
struct __ExtismPartsOfGreeter {
    plugin: renamed::runtime::__private::Plugin,
    #[cfg(unix)]
    export_0: renamed::runtime::__private::RawExport,
    export_1: ::core::option::Option<renamed::runtime::__private::RawExport>,
    export_2: ::core::option::Option<renamed::runtime::__private::RawExport>,
}
#[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl Greetings {
    #[cfg(unix)]
    /// Calls the plug-in's export `greet-all`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn greet<T: Serialize>(
        &mut self,
        names: &[T],
        r#loud: bool,
    ) -> Result<String, Box<dyn Error>> {
        renamed::runtime::__private::typed::call::<
            _,
            renamed::runtime::__private::Msgpack<String>,
        >(
                &mut self.__extism.plugin,
                self.__extism.export_0,
                renamed::runtime::__private::SeveralArguments {
                    encoding: renamed::runtime::__private::Encoding::JsonObject,
                    arguments: &[
                        (
                            "names",
                            <&[T] as renamed::runtime::__private::typed::SerializeArgument>::erased(
                                &names,
                            ),
                        ),
                        (
                            "loud",
                            <bool as renamed::runtime::__private::typed::SerializeArgument>::erased(
                                &r#loud,
                            ),
                        ),
                    ],
                },
            )
            .map(|__extism_value| __extism_value.0)
            .map_err(|__extism_error| <Box<
                dyn Error,
            > as renamed::runtime::__private::typed::MethodError>::from_error(
                __extism_error,
            ))
    }
    /// Calls the plug-in's export `version`. Returns `None` if the plug-in does not have it.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn version(&mut self) -> Result<Option<u32>, Error> {
        renamed::runtime::__private::flatten(
                renamed::runtime::__private::map_present(
                    renamed::runtime::__private::typed::call_optional::<
                        (),
                        renamed::runtime::__private::Msgpack<Option<u32>>,
                    >(&mut self.__extism.plugin, self.__extism.export_1, ()),
                    |__extism_value| __extism_value.0,
                ),
            )
            .map_err(|__extism_error| <Error as renamed::runtime::__private::typed::MethodError>::from_error(
                __extism_error,
            ))
    }
    /// Returns whether the plug-in has the export `version`.
    #[must_use]
    fn has_version(&self) -> bool {
        self.__extism.export_1.is_some()
    }
    /// Calls the plug-in's export `farewell`. If the plug-in does not have it, the trait's default body runs.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn farewell<'a>(&'a mut self, name: String) -> Result<&'a str> {
        match self.__extism.export_2 {
            ::core::option::Option::Some(__extism_export) => {
                <Result<
                    &'a str,
                > as renamed::runtime::__private::typed::Outcome<
                    _,
                >>::of(
                    renamed::runtime::__private::typed::call::<
                        renamed::runtime::__private::Msgpack<String>,
                        renamed::runtime::__private::Msgpack<&'a str>,
                    >(
                            &mut self.__extism.plugin,
                            __extism_export,
                            renamed::runtime::__private::Msgpack(name),
                        )
                        .map(|__extism_value| __extism_value.0),
                )
            }
            ::core::option::Option::None => {
                <Self as __ExtismBodiesOfGreeter>::__extism_body_2(self, name)
            }
        }
    }
}
#[allow(dead_code, deprecated)]
impl Greetings {
    /// Loads a plug-in from a path, bytes or a manifest, and checks its exports.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in cannot be loaded, compiled or linked, or lacks an export.
    fn load(
        __extism_source: impl ::core::convert::Into<renamed::runtime::__private::Source>,
    ) -> ::core::result::Result<Self, renamed::runtime::__private::Error> {
        renamed::runtime::__private::PluginBuilder::new(__extism_source).typed().build()
    }
    /// Creates a builder that builds this client: for host functions, WASI, configuration and limits.
    fn builder(
        __extism_source: impl ::core::convert::Into<renamed::runtime::__private::Source>,
    ) -> renamed::runtime::__private::PluginBuilder<Self> {
        renamed::runtime::__private::PluginBuilder::new(__extism_source).typed()
    }
    /// Returns the exports that the trait declares.
    #[must_use]
    fn interface() -> &'static renamed::runtime::__private::Interface {
        <Self as renamed::runtime::__private::PluginInterface>::interface()
    }
    /// Returns the underlying plug-in.
    #[must_use]
    fn plugin(&self) -> &renamed::runtime::__private::Plugin {
        renamed::runtime::__private::PluginInterface::plugin(self)
    }
    /// Returns the underlying plug-in.
    fn plugin_mut(&mut self) -> &mut renamed::runtime::__private::Plugin {
        renamed::runtime::__private::PluginInterface::plugin_mut(self)
    }
    /// Returns the underlying plug-in.
    #[must_use]
    fn into_inner(self) -> renamed::runtime::__private::Plugin {
        renamed::runtime::__private::PluginInterface::into_inner(self)
    }
    /// Returns a view whose calls have a context, which host functions access with `CurrentPlugin::context`.
    fn with_context<
        C: renamed::runtime::__private::Any + ::core::marker::Send + ::core::marker::Sync,
    >(
        &mut self,
        __extism_context: C,
    ) -> renamed::runtime::__private::WithContext<'_, Self> {
        renamed::runtime::__private::PluginInterface::with_context(
            self,
            __extism_context,
        )
    }
    /// Returns a view whose calls take at most `timeout` each; the plug-in's own timeout is the upper bound.
    fn with_timeout(
        &mut self,
        __extism_timeout: renamed::runtime::__private::Duration,
    ) -> renamed::runtime::__private::WithTimeout<'_, Self> {
        renamed::runtime::__private::PluginInterface::with_timeout(
            self,
            __extism_timeout,
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<renamed::runtime::__private::Plugin> for Greetings {
    type Error = renamed::runtime::__private::Error;
    fn try_from(
        __extism_plugin: renamed::runtime::__private::Plugin,
    ) -> ::core::result::Result<Self, renamed::runtime::__private::Error> {
        renamed::runtime::__private::client(__extism_plugin)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl renamed::runtime::__private::PluginInterface for Greetings {
    fn interface() -> &'static renamed::runtime::__private::Interface {
        static INTERFACE: renamed::runtime::__private::LazyLock<
            renamed::runtime::__private::Interface,
        > = renamed::runtime::__private::LazyLock::new(|| {
            const METHODS: &[renamed::runtime::__private::Method] = &[
                #[cfg(unix)]
                renamed::runtime::__private::method(renamed::runtime::__private::MethodDeclaration {
                    name: "greet",
                    export: "greet-all",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[renamed::runtime::__private::Argument] = &[
                            renamed::runtime::__private::argument("names", "&[T]"),
                            renamed::runtime::__private::argument("loud", "bool"),
                        ];
                        ARGUMENTS
                    },
                    encoding: renamed::runtime::__private::Encoding::JsonObject,
                    result: "String",
                    codec: ::core::option::Option::Some("Msgpack"),
                    optional: false,
                }),
                renamed::runtime::__private::method(renamed::runtime::__private::MethodDeclaration {
                    name: "version",
                    export: "version",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[renamed::runtime::__private::Argument] = &[];
                        ARGUMENTS
                    },
                    encoding: renamed::runtime::__private::Encoding::Direct,
                    result: "Option<u32>",
                    codec: ::core::option::Option::Some("Msgpack"),
                    optional: true,
                }),
                renamed::runtime::__private::method(renamed::runtime::__private::MethodDeclaration {
                    name: "farewell",
                    export: "farewell",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[renamed::runtime::__private::Argument] = &[
                            renamed::runtime::__private::argument("name", "String"),
                        ];
                        ARGUMENTS
                    },
                    encoding: renamed::runtime::__private::Encoding::Direct,
                    result: "&'a str",
                    codec: ::core::option::Option::Some("Msgpack"),
                    optional: true,
                }),
            ];
            renamed::runtime::__private::describe(
                renamed::runtime::__private::interface("Greeter", "", METHODS),
                ::core::option_env!("CARGO_PKG_VERSION"),
                false,
                |__extism_schemas| {
                    #[allow(unused_imports)]
                    use renamed::runtime::__private::{
                        Decoded as _, DecodedResult as _, Encoded as _, InCodec as _,
                        OfType as _, Undescribed as _, Unknown as _,
                    };
                    let _ = &__extism_schemas;
                    #[allow(deprecated, clippy::all, clippy::pedantic)]
                    [
                        #[cfg(unix)]
                        renamed::runtime::__private::MethodWires {
                            arguments: ::std::vec![
                                ::core::default::Default::default(),
                                renamed::runtime::__private::part(
                                    (&&&renamed::runtime::__private::Probe::<bool>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                            ],
                            output: renamed::runtime::__private::wire(
                                (&&&renamed::runtime::__private::Probe::<
                                    renamed::runtime::__private::Msgpack<String>,
                                >::NEW)
                                    .decoded(),
                                (&&&renamed::runtime::__private::Probe::<
                                    renamed::runtime::__private::Msgpack<String>,
                                >::NEW)
                                    .schemas(__extism_schemas),
                            ),
                            error: ::core::option::Option::None,
                        },
                        renamed::runtime::__private::MethodWires {
                            arguments: ::std::vec![],
                            output: renamed::runtime::__private::wire(
                                (&&&renamed::runtime::__private::Probe::<
                                    renamed::runtime::__private::Msgpack<Option<u32>>,
                                >::NEW)
                                    .decoded(),
                                (&&&renamed::runtime::__private::Probe::<
                                    renamed::runtime::__private::Msgpack<Option<u32>>,
                                >::NEW)
                                    .schemas(__extism_schemas),
                            ),
                            error: {
                                #[allow(unused_imports)]
                                use renamed::runtime::__private::{
                                    NoError as _, TypedError as _,
                                };
                                (&&renamed::runtime::__private::Probe::<Error>::NEW)
                                    .error(
                                        "Error",
                                        (&&&renamed::runtime::__private::Probe::<Error>::NEW)
                                            .schemas(__extism_schemas),
                                    )
                            },
                        },
                        renamed::runtime::__private::MethodWires {
                            arguments: ::std::vec![
                                renamed::runtime::__private::wire(
                                    (&&&renamed::runtime::__private::Probe::<
                                        renamed::runtime::__private::Msgpack<String>,
                                    >::NEW)
                                        .encoded(),
                                    (&&&renamed::runtime::__private::Probe::<
                                        renamed::runtime::__private::Msgpack<String>,
                                    >::NEW)
                                        .schemas(__extism_schemas),
                                ),
                            ],
                            output: renamed::runtime::__private::wire(
                                (&&&renamed::runtime::__private::Probe::<
                                    renamed::runtime::__private::Msgpack<&'_ str>,
                                >::NEW)
                                    .decoded(),
                                (&&&renamed::runtime::__private::Probe::<
                                    renamed::runtime::__private::Msgpack<&'_ str>,
                                >::NEW)
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
    fn plugin(&self) -> &renamed::runtime::__private::Plugin {
        renamed::runtime::__private::Holder::plugin(&self.__extism.plugin)
    }
    fn plugin_mut(&mut self) -> &mut renamed::runtime::__private::Plugin {
        renamed::runtime::__private::Holder::plugin_mut(&mut self.__extism.plugin)
    }
    fn into_inner(self) -> renamed::runtime::__private::Plugin {
        renamed::runtime::__private::Holder::into_inner(self.__extism.plugin)
    }
    #[allow(unused_variables)]
    fn from_exports(
        __extism_plugin: renamed::runtime::__private::Plugin,
        __extism_exports: &mut renamed::runtime::__private::ResolvedExports,
    ) -> Self {
        Self {
            __extism: __ExtismPartsOfGreeter {
                plugin: renamed::runtime::__private::Holder::hold(
                    __extism_plugin,
                    __extism_exports,
                ),
                #[cfg(unix)]
                export_0: __extism_exports.required("greet-all"),
                export_1: __extism_exports.optional("version"),
                export_2: __extism_exports.optional("farewell"),
            },
        }
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<&renamed::runtime::__private::CompiledPlugin>
for Greetings {
    type Error = renamed::runtime::__private::Error;
    fn try_from(
        __extism_plugin: &renamed::runtime::__private::CompiledPlugin,
    ) -> ::core::result::Result<Self, renamed::runtime::__private::Error> {
        renamed::runtime::__private::client_of(__extism_plugin)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::fmt::Debug for Greetings {
    fn fmt(
        &self,
        __extism_formatter: &mut ::core::fmt::Formatter<'_>,
    ) -> ::core::fmt::Result {
        __extism_formatter
            .debug_struct("Greetings")
            .field("plugin", renamed::runtime::__private::PluginInterface::plugin(self))
            .finish_non_exhaustive()
    }
}
#[automatically_derived]
#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl Greeter for Greetings {
    #[cfg(unix)]
    #[inline]
    fn greet<T: Serialize>(
        &mut self,
        names: &[T],
        r#loud: bool,
    ) -> Result<String, Box<dyn Error>> {
        Self::greet::<T>(self, names, r#loud)
    }
    #[inline]
    fn version(&mut self) -> Result<Option<u32>, Error> {
        Self::version(self)
    }
    #[inline]
    fn farewell<'a>(&'a mut self, name: String) -> Result<&'a str> {
        Self::farewell(self, name)
    }
}
#[automatically_derived]
#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl<__ExtismForward> Greeter for __ExtismForward
where
    renamed::runtime::__private::typed::Calls: renamed::runtime::__private::typed::Forwards<
        __ExtismForward,
        Greetings,
    >,
    <renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
        __ExtismForward,
        Greetings,
    >>::Target: Greeter,
    __ExtismForward: Send,
{
    const LIMIT: usize = <<renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
        __ExtismForward,
        Greetings,
    >>::Target as Greeter>::LIMIT;
    #[cfg(unix)]
    #[inline]
    fn greet<T: Serialize>(
        &mut self,
        names: &[T],
        r#loud: bool,
    ) -> Result<String, Box<dyn Error>> {
        <<renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
            __ExtismForward,
            Greetings,
        >>::Target as Greeter>::greet::<
            T,
        >(
            <renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
                Self,
                Greetings,
            >>::forward(self),
            names,
            r#loud,
        )
    }
    #[inline]
    fn version(&mut self) -> Result<Option<u32>, Error> {
        <<renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
            __ExtismForward,
            Greetings,
        >>::Target as Greeter>::version(
            <renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
                Self,
                Greetings,
            >>::forward(self),
        )
    }
    #[inline]
    fn farewell<'a>(&'a mut self, name: String) -> Result<&'a str> {
        <<renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
            __ExtismForward,
            Greetings,
        >>::Target as Greeter>::farewell(
            <renamed::runtime::__private::typed::Calls as renamed::runtime::__private::typed::Forwards<
                Self,
                Greetings,
            >>::forward(self),
            name,
        )
    }
}
#[allow(dead_code, non_camel_case_types, clippy::manual_async_fn)]
trait __ExtismBodiesOfGreeter: Greeter {
    fn __extism_body_2<'a>(&'a mut self, mut name: String) -> Result<&'a str> {
        self.greet(&[name], false);
        Ok("bye")
    }
}
#[automatically_derived]
impl<__ExtismImplementor: Greeter + ?::core::marker::Sized> __ExtismBodiesOfGreeter
for __ExtismImplementor {}
