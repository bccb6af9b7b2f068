use super::{
    CompiledPlugin, Plugin,
    pool::{Pool, PoolOptions},
};
use crate::Error;

/// The result of [`PluginBuilder::build`](crate::PluginBuilder::build): a plug-in, a pool, or a typed client of either.
///
/// This trait is sealed: `#[plugin_interface]` implements it for its clients, and programs cannot implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a plug-in nor a plug-in's client",
    note = "a builder can build `Plugin`, `Pool`, and clients that `#[plugin_interface]` generates"
)]
pub trait FromPlugin: Sized {
    /// Creates it from a compiled plug-in. The options are for types that have a pool; no public module
    /// exports their type, which seals the trait.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in's exports do not satisfy the interface, or an instance cannot be created.
    #[doc(hidden)]
    fn from_compiled(compiled: CompiledPlugin, options: PoolOptions) -> Result<Self, Error>;

    /// Returns another handle on the same plug-in, if several threads may use it at the same time; `None` for a single
    /// instance.
    #[doc(hidden)]
    fn share(&self) -> Option<Self> {
        None
    }
}

impl FromPlugin for Plugin {
    fn from_compiled(compiled: CompiledPlugin, _: PoolOptions) -> Result<Self, Error> {
        compiled.instantiate()
    }
}

impl FromPlugin for Pool {
    fn from_compiled(compiled: CompiledPlugin, options: PoolOptions) -> Result<Self, Error> {
        Ok(Self::with_options(compiled, options))
    }

    fn share(&self) -> Option<Self> {
        Some(self.clone())
    }
}

/// A type that has a pool: [`Pool`] itself, and the clients of interfaces whose methods take `&self`. Their
/// builder has the options of a [`PoolBuilder`](crate::pool::PoolBuilder).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a single instance, which has no pool to configure",
    note = "`Pool` and the clients of traits whose methods take `&self` have one"
)]
pub trait FromPool: FromPlugin {}

impl FromPool for Pool {}
