//! Plug-ins without their host functions.

use super::{PluginBuilder, build::in_background};
use crate::{Error, plugin::FromPlugin};

impl<P: FromPlugin> PluginBuilder<P> {
    /// Builds the plug-in even if imports are missing: one that nothing provides fails when the plug-in calls it, with an
    /// error that names it ([`Error::HostFunction`] with [`MissingImport`](crate::error::MissingImport)).
    ///
    /// This is for plug-ins that tell about themselves, when the answer decides which host functions they get, or
    /// whether they are used at all. Host functions whose [permission](Self::grant) was not granted, and those that lack
    /// a state, count as missing, and so does WASI unless it is switched on. Everything else is checked as by
    /// [`build`](Self::build), including the types of imports that are there.
    /// [`CompiledPlugin::missing_imports`](crate::CompiledPlugin::missing_imports) lists what is missing. What a plug-in
    /// imports and exports, without running it, is what [`inspect`](Self::inspect) returns.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::{Error, PluginBuilder, error::MissingImport};
    ///
    /// # let wasm = r#"(module
    /// #   (import "extism:host/user" "kv_read" (func $kv_read (param i64) (result i64)))
    /// #   (func (export "version") (result i32) (i32.const 0))
    /// #   (func (export "run") (drop (call $kv_read (i64.const 0)))))"#;
    /// let mut plugin = PluginBuilder::new(wasm).probe()?;
    /// plugin.call::<_, ()>("version", ())?;
    ///
    /// let compiled = plugin.compiled();
    /// let missing: Vec<_> = compiled.missing_imports().map(|import| import.name.as_str()).collect();
    /// assert_eq!(missing, ["kv_read"]);
    ///
    /// match plugin.call::<_, ()>("run", ()) {
    ///     Err(Error::HostFunction { name, source, .. }) => {
    ///         assert!(name == "kv_read" && source.is::<MissingImport>());
    ///     }
    ///     other => panic!("{other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`build`](Self::build), except for missing functions. An import that is not a function cannot be
    /// missing.
    pub fn probe(mut self) -> Result<P, Error> {
        self.options.instance.probe = true;
        self.build()
    }

    /// Like [`probe`](Self::probe), for async code: the work runs on a thread of its own, which the future waits for.
    ///
    /// # Errors
    ///
    /// The same as for [`probe`](Self::probe). Also if the system cannot start a thread.
    pub fn probe_async(self) -> impl Future<Output = Result<P, Error>> + Send
    where
        P: Send + 'static,
    {
        in_background(self.options, PluginBuilder::<P>::probe)
    }
}
