#[allow(dead_code)]
trait Greeter {
    fn greet(&self, __extism_argument_1: (String, String)) -> Result<String, Error>;
    fn leave() -> impl ::core::future::Future<Output = ()> + ::core::marker::Send;
}
::core::compile_error!(
    "expected one of: `name`, `codec`, `on_error`, `args`, `rename_all`, `extends`, `wasm`, `imports`, `version`, `description`, `require`, `crate`",
)
::core::compile_error!("expected a plain argument name, such as `text: &str`")
::core::compile_error!(
    "a method of an interface needs a receiver: add `&mut self`, or `&self` to share the client between callers",
)
/// A client of plug-ins with the exports that [`Greeter`] declares. `load(source)`, `builder(source)` and `try_from(plugin)` create one, and check that these exports exist.
struct GreeterPlugin {
    __extism: __ExtismPartsOfGreeter,
}
#[allow(dead_code, non_camel_case_types)]
struct __ExtismPartsOfGreeter {
    plugin: ::extism_runtime::__private::SharedPlugin,
    export_0: ::extism_runtime::__private::RawExport,
    export_1: ::extism_runtime::__private::RawExport,
}
#[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
#[allow(unused_variables, unused_mut, unreachable_code)]
impl GreeterPlugin {
    /// Calls the plug-in's export `greet`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn greet(&self, __extism_argument_0: (String, String)) -> Result<String, Error> {
        ::core::unreachable!()
    }
    /// Calls the plug-in's export `leave`.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or its output cannot be decoded.
    #[inline]
    fn leave(
        &self,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<(), ::extism_runtime::__private::Error>,
    > + ::core::marker::Send {
        async move { ::core::unreachable!() }
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
        <Self as ::extism_runtime::__private::SharedInterface>::interface()
    }
    /// Returns the pool of the instances that answer the calls.
    #[must_use]
    fn pool(&self) -> &::extism_runtime::__private::Pool {
        ::extism_runtime::__private::SharedInterface::pool(self)
    }
    /// Returns a client of the same pool whose calls have a context. It is cloned for each call, and host functions
    /// access it with `CurrentPlugin::context`.
    #[must_use]
    fn with_context<C>(&self, __extism_context: C) -> Self
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
    fn with_timeout(
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
        > = ::extism_runtime::__private::LazyLock::new(|| {
            const METHODS: &[::extism_runtime::__private::Method] = &[];
            ::extism_runtime::__private::describe(
                ::extism_runtime::__private::interface("Greeter", "", METHODS),
                ::core::option_env!("CARGO_PKG_VERSION"),
                false,
                |_| [],
            )
        });
        &INTERFACE
    }
    #[allow(unused_variables)]
    fn from_exports(
        __extism_plugin: ::extism_runtime::__private::SharedPlugin,
        __extism_exports: &mut ::extism_runtime::__private::ResolvedExports,
    ) -> Self {
        ::core::unreachable!()
    }
    fn shared(&self) -> &::extism_runtime::__private::SharedPlugin {
        &self.__extism.plugin
    }
    #[allow(unused_variables)]
    fn with_shared(
        &self,
        __extism_plugin: ::extism_runtime::__private::SharedPlugin,
    ) -> Self {
        ::core::unreachable!()
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
