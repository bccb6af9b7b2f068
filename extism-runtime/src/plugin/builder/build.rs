//! What a builder ends with: a look at the modules, a compiled plug-in, or an instance.

use std::{marker::PhantomData, panic::resume_unwind, sync::Arc};

use super::{Options, PluginBuilder};
use crate::{
    CompiledPlugin, Engine, Error, Plugin,
    background::Background,
    compile, display,
    inspect::Inspection,
    limits::Limits,
    load::{self, LoadedModules},
    plugin::{BuildStage, FromPlugin},
    settings::Settings,
};

impl<P> PluginBuilder<P> {
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
        check_timeout(&name, &engine, &limits)?;
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

/// Refuses a timeout that could not be enforced.
fn check_timeout(name: &str, engine: &Engine, limits: &Limits) -> Result<(), Error> {
    if limits.timeout.is_none() || engine.options().interruptible {
        return Ok(());
    }
    let context = format!("plug-in `{}` has a timeout, which its engine cannot enforce", display::name(name));
    let advice = "remove it from the builder or the manifest (an untrusted plug-in always has one), or make the engine \
                  with `Engine::builder().with_interruptible(true)`";
    Err(Error::engine(context, advice))
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
