//! The final steps of a builder: inspecting the modules, compiling the plug-in, and creating an instance.

use std::{marker::PhantomData, panic::resume_unwind, sync::Arc};

use super::{Options, PluginBuilder};
use crate::{
    CompiledPlugin, Engine, Error, Plugin,
    background::Background,
    bounded::Readable,
    compile, display,
    inspect::Inspection,
    limits::Limits,
    load::{self, LoadedModules},
    permission::Grants,
    plugin::{BuildStage, FromPlugin},
    settings::{AllowedDirectory, Settings},
};

impl<P> PluginBuilder<P> {
    /// Reads what the modules export and import, without compiling or linking them, so host functions may be missing. The
    /// inspection's [`permissions`](Inspection::permissions) take the builder's functions and [grants](Self::grant) into
    /// account.
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
        let Options { source, name, functions, instance, mut load, limits, untrusted, .. } = self.options;
        let stem = source.file_stem();
        load.max_module_bytes = limits.resolve(untrusted, Limits::default()).module_bytes();
        let mut manifest = source.into_manifest()?;
        let loaded = load::load(std::mem::take(&mut manifest.wasm), &load)?;
        let name = name.or(stem).unwrap_or_else(|| loaded.main.plugin_name());
        let grants = Grants {
            functions: Grants::needed_by(&functions),
            granted: &instance.granted,
            hosts: manifest.allowed_hosts.as_deref(),
            directories: &AllowedDirectory::all_of(&manifest),
            wasi: instance.wasi,
        };
        Inspection::new(name, &loaded, &grants)
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

    /// Builds the plug-in without blocking the caller's thread: the work runs on a separate thread, which the
    /// future waits for. If the future is dropped, that thread still finishes its work.
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
    /// Returns the same errors as [`build`](Self::build), and an error if the system cannot start a thread.
    pub fn build_async(self) -> impl Future<Output = Result<P, Error>> + Send
    where
        P: FromPlugin + Send + 'static,
    {
        in_background(self.options, PluginBuilder::<P>::build)
    }

    /// Like [`build`](Self::build), with the compiled plug-in besides, and with another function that is told of
    /// the stages.
    pub(in crate::plugin) fn build_with_stages(
        self,
        on_stage: &dyn Fn(BuildStage),
    ) -> Result<(P, CompiledPlugin), Error>
    where
        P: FromPlugin,
    {
        let pool = self.options.pool;
        let compiled = self.compile_with_stages(on_stage)?;
        Ok((P::from_compiled(compiled.clone(), pool)?, compiled))
    }

    /// Reads modules from regular files only.
    pub(in crate::plugin) fn of_regular_files(mut self) -> Self {
        self.options.load.files = Readable::Regular;
        self
    }

    /// Returns the most bytes that a module may have.
    pub(in crate::plugin) fn max_module_bytes(&self) -> u64 {
        self.options.limits.resolve(self.options.untrusted, Limits::default()).module_bytes()
    }

    /// Loads, compiles and links the plug-in; the result creates instances.
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read, a module cannot be loaded or compiled, or imports and host
    /// functions do not match.
    pub fn compile(self) -> Result<CompiledPlugin, Error> {
        self.compile_with_stages(&|_| ())
    }

    fn compile_with_stages(self, also: &dyn Fn(BuildStage)) -> Result<CompiledPlugin, Error> {
        let engine = self.options.engine()?;
        let Options { source, name, functions, states, instance, limits, untrusted, mut load, on_stage, .. } =
            self.options;
        let on_stage = |stage| {
            also(stage);
            if let Some(on_stage) = &on_stage {
                on_stage(stage);
            }
        };
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

    /// Compiles the plug-in without blocking the caller's thread: the work runs on a separate thread, which
    /// the future waits for. If the future is dropped, that thread still finishes its work.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`compile`](Self::compile), and an error if the system cannot start a thread.
    pub fn compile_async(self) -> impl Future<Output = Result<CompiledPlugin, Error>> + Send + use<P> {
        // The result of `build` need not be `Send`.
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

/// Builds on a separate thread.
pub(super) async fn in_background<P: 'static, T: Send + 'static>(
    options: Options,
    build: fn(PluginBuilder<P>) -> Result<T, Error>,
) -> Result<T, Error> {
    let builder = PluginBuilder { options, plugin: PhantomData };
    let building = Background::start("extism-build", move || build(builder));
    let building = building.map_err(|error| Error::engine("cannot start a thread to build the plug-in", error))?;
    // Only a function of the program can panic, such as one that shows the progress.
    building.await.unwrap_or_else(|panic| resume_unwind(panic))
}
