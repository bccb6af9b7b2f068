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
    fn farewell<'a>(&'a mut self, mut name: String) -> Result<&'a str> {
        self.greet(&[name], false);
        Ok("bye")
    }
}
#[deprecated = "use `Greeter2`"]
///A plug-in with the exports that [`Greeter`] declares. `try_from(plugin)`, `load(source)` and `builder(source)` make one; each checks that all of them are there.
struct Greetings {
    __extism_plugin: renamed::runtime::Plugin,
    #[cfg(unix)]
    __extism_export_greet: renamed::runtime::__private::RawExport,
    __extism_export_version: ::core::option::Option<
        renamed::runtime::__private::RawExport,
    >,
    __extism_export_farewell: ::core::option::Option<
        renamed::runtime::__private::RawExport,
    >,
}
#[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl Greetings {
    #[cfg(unix)]
    ///Calls the plug-in's export `greet-all`.
    /**
# Errors

When the input can't be encoded, the plug-in fails or exceeds a limit, or its output can't be decoded.*/
    #[inline]
    fn greet<T: Serialize>(
        &mut self,
        names: &[T],
        r#loud: bool,
    ) -> Result<String, Box<dyn Error>> {
        renamed::runtime::__private::call::<
            _,
            renamed::runtime::Msgpack<String>,
        >(
                &mut self.__extism_plugin,
                self.__extism_export_greet,
                renamed::runtime::__private::ManyArguments {
                    encoding: renamed::runtime::Encoding::JsonObject,
                    arguments: &[
                        ("names", renamed::runtime::__private::argument::<&[T]>(&names)),
                        ("loud", renamed::runtime::__private::argument::<bool>(&r#loud)),
                    ],
                },
            )
            .map(|__extism_value| __extism_value.0)
            .map_err(|__extism_error| renamed::runtime::__private::error::<
                Box<dyn Error>,
            >(__extism_error))
    }
    ///Calls the plug-in's export `version`. `None` when the plug-in lacks it.
    /**
# Errors

When the input can't be encoded, the plug-in fails or exceeds a limit, or its output can't be decoded.*/
    #[inline]
    fn version(&mut self) -> Result<Option<u32>, Error> {
        renamed::runtime::__private::call_optional::<
            (),
            renamed::runtime::Msgpack<Option<u32>>,
        >(&mut self.__extism_plugin, self.__extism_export_version, ())
            .map(|__extism_value| {
                __extism_value.and_then(|__extism_value| __extism_value.0)
            })
            .map_err(|__extism_error| renamed::runtime::__private::error::<
                Error,
            >(__extism_error))
    }
    ///Whether the plug-in has the export `version`.
    #[must_use]
    fn has_version(&self) -> bool {
        self.__extism_export_version.is_some()
    }
    ///Calls the plug-in's export `farewell`. When the plug-in lacks it, the trait's own body runs instead.
    /**
# Errors

When the input can't be encoded, the plug-in fails or exceeds a limit, or its output can't be decoded.*/
    #[inline]
    fn farewell<'a>(&'a mut self, name: String) -> Result<&'a str> {
        match self.__extism_export_farewell {
            ::core::option::Option::Some(__extism_export) => {
                renamed::runtime::__private::call::<
                    renamed::runtime::Msgpack<String>,
                    renamed::runtime::Msgpack<&'a str>,
                >(
                        &mut self.__extism_plugin,
                        __extism_export,
                        renamed::runtime::Msgpack(name),
                    )
                    .map(|__extism_value| __extism_value.0)
                    .map_err(|__extism_error| renamed::runtime::__private::error(
                        __extism_error,
                    ))
            }
            ::core::option::Option::None => self.__extism_default_farewell(name),
        }
    }
    #[allow(unused)]
    fn __extism_default_farewell<'a>(&'a mut self, mut name: String) -> Result<&'a str> {
        self.greet(&[name], false);
        Ok("bye")
    }
}
#[allow(dead_code, deprecated)]
impl Greetings {
    /// Loads a plug-in, from a file, a manifest or bytes, and checks its exports.
    ///
    /// # Errors
    ///
    /// When it can't be loaded, compiled or linked, or when its exports don't satisfy the interface.
    fn load(
        source: impl ::core::convert::Into<renamed::runtime::Source>,
    ) -> ::core::result::Result<Self, renamed::runtime::Error> {
        renamed::runtime::PluginBuilder::new(source).typed().build()
    }
    /// A builder whose `build` gives this type: for host functions, WASI, configuration and limits.
    fn builder(
        source: impl ::core::convert::Into<renamed::runtime::Source>,
    ) -> renamed::runtime::PluginBuilder<Self> {
        renamed::runtime::PluginBuilder::new(source).typed()
    }
    /// The exports that the trait declares, as data.
    #[must_use]
    fn interface() -> &'static renamed::runtime::Interface {
        <Self as renamed::runtime::PluginInterface>::interface()
    }
    /// The plug-in beneath.
    #[must_use]
    fn plugin(&self) -> &renamed::runtime::Plugin {
        &self.__extism_plugin
    }
    /// The plug-in beneath.
    fn plugin_mut(&mut self) -> &mut renamed::runtime::Plugin {
        &mut self.__extism_plugin
    }
    /// The plug-in beneath.
    #[must_use]
    fn into_inner(self) -> renamed::runtime::Plugin {
        self.__extism_plugin
    }
    /// A view whose calls have a context, which host functions reach by `CurrentPlugin::context`.
    fn with_context<C: renamed::runtime::__private::Any + ::core::marker::Send>(
        &mut self,
        context: C,
    ) -> renamed::runtime::WithContext<'_, Self> {
        renamed::runtime::PluginInterface::with_context(self, context)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<renamed::runtime::Plugin> for Greetings {
    type Error = renamed::runtime::Error;
    fn try_from(
        plugin: renamed::runtime::Plugin,
    ) -> ::core::result::Result<Self, renamed::runtime::Error> {
        #[allow(unused_mut, unused_variables)]
        let mut exports = renamed::runtime::__private::Exports::resolve::<
            Self,
        >(&plugin)?;
        ::core::result::Result::Ok(Self {
            #[cfg(unix)]
            __extism_export_greet: exports.required(&plugin)?,
            __extism_export_version: exports.optional(),
            __extism_export_farewell: exports.optional(),
            __extism_plugin: plugin,
        })
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl renamed::runtime::PluginInterface for Greetings {
    fn interface() -> &'static renamed::runtime::Interface {
        static INTERFACE: renamed::runtime::Interface = {
            const METHODS: &[renamed::runtime::Method] = &[
                #[cfg(unix)]
                renamed::runtime::Method::declared(renamed::runtime::__private::MethodDeclaration {
                    name: "greet",
                    export: "greet-all",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[renamed::runtime::Argument] = &[
                            renamed::runtime::Argument::declared("names", "&[T]"),
                            renamed::runtime::Argument::declared("loud", "bool"),
                        ];
                        ARGUMENTS
                    },
                    encoding: renamed::runtime::Encoding::JsonObject,
                    result: "String",
                    codec: ::core::option::Option::Some("Msgpack"),
                    optional: false,
                }),
                renamed::runtime::Method::declared(renamed::runtime::__private::MethodDeclaration {
                    name: "version",
                    export: "version",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[renamed::runtime::Argument] = &[];
                        ARGUMENTS
                    },
                    encoding: renamed::runtime::Encoding::Direct,
                    result: "Option<u32>",
                    codec: ::core::option::Option::Some("Msgpack"),
                    optional: true,
                }),
                renamed::runtime::Method::declared(renamed::runtime::__private::MethodDeclaration {
                    name: "farewell",
                    export: "farewell",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[renamed::runtime::Argument] = &[
                            renamed::runtime::Argument::declared("name", "String"),
                        ];
                        ARGUMENTS
                    },
                    encoding: renamed::runtime::Encoding::Direct,
                    result: "&'a str",
                    codec: ::core::option::Option::Some("Msgpack"),
                    optional: true,
                }),
            ];
            renamed::runtime::Interface::declared("Greeter", "", METHODS)
        };
        &INTERFACE
    }
    fn plugin(&self) -> &renamed::runtime::Plugin {
        &self.__extism_plugin
    }
    fn plugin_mut(&mut self) -> &mut renamed::runtime::Plugin {
        &mut self.__extism_plugin
    }
    fn into_inner(self) -> renamed::runtime::Plugin {
        self.__extism_plugin
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::fmt::Debug for Greetings {
    fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        formatter
            .debug_struct("Greetings")
            .field("plugin", &self.__extism_plugin)
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
