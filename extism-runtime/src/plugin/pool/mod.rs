//! Instances that threads and tasks share.

mod builder;
mod idle;
mod loan;
mod of_builder;
mod options;
mod per_call;
mod place;
mod places;
mod queue;
mod shelf;
mod wait;

use std::{fmt, sync::Arc, time::Duration};

pub(crate) use self::per_call::PerCall;
pub use self::{builder::PoolBuilder, loan::PooledPlugin, options::PoolOptions};
use self::{
    loan::Loan,
    places::Places,
    wait::{Patience, Refusal},
};
use super::{CompiledPlugin, Plugin, export::RawExport, resolve};
use crate::{
    Decode, Encode, Error,
    error::Site,
    run::{self, CallOptions},
};

/// A bounded set of instances of one compiled plug-in, which threads and tasks share. Cheap to clone.
///
/// An instance starts in microseconds, so a pool does not save that time. It limits how many run at a time, and keeps
/// plug-ins alive whose initialization is slow or whose variables should be kept. [`Reuse`](crate::pool::Reuse) says what
/// passes from one user of an instance to the next.
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
/// If a host function locks a `Mutex<Plugin>` to call its own plug-in, while that mutex is locked for the running call,
/// it waits forever, and no timeout can end that. A pool in place of the mutex detects this: see [`get`](Self::get).
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
    /// waiting is futile because all instances are running calls on this thread whose host functions wait here.
    pub fn get(&self, timeout: Duration) -> Result<Option<PooledPlugin>, Error> {
        match self.0.take(Patience::new(timeout)) {
            Ok(place) => PooledPlugin::new(place, &self.0).map(Some),
            Err(Refusal::Busy(_)) => Ok(None),
            Err(refusal) => Err(self.refused(&refusal)),
        }
    }

    /// Takes an instance if one is idle or may be created, without waiting and without passing those who wait.
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
        let place = self.0.take(Patience::new(self.0.options.wait())).map_err(|refusal| self.refused(&refusal))?;
        let mut plugin = Loan::new(place, &*self.0)?;
        use_plugin(&mut plugin)
    }

    /// Calls an export of an instance; waiting for one counts towards the call's time limit. The result cannot borrow,
    /// as the instance returns to the pool.
    ///
    /// # Errors
    ///
    /// The same as for [`Plugin::call`] and [`get`](Self::get). [`Error::Busy`] if all instances stay in use for as
    /// long as the pool [may wait](PoolBuilder::with_max_wait), and [`Error::Timeout`] if the call's own time limit
    /// passes first. In both cases the plug-in has not been called.
    pub fn call<I, O>(&self, name: &str, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        let export = resolve::find(&self.0.compiled.0, name)?;
        let options = CallOptions::of(&self.0.compiled.0);
        self.lend(&options, export)?.call_by_index(export, &input, options)
    }

    /// Cancels all running calls, which return [`Error::Cancelled`], and all waiting for an instance, which ends with
    /// the same error; returns how many there were. Later calls are not affected.
    ///
    /// This is for the end of a server's grace period. Instances that are in use stay so, and return to the pool. To
    /// cancel a single call, [take](Self::get) an instance and its [`cancel_handle`](Plugin::cancel_handle); an
    /// asynchronous call ends when its future is dropped.
    #[allow(clippy::must_use_candidate, reason = "cancelling is done for its effect")]
    pub fn cancel_all(&self) -> usize {
        self.0.cancel_all()
    }

    /// Returns the compiled plug-in that the pool's instances belong to.
    #[must_use]
    pub fn compiled(&self) -> &CompiledPlugin {
        &self.0.compiled
    }

    /// Returns how many instances there may be.
    #[must_use]
    pub fn max_instances(&self) -> usize {
        self.0.max()
    }

    /// Returns how many instances there are, including those in use.
    #[must_use]
    pub fn instances(&self) -> usize {
        self.0.counts().instances
    }

    /// Returns how many instances are not in use.
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
        let options = each.options(&self.0.compiled.0);
        let mut plugin = self.lend(&options, export)?;
        each.enter(&mut plugin);
        plugin.call_by_index(export, input, options)
    }

    /// Returns how many threads and tasks wait for an instance.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.counts().waiting
    }

    /// Takes an instance for a call of this export.
    #[inline]
    fn lend(&self, options: &CallOptions, export: u32) -> Result<Loan<&Places>, Error> {
        let patience = Patience::of_call(self.0.options.wait(), options);
        match self.0.take(patience) {
            Ok(place) => Loan::new(place, &*self.0),
            Err(refusal) => Err(self.call_refused(&refusal, export, options)),
        }
    }

    /// Returns the error of a call that got no instance.
    #[cold]
    fn call_refused(&self, refusal: &Refusal, export: u32, options: &CallOptions) -> Error {
        let site = || run::site(&self.0.compiled.0, export);
        match refusal {
            Refusal::CallTimedOut => options.timed_out(site()),
            Refusal::Cancelled => Error::Cancelled { at: site() },
            refusal => self.refused(refusal),
        }
    }

    #[cold]
    fn refused(&self, refusal: &Refusal) -> Error {
        let plugin = &self.0.compiled.0.settings.name;
        match refusal {
            Refusal::Busy(waited) => {
                Error::Busy { plugin: plugin.to_string(), instances: self.0.max(), waited: *waited }
            }
            Refusal::InVain => self.in_vain(),
            Refusal::Cancelled | Refusal::CallTimedOut => Error::Cancelled { at: Site::new(Arc::clone(plugin), "") },
        }
    }

    #[cold]
    fn in_vain(&self) -> Error {
        let context = format!("cannot wait for an instance of plug-in `{}`", self.0.compiled.0.settings.name);
        let reason = format!(
            "all {} of its pool run calls on this thread, which would wait for itself; a host function that calls its own \
             plug-in needs a larger pool",
            self.0.max()
        );
        Error::engine(context, reason)
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
