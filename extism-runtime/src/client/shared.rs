use std::{any::Any, time::Duration};

use super::{SharedInterface, future::OptionalFuture, resolved_exports::ResolvedExports};
use crate::{
    CompiledPlugin, Decode, Encode, Error, Pool,
    plugin::{PerCall, export::RawExport, pool::PoolOptions},
    pool::SharedFuture,
};

/// The content of clients of interfaces with `&self` methods: a pool, and the options of each of their calls.
#[derive(Clone, Debug)]
pub struct SharedPlugin {
    pool: Pool,
    each: PerCall,
}

impl SharedPlugin {
    /// Creates it; its calls have the plug-in's own limits and no context.
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        Self { pool, each: PerCall::default() }
    }

    /// Returns the pool.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Returns the same with a time limit for each call, unless there is a shorter one already.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        let mut view = self.clone();
        // Code that was handed a view cannot extend its time.
        view.each.timeout = Some(view.each.timeout.map_or(timeout, |shorter| shorter.min(timeout)));
        view
    }

    /// Returns the same with a context, which is cloned for each call.
    #[must_use]
    pub fn with_context<C: Any + Clone + Send + Sync>(&self, context: C) -> Self {
        let mut view = self.clone();
        view.each.set_context(context);
        view
    }

    /// Calls an export of an instance.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, no instance is free in time, the call fails or exceeds a limit,
    /// or the output cannot be decoded.
    #[inline]
    pub fn call<I, O>(&self, export: RawExport, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        self.pool.call_raw(export, &input, &self.each)
    }

    /// Calls an export of an instance as a task. The input is encoded before this returns.
    pub fn call_async<I, O>(&self, export: RawExport, input: I) -> SharedFuture<O>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        self.pool.call_raw_async(export, &input, &self.each)
    }

    /// Calls an export that may be missing, as a task. The input is encoded before this returns.
    pub fn call_optional_async<I, O>(&self, export: Option<RawExport>, input: I) -> OptionalFuture<SharedFuture<O>>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        OptionalFuture(export.map(|export| self.call_async(export, input)))
    }

    /// Calls an export that may be missing; returns `None` if it is.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`call`](Self::call).
    #[inline]
    pub fn call_optional<I, O>(&self, export: Option<RawExport>, input: I) -> Result<Option<O>, Error>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        export.map(|export| self.call(export, input)).transpose()
    }
}

/// Creates the shared client of a pool's instances, as the clients' `try_from(pool)` does.
///
/// # Errors
///
/// Returns an error that lists all exports that are missing or cannot be called. No instance is created.
pub fn shared_client<C: SharedInterface>(pool: Pool) -> Result<C, Error> {
    let mut exports = ResolvedExports::of_compiled(pool.compiled(), C::interface())?;
    Ok(C::from_exports(SharedPlugin::new(pool), &mut exports))
}

/// Creates the shared client of a compiled plug-in, as the clients' builder does.
///
/// # Errors
///
/// The same as for [`shared_client`].
pub fn shared_client_of<C: SharedInterface>(compiled: CompiledPlugin, options: PoolOptions) -> Result<C, Error> {
    shared_client(Pool::with_options(compiled, options))
}
