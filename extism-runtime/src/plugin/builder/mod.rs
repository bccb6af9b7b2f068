//! `PluginBuilder`: its options, one file per subject, and the final steps.

mod build;
mod cache;
mod fuel;
mod growth;
#[cfg(feature = "http")]
mod http;
mod observe;
mod options;
mod permissions;
mod probe;
mod response_headers;
mod wasi;

use std::{fmt, marker::PhantomData, sync::Arc};

pub(super) use self::options::Options;
use crate::{
    Engine, Plugin, Source,
    host::{Function, IntoFunctions, States},
    limits::Limits,
    load::{DownloadProgress, LoadOptions},
    plugin::{BuildStage, FromPlugin, pool::PoolOptions},
    settings::{InstanceOptions, Reuse},
};

/// Builds a plug-in with what its manifest cannot provide: host functions, WASI, an engine, files for debugging.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{Manifest, PluginBuilder, Wasm};
///
/// # let wasm = "(module)";
/// let manifest = Manifest::new([Wasm::data(wasm)]).with_memory_max(16);
/// let compiled = PluginBuilder::new(manifest).with_name("empty").compile()?;
/// let plugin = compiled.instantiate()?;
/// assert_eq!(plugin.name(), "empty");
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `build` or `compile`"]
pub struct PluginBuilder<P = Plugin> {
    pub(super) options: Options,
    /// The result type of `build`.
    plugin: PhantomData<fn() -> P>,
}

impl PluginBuilder {
    /// Creates a builder from a manifest, a [`Wasm`](crate::Wasm), bytes or text that hold a module or a manifest, or a
    /// path to either.
    pub fn new(source: impl Into<Source>) -> Self {
        let options = Options {
            source: source.into(),
            name: None,
            engine: None,
            functions: Vec::new(),
            states: States::default(),
            instance: InstanceOptions::from_env(),
            limits: Limits::default(),
            untrusted: false,
            profiling: None,
            cache: None,
            load: LoadOptions::default(),
            on_stage: None,
            pool: PoolOptions::default(),
        };
        Self { options, plugin: PhantomData }
    }

    /// Creates a builder for an untrusted plug-in: all resources that it may use are limited, as this table
    /// shows. A manifest may lower the limits that it has fields for; the builder's own methods lower and raise them.
    ///
    #[doc = include_str!("../../docs/limits.md")]
    ///
    /// By default, a [`Pool`](crate::Pool) of such a plug-in hands each user a new instance.
    ///
    /// As always, the manifest and the builder decide what a plug-in can reach: no hosts, paths, WASI or host functions
    /// unless you allow them. So write the manifest yourself instead of using one that came with the plug-in.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use std::time::Duration;
    /// use extism_runtime::PluginBuilder;
    ///
    /// let mut plugin = PluginBuilder::untrusted("examples/plugins/count_vowels.wasm")
    ///     .with_timeout(Duration::from_secs(1))
    ///     .build()?;
    /// let report: serde_json::Value = plugin.call("count_vowels", "hello")?;
    /// # assert_eq!(report["count"], 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn untrusted(source: impl Into<Source>) -> Self {
        let mut builder = Self::new(source);
        builder.options.untrusted = true;
        builder.options.instance.reuse = Reuse::Fresh;
        builder
    }

    /// Returns the same builder, whose `build` creates another typed client of the plug-in, such as one that
    /// `#[plugin_interface]` generates for a trait.
    pub fn typed<Q: FromPlugin>(self) -> PluginBuilder<Q> {
        PluginBuilder { options: self.options, plugin: PhantomData }
    }
}

impl<P> PluginBuilder<P> {
    /// Sets the name shown in errors and logs, instead of the name of the module or the file.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// Adds host functions: a list from `host_fns![..]`, a value whose `impl` block has the attribute `#[host_fn]`, or
    /// a [`Function`].
    pub fn with_functions(mut self, functions: impl IntoFunctions) -> Self {
        self.options.functions.extend(functions.into_functions());
        self
    }

    /// Adds a host function over raw values; short for [`Function::new`].
    pub fn with_function<F>(
        self,
        name: impl Into<String>,
        params: impl Into<Vec<crate::ValType>>,
        results: impl Into<Vec<crate::ValType>>,
        callback: F,
    ) -> Self
    where
        F: Fn(&mut crate::CurrentPlugin<'_>, &[crate::Val], &mut [crate::Val]) -> Result<(), crate::error::BoxError>
            + Send
            + Sync
            + 'static,
    {
        self.with_functions(Function::new(name, params, results, callback))
    }

    /// Adds the value that host functions receive as [`State<T>`](crate::State). There is one value of each type.
    pub fn with_state<T: Send + Sync + 'static>(self, state: T) -> Self {
        self.with_shared_state(Arc::new(state))
    }

    /// Adds a state, as [`with_state`](Self::with_state) does, that is also shared elsewhere or is a trait
    /// object: host functions receive an `Arc<dyn Storage>` as `State<dyn Storage>`.
    pub fn with_shared_state<T: Send + Sync + ?Sized + 'static>(mut self, state: Arc<T>) -> Self {
        self.options.states.insert(state);
        self
    }

    /// Sets the engine that compiles the plug-in; the process's shared engine by default.
    pub fn with_engine(mut self, engine: &Engine) -> Self {
        self.options.engine = Some(engine.clone());
        self
    }

    /// Sets the fuel that each call may use, in units of about one per instruction. An engine set with
    /// [`with_engine`](Self::with_engine) must count fuel.
    pub fn with_fuel_limit(mut self, fuel: u64) -> Self {
        self.options.instance.fuel_limit = Some(fuel);
        self
    }

    /// Calls a function while modules are downloaded.
    pub fn with_download_progress(mut self, progress: impl Fn(&DownloadProgress<'_>) + Send + Sync + 'static) -> Self {
        self.options.load.progress = Some(Arc::new(progress));
        self
    }

    /// Calls a function before each stage of [`compile`](Self::compile), to show progress or to measure time.
    pub fn with_build_progress(mut self, progress: impl Fn(BuildStage) + Send + Sync + 'static) -> Self {
        self.options.on_stage = Some(Box::new(progress));
        self
    }
}

impl<P> fmt::Debug for PluginBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginBuilder")
            .field("source", &self.options.source)
            .field("functions", &self.options.functions)
            .finish_non_exhaustive()
    }
}
