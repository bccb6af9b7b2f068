//! Instances that threads and tasks share.

mod builder;
mod control;
mod idle;
mod loan;
mod of_builder;
mod options;
mod per_call;
mod place;
mod places;
mod queue;
mod rest;
mod returning;
mod shared_future;
mod shelf;
mod wait;
mod wait_async;

use std::{fmt, sync::Arc, time::Duration};

pub(crate) use self::per_call::PerCall;
pub use self::{builder::PoolBuilder, loan::PooledPlugin, options::PoolOptions, shared_future::SharedFuture};
use self::{
    loan::Loan,
    places::Places,
    wait::{Patience, Refusal, call_refused, refused},
};
use super::{CompiledPlugin, Plugin, export::RawExport, resolve};
use crate::{
    Decode, Encode, Error,
    run::{self, CallOptions},
    usage::Usage,
};

/// A bounded set of instances of one compiled plug-in, which threads and tasks share. Cheap to clone.
///
/// An instance starts in microseconds, so a pool does not save that time. It limits how many run at a time,
/// and keeps plug-ins alive that initialize slowly or have variables to keep. [`Reuse`](crate::pool::Reuse)
/// determines what passes from one user of an instance to the next.
///
/// While all instances are in use, threads and tasks wait in one queue. Whoever came first is served first, and nobody
/// waits while an instance is idle. No lock is held while a plug-in runs or is created.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{CompiledPlugin, Pool};
///
/// let compiled = CompiledPlugin::new("examples/plugins/echo.wasm")?;
/// let pool = Pool::new(compiled, 4);
/// assert_eq!(pool.call::<_, String>("echo", "hello")?, "hello");
/// let length = pool.with_plugin(|plugin| plugin.call::<_, &str>("echo", "hello").map(str::len))?;
/// assert_eq!(length, 5);
/// assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
/// # Ok(())
/// # }
/// ```
///
/// If a host function locks a `Mutex<Plugin>` to call its own plug-in, while that mutex is locked for the
/// running call, it waits forever, and no timeout can end that. A pool in place of the mutex detects this:
/// see [`get`](Self::get).
#[derive(Clone)]
pub struct Pool(Arc<Places>);

impl Pool {
    /// Creates a pool of at most `max_instances`, each created when it is first needed.
    #[must_use]
    pub fn new(compiled: CompiledPlugin, max_instances: usize) -> Self {
        Self::builder(compiled).with_max_instances(max_instances).build()
    }

    /// Creates a builder, which also sets how long users wait, what is kept while it is idle, and what happens to an
    /// instance between two users.
    pub fn builder(compiled: CompiledPlugin) -> PoolBuilder {
        PoolBuilder::new(compiled)
    }

    /// Takes an instance, which returns to the pool when it is dropped. `None` if all stay in use until `timeout` has
    /// passed.
    ///
    /// # Errors
    ///
    /// Returns an error if a new instance cannot be created, if the waiting is [cancelled](Self::cancel_all), or if
    /// waiting is futile because all instances are running calls whose host functions wait here.
    pub fn get(&self, timeout: Duration) -> Result<Option<PooledPlugin>, Error> {
        match self.0.take(Patience::new(timeout)) {
            Ok(place) => PooledPlugin::new(place, &self.0).map(Some),
            Err(Refusal::Busy(_)) => Ok(None),
            Err(refusal) => Err(refused(refusal, &self.0)),
        }
    }

    /// Takes an instance, waiting as a task, on any executor. Threads and tasks wait in the same queue. A
    /// future that is dropped leaves it.
    ///
    /// ```
    /// # use extism_runtime::{CompiledPlugin, Error, Pool};
    /// # use std::time::Duration;
    /// async fn shout(pool: &Pool, text: &str) -> Result<String, Error> {
    ///     let mut plugin = match pool.get_async(Duration::from_secs(1)).await? {
    ///         Some(plugin) => plugin,
    ///         None => return Ok(format!("no time for {text}")),
    ///     };
    ///     plugin.call_async("shout", text).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`get`](Self::get). Waiting is futile if all instances are running calls whose host functions
    /// wait for this future.
    pub async fn get_async(&self, timeout: Duration) -> Result<Option<PooledPlugin>, Error> {
        match self.0.take_async(Patience::new(timeout)).await {
            Ok(place) => PooledPlugin::new_async(place, &self.0).await.map(Some),
            Err(Refusal::Busy(_)) => Ok(None),
            Err(refusal) => Err(refused(refusal, &self.0)),
        }
    }

    /// Takes an instance if one is idle or may be created, without waiting and without overtaking waiting users.
    ///
    /// # Errors
    ///
    /// Returns an error if a new instance cannot be created.
    pub fn try_get(&self) -> Result<Option<PooledPlugin>, Error> {
        self.0.try_take().map(|place| PooledPlugin::new(place, &self.0)).transpose()
    }

    /// Calls a function with an instance, which returns to the pool at its end, also if it panics.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// # use extism_runtime::{CompiledPlugin, Pool};
    /// # let pool = Pool::new(CompiledPlugin::new("examples/plugins/echo.wasm")?, 4);
    /// let words = pool.with_plugin(|plugin| {
    ///     let text: &str = plugin.call("echo", "one two")?;
    ///     Ok::<_, extism_runtime::Error>(text.split(' ').count())
    /// })?;
    /// assert_eq!(words, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the function's own error; [`Error::Busy`] if no instance becomes free for as long as the pool
    /// [may wait](PoolBuilder::with_max_wait); and the same errors as [`get`](Self::get).
    pub fn with_plugin<T, E>(&self, use_plugin: impl FnOnce(&mut Plugin) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error>,
    {
        let place = self.0.take(Patience::new(self.0.options.wait())).map_err(|refusal| refused(refusal, &self.0))?;
        let mut plugin = Loan::new(place, &*self.0)?;
        use_plugin(&mut plugin)
    }

    /// Calls an export of an instance; waiting for one counts towards the call's time limit. The result
    /// cannot borrow, as the instance returns to the pool.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Plugin::call`] and [`get`](Self::get); [`Error::Busy`] if all instances
    /// stay in use for as long as the pool [may wait](PoolBuilder::with_max_wait); and [`Error::Timeout`] if
    /// the call's own time limit is exceeded first. In the last two cases, the plug-in has not been called.
    pub fn call<I, O>(&self, name: &str, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        let export = resolve::find(&self.0.compiled.0, name)?;
        let mut options = CallOptions::of(&self.0.compiled.0);
        self.lend(&mut options, export)?.call_by_index(export, &input, &options)
    }

    /// Calls an export of an instance, as a future that is `Send` and borrows nothing, so that it can be
    /// spawned. The input is encoded before this returns; an instance is taken when the future is first
    /// polled. Dropping the future ends the call and returns the instance.
    ///
    /// ```
    /// # use extism_runtime::{CompiledPlugin, Pool};
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// let pool = Pool::new(CompiledPlugin::new("examples/plugins/echo.wasm")?, 4);
    /// let calls = ["a", "b", "c"].map(|text| tokio::spawn(pool.call_async::<_, String>("echo", text)));
    /// for (call, text) in calls.into_iter().zip(["a", "b", "c"]) {
    ///     assert_eq!(call.await.expect("no panic")?, text);
    /// }
    /// # Ok::<(), extism_runtime::Error>(())
    /// # })?;
    /// # Ok::<(), extism_runtime::Error>(())
    /// ```
    pub fn call_async<I, O>(&self, name: &str, input: I) -> SharedFuture<O>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        let compiled = &self.0.compiled.0;
        let each = PerCall::default();
        SharedFuture::new(&self.0, resolve::find(compiled, name), &input, each.options(compiled), each)
    }

    /// Cancels all running calls, which return [`Error::Cancelled`], and all waiting for an instance, which
    /// ends with the same error; returns how many there were. Later calls are not affected.
    ///
    /// This is for the end of a server's grace period. Instances that are in use remain in use, and then
    /// return to the pool. To cancel a single call, [take](Self::get) an instance and its
    /// [`cancel_handle`](Plugin::cancel_handle); an asynchronous call ends when its future is dropped.
    #[allow(clippy::must_use_candidate, reason = "cancelling is done for its effect")]
    pub fn cancel_all(&self) -> usize {
        self.0.cancel_all()
    }

    /// Returns the compiled plug-in that the pool's instances belong to.
    #[must_use]
    pub fn compiled(&self) -> &CompiledPlugin {
        &self.0.compiled
    }

    /// Returns what the calls of the pool's instances have used together, including instances that are gone.
    ///
    /// Calls that got no instance count too: as [`Outcome::Busy`](crate::usage::Outcome::Busy), or with the
    /// outcome of what ended their wait.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.0.compiled.0.usage(Some(self.0.owner))
    }

    /// Returns the maximum number of instances.
    #[must_use]
    pub fn max_instances(&self) -> usize {
        self.0.max()
    }

    /// Returns the number of instances, including those in use.
    #[must_use]
    pub fn instances(&self) -> usize {
        self.0.counts().instances
    }

    /// Returns the number of instances that are not in use.
    #[must_use]
    pub fn idle_instances(&self) -> usize {
        self.0.counts().idle
    }

    /// Calls an export by its handle.
    #[inline]
    pub(crate) fn call_raw<I, O>(&self, export: RawExport, input: &I, each: &PerCall) -> Result<O, Error>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        let export = export.index_in(&self.0.compiled.0)?;
        let mut options = each.options(&self.0.compiled.0);
        let mut plugin = self.lend(&mut options, export)?;
        each.enter(&mut plugin);
        plugin.call_by_index(export, input, &options)
    }

    /// The async form of [`call_raw`](Self::call_raw).
    pub(crate) fn call_raw_async<I, O>(&self, export: RawExport, input: &I, each: &PerCall) -> SharedFuture<O>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        let compiled = &self.0.compiled.0;
        SharedFuture::new(&self.0, export.index_in(compiled), input, each.options(compiled), each.clone())
    }

    /// Returns how many threads and tasks wait for an instance.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.counts().waiting
    }

    /// Takes an instance for a call of this export, which begins now if it has to wait for that.
    #[inline]
    fn lend(&self, options: &mut CallOptions, export: u32) -> Result<Loan<&Places>, Error> {
        let loan = match self.0.take_for_call(options) {
            Ok(place) => Loan::new(place, &*self.0),
            Err(refusal) => Err(call_refused(refusal, &self.0, export, options)),
        };
        loan.inspect_err(|error| run::unserved(&self.0.compiled.0, self.0.owner, export, error.outcome()))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("plugin", &self.0.compiled.0.settings.name)
            .field("max_instances", &self.0.max())
            .field("reuse", &self.0.reuse())
            .finish_non_exhaustive()
    }
}
