#[allow(dead_code)]
/// Counts vowels.
pub trait VowelCounter {
    /// Counts the vowels of `text`.
    ///
    /// # Examples
    ///
    /// None yet.
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
}
/// Counts vowels.
///
/// A client of plug-ins with the exports that [`VowelCounter`] declares. `load(source)`, `builder(source)` and `try_from(plugin)` create one, and check that these exports exist.
pub struct VowelCounterPlugin {
    __extism: __ExtismPartsOfVowelCounter,
}
#[allow(dead_code, non_camel_case_types)]
struct __ExtismPartsOfVowelCounter {
    plugin: ::extism_runtime::__private::Plugin,
    export_0: ::extism_runtime::__private::RawExport,
}
#[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl VowelCounterPlugin {
    /// Counts the vowels of `text`.
    ///
    ///
    /// Calls the plug-in's export `count_vowels`.
    ///
    /// # Examples
    ///
    /// None yet.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    pub fn count_vowels(
        &mut self,
        text: &str,
    ) -> ::core::result::Result<Json<Report>, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::typed::call::<
            &str,
            Json<Report>,
        >(&mut self.__extism.plugin, self.__extism.export_0, text)
    }
}
#[allow(dead_code, deprecated)]
impl VowelCounterPlugin {
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
        <Self as ::extism_runtime::__private::PluginInterface>::interface()
    }
    /// Returns the underlying plug-in.
    #[must_use]
    pub fn plugin(&self) -> &::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::PluginInterface::plugin(self)
    }
    /// Returns the underlying plug-in.
    pub fn plugin_mut(&mut self) -> &mut ::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::PluginInterface::plugin_mut(self)
    }
    /// Returns the underlying plug-in.
    #[must_use]
    pub fn into_inner(self) -> ::extism_runtime::__private::Plugin {
        ::extism_runtime::__private::PluginInterface::into_inner(self)
    }
    /// Returns a view whose calls have a context, which host functions access with `CurrentPlugin::context`.
    pub fn with_context<
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
    pub fn with_timeout(
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
impl ::core::convert::TryFrom<::extism_runtime::__private::Plugin>
for VowelCounterPlugin {
    type Error = ::extism_runtime::__private::Error;
    fn try_from(
        __extism_plugin: ::extism_runtime::__private::Plugin,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::client(__extism_plugin)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::extism_runtime::__private::PluginInterface for VowelCounterPlugin {
    fn interface() -> &'static ::extism_runtime::__private::Interface {
        static INTERFACE: ::extism_runtime::__private::LazyLock<
            ::extism_runtime::__private::Interface,
        > = ::extism_runtime::__private::LazyLock::new(|| {
            const METHODS: &[::extism_runtime::__private::Method] = &[
                ::extism_runtime::__private::method(::extism_runtime::__private::MethodDeclaration {
                    name: "count_vowels",
                    export: "count_vowels",
                    docs: "Counts the vowels of `text`.\n\n# Examples\n\nNone yet.",
                    arguments: {
                        const ARGUMENTS: &[::extism_runtime::__private::Argument] = &[
                            ::extism_runtime::__private::argument("text", "&str"),
                        ];
                        ARGUMENTS
                    },
                    encoding: ::extism_runtime::__private::Encoding::Direct,
                    result: "Json<Report>",
                    codec: ::core::option::Option::None,
                    optional: false,
                }),
            ];
            ::extism_runtime::__private::describe(
                ::extism_runtime::__private::interface(
                    "VowelCounter",
                    "Counts vowels.",
                    METHODS,
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
                                        .encoded(),
                                    (&&&::extism_runtime::__private::Probe::<&str>::NEW)
                                        .schemas(__extism_schemas),
                                ),
                            ],
                            output: ::extism_runtime::__private::wire(
                                (&&&::extism_runtime::__private::Probe::<Json<Report>>::NEW)
                                    .decoded(),
                                (&&&::extism_runtime::__private::Probe::<Json<Report>>::NEW)
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
            __extism: __ExtismPartsOfVowelCounter {
                plugin: ::extism_runtime::__private::Holder::hold(
                    __extism_plugin,
                    __extism_exports,
                ),
                export_0: __extism_exports.required("count_vowels"),
            },
        }
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::convert::TryFrom<&::extism_runtime::__private::CompiledPlugin>
for VowelCounterPlugin {
    type Error = ::extism_runtime::__private::Error;
    fn try_from(
        __extism_plugin: &::extism_runtime::__private::CompiledPlugin,
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::Error> {
        ::extism_runtime::__private::client_of(__extism_plugin)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::core::fmt::Debug for VowelCounterPlugin {
    fn fmt(
        &self,
        __extism_formatter: &mut ::core::fmt::Formatter<'_>,
    ) -> ::core::fmt::Result {
        __extism_formatter
            .debug_struct("VowelCounterPlugin")
            .field("plugin", ::extism_runtime::__private::PluginInterface::plugin(self))
            .finish_non_exhaustive()
    }
}
#[automatically_derived]
#[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
impl<__ExtismForward> VowelCounter for __ExtismForward
where
    ::extism_runtime::__private::typed::Calls: ::extism_runtime::__private::typed::Forwards<
        __ExtismForward,
        VowelCounterPlugin,
    >,
    <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
        __ExtismForward,
        VowelCounterPlugin,
    >>::Target: VowelCounter,
{
    #[inline]
    fn count_vowels(&mut self, text: &str) -> Json<Report> {
        <<::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
            __ExtismForward,
            VowelCounterPlugin,
        >>::Target as VowelCounter>::count_vowels(
            <::extism_runtime::__private::typed::Calls as ::extism_runtime::__private::typed::Forwards<
                Self,
                VowelCounterPlugin,
            >>::forward(self),
            text,
        )
    }
}
