#[allow(dead_code)]
trait Exn {
    fn shout(&mut self, text: &str) -> &str;
    fn version(&mut self) -> Option<u32>;
}
///A plug-in with the exports that [`Exn`] declares. `try_from(plugin)`, `load(source)` and `builder(source)` make one; each checks that all of them are there.
struct ExnPlugin {
    __extism_plugin: ::extism_runtime::Plugin,
    __extism_export_shout: ::extism_runtime::__private::RawExport,
    __extism_export_version: ::core::option::Option<
        ::extism_runtime::__private::RawExport,
    >,
}
#[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl ExnPlugin {
    ///Calls the plug-in's export `shout`.
    /**
# Panics

When the input can't be encoded, the plug-in fails or exceeds a limit, or its output can't be decoded.*/
    #[inline]
    fn shout(&mut self, text: &str) -> &str {
        ::extism_runtime::__private::unwrap(
            ::extism_runtime::__private::call::<
                &str,
                &str,
            >(&mut self.__extism_plugin, self.__extism_export_shout, text),
        )
    }
    ///Calls the plug-in's export `version`. `None` when the plug-in lacks it.
    /**
# Panics

When the input can't be encoded, the plug-in fails or exceeds a limit, or its output can't be decoded.*/
    #[inline]
    fn version(&mut self) -> Option<u32> {
        ::extism_runtime::__private::unwrap(
            ::extism_runtime::__private::call_optional::<
                (),
                Option<u32>,
            >(&mut self.__extism_plugin, self.__extism_export_version, ())
                .map(|__extism_value| __extism_value.flatten()),
        )
    }
    ///Whether the plug-in has the export `version`.
    #[must_use]
    fn has_version(&self) -> bool {
        self.__extism_export_version.is_some()
    }
}
#[allow(dead_code, deprecated)]
impl ExnPlugin {
    /// Loads a plug-in, from a file, a manifest or bytes, and checks its exports.
    ///
    /// # Errors
    ///
    /// When it can't be loaded, compiled or linked, or when its exports don't satisfy the interface.
    fn load(
        source: impl ::core::convert::Into<::extism_runtime::Source>,
    ) -> ::core::result::Result<Self, ::extism_runtime::Error> {
        ::extism_runtime::PluginBuilder::new(source).typed().build()
    }
    /// A builder whose `build` gives this type: for host functions, WASI, configuration and limits.
    fn builder(
        source: impl ::core::convert::Into<::extism_runtime::Source>,
    ) -> ::extism_runtime::PluginBuilder<Self> {
        ::extism_runtime::PluginBuilder::new(source).typed()
    }
    /// The exports that the trait declares, as data.
    #[must_use]
    fn interface() -> &'static ::extism_runtime::Interface {
        <Self as ::extism_runtime::PluginInterface>::interface()
    }
    /// The plug-in beneath.
    #[must_use]
    fn plugin(&self) -> &::extism_runtime::Plugin {
        &self.__extism_plugin
    }
    /// The plug-in beneath.
    fn plugin_mut(&mut self) -> &mut ::extism_runtime::Plugin {
        &mut self.__extism_plugin
    }
    /// The plug-in beneath.
    #[must_use]
    fn into_inner(self) -> ::extism_runtime::Plugin {
        self.__extism_plugin
    }
    /// A view whose calls have a context, which host functions reach by `CurrentPlugin::context`.
    fn with_context<C: ::extism_runtime::__private::Any + ::core::marker::Send>(
        &mut self,
        context: C,
    ) -> ::extism_runtime::WithContext<'_, Self> {
        ::extism_runtime::PluginInterface::with_context(self, context)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<::extism_runtime::Plugin> for ExnPlugin {
    type Error = ::extism_runtime::Error;
    fn try_from(
        plugin: ::extism_runtime::Plugin,
    ) -> ::core::result::Result<Self, ::extism_runtime::Error> {
        #[allow(unused_mut, unused_variables)]
        let mut exports = ::extism_runtime::__private::Exports::resolve::<
            Self,
        >(&plugin)?;
        ::core::result::Result::Ok(Self {
            __extism_export_shout: exports.required(&plugin)?,
            __extism_export_version: exports.optional(),
            __extism_plugin: plugin,
        })
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::PluginInterface for ExnPlugin {
    fn interface() -> &'static ::extism_runtime::Interface {
        static INTERFACE: ::extism_runtime::Interface = {
            const METHODS: &[::extism_runtime::Method] = &[
                ::extism_runtime::Method::declared(::extism_runtime::__private::MethodDeclaration {
                    name: "shout",
                    export: "shout",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[::extism_runtime::Argument] = &[
                            ::extism_runtime::Argument::declared("text", "&str"),
                        ];
                        ARGUMENTS
                    },
                    encoding: ::extism_runtime::Encoding::Direct,
                    result: "&str",
                    codec: ::core::option::Option::None,
                    optional: false,
                }),
                ::extism_runtime::Method::declared(::extism_runtime::__private::MethodDeclaration {
                    name: "version",
                    export: "version",
                    docs: "",
                    arguments: {
                        const ARGUMENTS: &[::extism_runtime::Argument] = &[];
                        ARGUMENTS
                    },
                    encoding: ::extism_runtime::Encoding::Direct,
                    result: "Option<u32>",
                    codec: ::core::option::Option::None,
                    optional: true,
                }),
            ];
            ::extism_runtime::Interface::declared("Exn", "", METHODS)
        };
        &INTERFACE
    }
    fn plugin(&self) -> &::extism_runtime::Plugin {
        &self.__extism_plugin
    }
    fn plugin_mut(&mut self) -> &mut ::extism_runtime::Plugin {
        &mut self.__extism_plugin
    }
    fn into_inner(self) -> ::extism_runtime::Plugin {
        self.__extism_plugin
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::fmt::Debug for ExnPlugin {
    fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        formatter
            .debug_struct("ExnPlugin")
            .field("plugin", &self.__extism_plugin)
            .finish_non_exhaustive()
    }
}
#[automatically_derived]
#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl Exn for ExnPlugin {
    #[inline]
    fn shout(&mut self, text: &str) -> &str {
        Self::shout(self, text)
    }
    #[inline]
    fn version(&mut self) -> Option<u32> {
        Self::version(self)
    }
}
