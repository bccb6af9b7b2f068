//! What a plug-in is built with.

use std::{path::PathBuf, sync::Arc};

use extism_runtime::{self as rt, log::LogEvents};

use crate::{
    CompiledPlugin, CurrentPlugin, DebugOptions, Error, Function, Plugin, ProfilingStrategy, UserData, Val, ValType,
    WasmInput, WasmtimeType,
};

/// Changes the builder of the runtime.
type Adjust = Arc<dyn Fn(rt::PluginBuilder) -> rt::PluginBuilder + Send + Sync>;

/// Builds a plug-in with what its manifest does not say.
#[derive(Clone)]
pub struct PluginBuilder<'a> {
    pub(crate) source: WasmInput<'a>,
    pub(crate) options: Options,
}

/// All options of a builder.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) wasi: bool,
    pub(crate) functions: Vec<Function>,
    pub(crate) debug: DebugOptions,
    pub(crate) cache: Option<Cache>,
    pub(crate) fuel: Option<u64>,
    pub(crate) initialization_fuel: Option<u64>,
    pub(crate) http_response_headers: bool,
    adjust: Option<Adjust>,
}

/// Where compiled code is kept, if the builder says so.
#[derive(Clone)]
pub(crate) enum Cache {
    Disabled,
    Config(PathBuf),
}

impl<'a> PluginBuilder<'a> {
    /// Creates a builder from a module or a manifest.
    pub fn new(plugin: impl Into<WasmInput<'a>>) -> Self {
        let options = Options {
            wasi: false,
            functions: Vec::new(),
            debug: DebugOptions::default(),
            cache: None,
            fuel: None,
            initialization_fuel: None,
            http_response_headers: false,
            adjust: None,
        };
        Self { source: plugin.into(), options }
    }

    /// Sets whether the plug-in may use WASI.
    pub fn with_wasi(mut self, wasi: bool) -> Self {
        self.options.wasi = wasi;
        self
    }

    /// Adds a host function.
    pub fn with_function<T, F>(
        self,
        name: impl Into<String>,
        args: impl IntoIterator<Item = ValType>,
        returns: impl IntoIterator<Item = ValType>,
        user_data: UserData<T>,
        f: F,
    ) -> Self
    where
        T: Send + 'static,
        F: Fn(&mut CurrentPlugin<'_, '_>, &[Val], &mut [Val], UserData<T>) -> Result<(), Error> + Send + Sync + 'static,
    {
        self.with_functions([Function::new(name, args, returns, user_data, f)])
    }

    /// Adds a host function in a namespace of its own.
    pub fn with_function_in_namespace<T, F>(
        self,
        namespace: impl Into<String>,
        name: impl Into<String>,
        args: impl IntoIterator<Item = ValType>,
        returns: impl IntoIterator<Item = ValType>,
        user_data: UserData<T>,
        f: F,
    ) -> Self
    where
        T: Send + 'static,
        F: Fn(&mut CurrentPlugin<'_, '_>, &[Val], &mut [Val], UserData<T>) -> Result<(), Error> + Send + Sync + 'static,
    {
        self.with_functions([Function::new(name, args, returns, user_data, f).with_namespace(namespace)])
    }

    /// Adds host functions. A later one replaces an earlier one with the same name in the same namespace.
    pub fn with_functions(mut self, functions: impl IntoIterator<Item = Function>) -> Self {
        self.options.functions.extend(functions);
        self
    }

    /// Sets the profiler.
    pub fn with_profiling_strategy(mut self, strategy: ProfilingStrategy) -> Self {
        self.options.debug.profiling_strategy = strategy;
        self
    }

    /// Writes a core dump to this file when the plug-in traps.
    pub fn with_coredump(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.debug.coredump = Some(path.into());
        self
    }

    /// Writes the memory that plug-in and host share to this file when a call fails.
    pub fn with_memdump(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.debug.memdump = Some(path.into());
        self
    }

    /// Compiles with debug information.
    pub fn with_debug_info(mut self) -> Self {
        self.options.debug.debug_info = true;
        self
    }

    /// Sets all options for finding faults.
    pub fn with_debug_options(mut self, options: DebugOptions) -> Self {
        self.options.debug = options;
        self
    }

    /// Keeps compiled code according to this configuration file of wasmtime's cache.
    pub fn with_cache_config(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.cache = Some(Cache::Config(file.into()));
        self
    }

    /// Keeps no compiled code on disk.
    pub fn with_cache_disabled(mut self) -> Self {
        self.options.cache = Some(Cache::Disabled);
        self
    }

    /// Limits the fuel that each call may use.
    pub fn with_fuel_limit(mut self, fuel: u64) -> Self {
        self.options.fuel = Some(fuel);
        self
    }

    /// Limits the fuel that initializing the plug-in may use, instead of the limit of a call, which has to be set too.
    pub fn with_initialization_fuel_limit(mut self, fuel: u64) -> Self {
        self.options.initialization_fuel = Some(fuel);
        self
    }

    /// Refused: this crate has no types of wasmtime. The compiler's error says what to use instead.
    ///
    /// ```compile_fail,E0277
    /// # struct Config;
    /// extism::PluginBuilder::new("(module)").with_wasmtime_config(Config);
    /// ```
    pub fn with_wasmtime_config<C: WasmtimeType>(self, _config: C) -> Self {
        self
    }

    /// Sets whether the plug-in sees the headers of HTTP responses; it does not by default.
    pub fn with_http_response_headers(mut self, allow: bool) -> Self {
        self.options.http_response_headers = allow;
        self
    }

    /// Changes the builder of the runtime underneath, for options that this one does not have: states and functions of
    /// `#[host_fn]`, an engine, limits. The official crate has no such method.
    ///
    /// ```
    /// use extism::{PluginBuilder, runtime::Engine};
    ///
    /// let engine = Engine::builder().with_pool_size(10).build()?;
    /// let plugin = PluginBuilder::new(r#"(module (func (export "f")))"#)
    ///     .with_runtime(move |builder| builder.with_engine(&engine).with_max_memories(1))
    ///     .build()?;
    /// # assert!(plugin.function_exists("f"));
    /// # Ok::<(), extism::Error>(())
    /// ```
    pub fn with_runtime(
        mut self,
        adjust: impl Fn(rt::PluginBuilder) -> rt::PluginBuilder + Send + Sync + 'static,
    ) -> Self {
        self.options.adjust = Some(match self.options.adjust {
            None => Arc::new(adjust),
            Some(first) => Arc::new(move |builder| adjust(first(builder))),
        });
        self
    }

    /// Builds the plug-in.
    pub fn build(self) -> Result<Plugin, Error> {
        Plugin::new_from_compiled(&self.compile()?)
    }

    /// Loads and compiles the plug-in; the result creates instances.
    pub fn compile(self) -> Result<CompiledPlugin, Error> {
        CompiledPlugin::new(self)
    }
}

impl Options {
    /// Applies the options to the runtime's builder.
    pub(crate) fn apply(&self, mut builder: rt::PluginBuilder) -> rt::PluginBuilder {
        builder = builder
            .with_wasi(self.wasi)
            .with_http_response_headers(self.http_response_headers)
            .with_log_events(LogEvents::Official)
            .with_fatal_growth(true);
        if let Some(fuel) = self.fuel {
            // What initialization uses is never the call's.
            let initialization = self.initialization_fuel.unwrap_or(fuel);
            builder = builder.with_fuel_limit(fuel).with_initialization_fuel_limit(initialization);
        }
        if self.debug.profiling_strategy != ProfilingStrategy::None {
            builder = builder.with_profiling(self.debug.profiling_strategy.into());
        }
        if let Some(path) = &self.debug.coredump {
            builder = builder.with_coredump(path);
        }
        if let Some(path) = &self.debug.memdump {
            builder = builder.with_memdump(path);
        }
        builder = match &self.cache {
            None => builder,
            Some(Cache::Disabled) => builder.with_cache(false),
            Some(Cache::Config(file)) => builder.with_cache_config(file),
        };
        match &self.adjust {
            None => builder,
            Some(adjust) => adjust(builder),
        }
    }
}
