use std::{fmt, marker::PhantomData, panic::resume_unwind, path::PathBuf, sync::Arc};

use crate::{
    CompiledPlugin, Engine, Error, Plugin, Source,
    background::Background,
    compile,
    engine::{EngineOptions, Profiling},
    host::{Function, IntoFunctions, States},
    inspect::Inspection,
    limits::Limits,
    load::{self, DownloadProgress, LoadOptions, LoadedModules},
    plugin::{BuildStage, FromPlugin, pool::PoolOptions},
    settings::{InstanceOptions, Reuse, Settings, WasiOutput},
    usage::CallRecord,
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
#[must_use = "a plug-in is made by `build` or `compile`"]
pub struct PluginBuilder<P = Plugin> {
    pub(super) options: Options,
    /// What `build` returns.
    plugin: PhantomData<fn() -> P>,
}

/// All options of a builder; [`InstanceOptions`] and [`LoadOptions`] move on to the code that uses them.
pub(super) struct Options {
    source: Source,
    name: Option<String>,
    engine: Option<Engine>,
    functions: Vec<Function>,
    states: States,
    instance: InstanceOptions,
    /// The limits that were set.
    pub(super) limits: Limits,
    /// Whether [`Limits::UNTRUSTED`] applies to the limits that were not set.
    untrusted: bool,
    profiling: Option<Profiling>,
    load: LoadOptions,
    on_stage: Option<Box<dyn Fn(BuildStage) + Send + Sync>>,
    /// Of what has a pool.
    pub(super) pool: PoolOptions,
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
            load: LoadOptions::default(),
            on_stage: None,
            pool: PoolOptions::default(),
        };
        Self { options, plugin: PhantomData }
    }

    /// Creates a builder for an untrusted plug-in: everything that it may use is limited, as this table shows. A
    /// manifest may lower the limits that it has fields for; the builder's own methods lower and raise them.
    ///
    #[doc = include_str!("../docs/limits.md")]
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

    /// Sets whether the plug-in may use WASI, which provides clocks, random numbers and the manifest's `allowed_paths`;
    /// off by default.
    pub fn with_wasi(mut self, wasi: bool) -> Self {
        self.options.instance.wasi = wasi;
        self
    }

    /// Sets where the plug-in's WASI output goes: `true` for the process's own; nowhere by default. The environment
    /// variable `EXTISM_ENABLE_WASI_OUTPUT` does the same.
    pub fn with_wasi_output(mut self, output: impl Into<WasiOutput>) -> Self {
        self.options.instance.wasi_output = output.into();
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

    /// Adds a state, as [`with_state`](Self::with_state) does, that is also shared elsewhere, or is a trait object: host
    /// functions receive an `Arc<dyn Storage>` as `State<dyn Storage>`.
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

    /// Writes a core dump to this file when the plug-in traps, for WebAssembly debuggers. The environment variable
    /// `EXTISM_COREDUMP` does the same.
    ///
    /// A dump contains the plug-in's memory: only the user that runs the process may read it (on Unix, mode 0600). It
    /// replaces an existing regular file; links are not followed. The directory is the one that has this name when the
    /// plug-in is built. A dump that cannot be written is reported through `tracing`.
    pub fn with_coredump(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.instance.coredump = Some(path.into());
        self
    }

    /// Writes the kernel's memory to this file when a call fails: the input, the output, and what passed between
    /// plug-in and host. The environment variable `EXTISM_MEMDUMP` does the same. The file is written under the rules
    /// of [`with_coredump`](Self::with_coredump).
    pub fn with_memdump(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.instance.memdump = Some(path.into());
        self
    }

    /// Makes the compiled code known to a profiler. The environment variable `EXTISM_PROFILE` (`perf`, `jitdump`,
    /// `vtune`) does the same.
    pub fn with_profiling(mut self, profiling: Profiling) -> Self {
        self.options.profiling = Some(profiling);
        self
    }

    /// Sets whether the calls' times are measured, for [`Plugin::usage`]; off by default.
    ///
    /// A call then reads a clock twice, and twice more for each host function that it calls, which takes about as long
    /// as a short call. Calls are also measured if there is a function that receives their records
    /// ([`with_on_call`](Self::with_on_call)), and while a subscriber of `tracing` listens to their spans
    /// ([`usage`](crate::usage#spans)); all other counters are always there.
    pub fn with_timing(mut self, timing: bool) -> Self {
        self.options.instance.listener.timing = timing;
        self
    }

    /// Calls a function at the end of each call, with a record of it.
    ///
    /// It runs on the thread on which the call ended, before the caller has the result, and outside of the call's
    /// limits: so it should be short, and pass on to other threads what takes long. For an async call, that thread is one
    /// that polls it; if its future is dropped before its end, the one that drops it. Each call has exactly one record,
    /// unless its future is leaked. A panic of the function is reported through `tracing`, and the call ends as if there
    /// had been none. The called instance is still in use: a function that calls the same pool needs another instance.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use std::sync::mpsc;
    /// use extism_runtime::{PluginBuilder, usage::Outcome};
    ///
    /// let (records, received) = mpsc::channel();
    /// let mut plugin = PluginBuilder::new("examples/plugins/echo.wasm")
    ///     .with_on_call(move |record| {
    ///         let _ = records.send((record.export.to_owned(), record.outcome, record.output_bytes));
    ///     })
    ///     .build()?;
    /// plugin.call::<_, &str>("echo", "hello")?;
    /// assert_eq!(received.recv().unwrap(), ("echo".to_owned(), Outcome::Ok, 5));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_on_call(mut self, on_call: impl Fn(&CallRecord<'_>) + Send + Sync + 'static) -> Self {
        self.options.instance.listener.on_call = Some(Arc::new(on_call));
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

    /// Reads what the modules export and import, without compiling or linking them, so host functions need not be
    /// there.
    ///
    /// ```
    /// # use extism_runtime::{PluginBuilder, inspect::ImportOrigin};
    /// # let wasm = r#"(module (import "extism:host/user" "kv_read" (func (param i64) (result i64)))
    /// #   (func (export "run")))"#;
    /// let inspection = PluginBuilder::new(wasm).inspect()?;
    /// assert_eq!(inspection.exports()[0].name, "run");
    /// let needed: Vec<_> = inspection.host_imports().map(|import| import.name.as_str()).collect();
    /// assert_eq!(needed, ["kv_read"]);
    /// # Ok::<(), extism_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read, or a module cannot be loaded or is not valid WebAssembly.
    pub fn inspect(self) -> Result<Inspection, Error> {
        let Options { source, name, mut load, limits, untrusted, .. } = self.options;
        let stem = source.file_stem();
        load.max_module_bytes = limits.resolve(untrusted, Limits::default()).module_bytes();
        let loaded = load::load(source.into_manifest()?.wasm, &load)?;
        let name = name.or(stem).unwrap_or_else(|| loaded.main.plugin_name());
        Inspection::new(name, &loaded)
    }

    /// Loads, compiles and links the plug-in, and creates an instance.
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read, a module cannot be loaded or compiled, imports and host
    /// functions do not match, or the exports do not satisfy the interface of `P`.
    pub fn build(self) -> Result<P, Error>
    where
        P: FromPlugin,
    {
        let pool = self.options.pool;
        P::from_compiled(self.compile()?, pool)
    }

    /// Like [`build`](Self::build), for async code: the work runs on a thread of its own, which the future waits for. If
    /// the future is dropped, that thread ends what it began.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// # tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(async {
    /// use extism_runtime::{Plugin, PluginBuilder};
    ///
    /// let mut plugin: Plugin = PluginBuilder::new("examples/plugins/echo.wasm").build_async().await?;
    /// assert_eq!(plugin.call_async::<_, &str>("echo", "hello").await?, "hello");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`build`](Self::build). Also if the system cannot start a thread.
    pub fn build_async(self) -> impl Future<Output = Result<P, Error>> + Send
    where
        P: FromPlugin + Send + 'static,
    {
        in_background(self.options, PluginBuilder::<P>::build)
    }

    /// Loads, compiles and links the plug-in; the result creates instances.
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read, a module cannot be loaded or compiled, or imports and host
    /// functions do not match.
    pub fn compile(self) -> Result<CompiledPlugin, Error> {
        let engine = self.options.engine()?;
        let Options { source, name, functions, states, instance, limits, untrusted, mut load, on_stage, .. } =
            self.options;
        let on_stage = |stage| on_stage.as_ref().map_or((), |on_stage| on_stage(stage));
        on_stage(BuildStage::Load);
        let stem = source.file_stem();
        let mut manifest = source.into_manifest()?;
        let limits = limits.resolve(untrusted, Limits::of_manifest(&manifest));
        load.max_module_bytes = limits.module_bytes();
        let LoadedModules { main, linked } = load::load(std::mem::take(&mut manifest.wasm), &load)?;
        let name = name.or(stem).unwrap_or_else(|| main.plugin_name());
        let settings = Settings::new(name, engine, manifest, limits, instance);
        let modules: Vec<_> = std::iter::once(main).chain(linked).collect();
        on_stage(BuildStage::Compile { bytes: modules.iter().map(|module| module.wasm.len() as u64).sum() });
        let compiled = compile::compile(settings, &modules, &functions, &states)?;
        Ok(CompiledPlugin(Arc::new(compiled)))
    }

    /// Like [`compile`](Self::compile), for async code: the work runs on a thread of its own, which the future waits for.
    /// If the future is dropped, that thread ends what it began.
    ///
    /// # Errors
    ///
    /// The same as for [`compile`](Self::compile). Also if the system cannot start a thread.
    pub fn compile_async(self) -> impl Future<Output = Result<CompiledPlugin, Error>> + Send + use<P> {
        // Whatever `build` returns need not be able to move between threads.
        in_background(self.options, PluginBuilder::<Plugin>::compile)
    }
}

/// Builds something on a thread of its own.
async fn in_background<P: 'static, T: Send + 'static>(
    options: Options,
    build: fn(PluginBuilder<P>) -> Result<T, Error>,
) -> Result<T, Error> {
    let builder = PluginBuilder { options, plugin: PhantomData };
    let building = Background::start("extism-build", move || build(builder));
    let building = building.map_err(|error| Error::engine("cannot start a thread that builds the plug-in", error))?;
    // A panic is that of a function of the program's, such as one that shows the progress.
    building.await.unwrap_or_else(|panic| resume_unwind(panic))
}

impl Options {
    /// Returns the engine that fits the options.
    fn engine(&self) -> Result<Engine, Error> {
        let Some(engine) = &self.engine else {
            let mut options = EngineOptions::default();
            options.fuel |= self.instance.fuel_limit.is_some();
            options.coredump |= self.instance.coredump.is_some();
            options.profiling = self.profiling.unwrap_or(options.profiling);
            return Engine::shared_with(options);
        };
        let options = engine.options();
        let lacks = [
            (self.instance.fuel_limit.is_some() && !options.fuel, "a fuel limit", "with_fuel(true)"),
            (self.instance.coredump.is_some() && !options.coredump, "core dumps", "with_coredump(true)"),
            (self.profiling.is_some_and(|wanted| wanted != options.profiling), "profiling", "with_profiling(..)"),
        ];
        match lacks.iter().find(|(lacks, ..)| *lacks) {
            Some((_, what, option)) => Err(Error::engine(
                format!("the engine given can't do {what}"),
                format!("make it with `Engine::builder().{option}`"),
            )),
            None => Ok(engine.clone()),
        }
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
