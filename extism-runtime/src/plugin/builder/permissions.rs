//! What the person or the program allows a plug-in.

use super::PluginBuilder;

impl<P> PluginBuilder<P> {
    /// Grants the plug-in permissions that host functions need; they are added to those that were granted before.
    ///
    /// A host function may need a permission: `#[host_fn(permission = "kv")]` on it or on its `impl` block,
    /// `host_fns![permission = "kv"; kv_read, kv_write]`, or
    /// [`Function::with_permission`](crate::Function::with_permission). A plug-in with a module that imports such a
    /// function is refused when it is built, unless it was granted the permission; one error names all such imports,
    /// next to everything else that is wrong with imports. [`inspect`](Self::inspect) lists in advance what a plug-in
    /// needs, with its hosts, directories and WASI in the same list.
    ///
    /// A permission that none of the functions needs has no effect, so that a program can grant what a person has
    /// agreed to at some time, whichever functions it has by now.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::{PluginBuilder, host_fn, host_fns};
    ///
    /// #[host_fn(permission = "kv")]
    /// fn kv_read(key: String) -> Option<String> {
    ///     Some(format!("the value of {key}"))
    /// }
    ///
    /// # let module = r#"(module (import "extism:host/user" "kv_read" (func (param i64) (result i64))))"#;
    /// let builder = || PluginBuilder::new(module).with_name("notes").with_functions(host_fns![kv_read]);
    /// let error = builder().build().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "cannot link plug-in `notes`: module `main` imports `kv_read`, which needs the permission `kv` \
    ///      (`.grant([\"kv\"])` grants it)"
    /// );
    /// let plugin = builder().grant(["kv"]).build()?;
    /// # drop(plugin);
    /// # Ok(())
    /// # }
    /// ```
    pub fn grant(mut self, permissions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.instance.granted.extend(permissions.into_iter().map(Into::into));
        self
    }
}
