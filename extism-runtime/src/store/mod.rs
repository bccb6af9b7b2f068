//! The data of an instance's store.

mod call;
mod cancel;
mod growth;
mod interrupt;
mod limiter;
mod vars;

#[cfg(feature = "wasi")]
use std::sync::{Mutex, PoisonError};
use std::{any::Any, collections::BTreeMap, fmt, sync::Arc};

use wasmtime::Memory;

pub use self::cancel::CancelHandle;
pub(crate) use self::{
    call::{CallState, RunningCall},
    interrupt::Interrupt,
    limiter::Limiter,
    vars::Vars,
};
#[cfg(feature = "wasi")]
use crate::{clock::InstanceClock, shares::Lease};
use crate::{
    engine::Deadline, error::VarError, exports::Exports, plugin_id::PluginId, random::SeededRandom, settings::Settings,
    usage::Account,
};

/// A value that the caller of a plug-in passes to the host functions that run during the call.
pub(crate) type CallContext = Box<dyn Any + Send + Sync>;

/// State that belongs to the plug-in rather than to its instance, and so survives a trap.
pub(crate) struct Persistent {
    pub(crate) id: PluginId,
    pub(crate) config: Arc<BTreeMap<String, String>>,
    vars: Vars,
    /// The context value that host functions see in the calls that follow.
    pub(crate) context: Option<CallContext>,
    /// The plug-in's usage.
    pub(crate) account: Account,
}

impl Persistent {
    pub(crate) fn new(
        id: PluginId,
        config: Arc<BTreeMap<String, String>>,
        max_var_bytes: Option<u64>,
        account: Account,
    ) -> Self {
        Self { id, config, vars: Vars::new(max_var_bytes), context: None, account }
    }

    /// Sets the configuration and the variables of a new plug-in.
    pub(crate) fn reset(&mut self, config: &Arc<BTreeMap<String, String>>) {
        self.config = Arc::clone(config);
        self.vars.clear();
        self.context = None;
        self.account.set_vars(self.vars.used());
    }

    pub(crate) fn vars(&self) -> &Vars {
        &self.vars
    }

    /// Sets a variable.
    pub(crate) fn set_var(&mut self, name: &str, value: &[u8]) -> Result<(), VarError> {
        self.vars.set(name, value)?;
        self.account.set_vars(self.vars.used());
        Ok(())
    }

    /// Removes a variable and returns its value.
    pub(crate) fn remove_var(&mut self, name: &str) -> Option<Vec<u8>> {
        let value = self.vars.remove(name)?;
        self.account.set_vars(self.vars.used());
        Some(value)
    }
}

impl fmt::Debug for Persistent {
    /// Omits everything, since all of it may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persistent").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The response to a plug-in's last HTTP request.
#[derive(Default)]
pub(crate) struct LastResponse {
    /// 0 before the first request.
    pub(crate) status: i32,
    /// A JSON object with lower-case names.
    pub(crate) headers: Option<Vec<u8>>,
}

/// The store's data.
pub(crate) struct StoreData {
    pub(crate) settings: Arc<Settings>,
    pub(crate) exports: Arc<Exports>,
    pub(crate) persistent: Box<Persistent>,
    pub(crate) call: Arc<CallState>,
    /// The kernel's memory; `None` until the first module is instantiated, and no guest code runs before that.
    pub(crate) kernel: Option<Memory>,
    pub(crate) limiter: Limiter,
    /// The number of the async host function that was called last, among the plug-in's host functions.
    pub(crate) last_async: u32,
    /// References to the async host functions that were called, by their numbers; `None` while one runs, and if none was
    /// kept. Their type is that of a folder which depends on this one.
    pub(crate) functions: Vec<Option<Arc<dyn Any + Send + Sync>>>,
    /// Whether the running call is an async one, which yields at each tick, and when it waits.
    pub(crate) yields: bool,
    /// When the running call must end.
    pub(crate) deadline: Option<Deadline>,
    /// The export that the host called, as an index into [`exports`](Self::exports).
    pub(crate) export: u32,
    pub(crate) response: LastResponse,
    /// The random numbers of the runtime's own functions, if there is a seed.
    pub(crate) seeds: SeededRandom,
    /// Bytes logged in this call.
    pub(crate) logged: u64,
    /// The files that the instance has open, out of the plug-in's share; `None` before it opens the first one.
    #[cfg(feature = "wasi")]
    pub(crate) files: Option<Lease>,
    /// The clock that is read instead of the system's.
    #[cfg(feature = "wasi")]
    pub(crate) clock: Option<InstanceClock>,
    #[cfg(feature = "wasi")]
    pub(crate) wasi: Mutex<Option<wasmtime_wasi::p1::WasiP1Ctx>>,
}

impl fmt::Debug for StoreData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreData").field("persistent", &self.persistent).finish_non_exhaustive()
    }
}

impl StoreData {
    pub(crate) fn new(
        settings: Arc<Settings>,
        exports: Arc<Exports>,
        persistent: Box<Persistent>,
        call: Arc<CallState>,
    ) -> Self {
        Self {
            persistent,
            call,
            kernel: None,
            limiter: Limiter::new(settings.max_pages, settings.options.growth),
            last_async: 0,
            functions: Vec::new(),
            yields: false,
            deadline: None,
            export: 0,
            response: LastResponse::default(),
            seeds: SeededRandom::new(settings.options.sees.seed.unwrap_or_default()),
            logged: 0,
            #[cfg(feature = "wasi")]
            files: None,
            #[cfg(feature = "wasi")]
            clock: None,
            #[cfg(feature = "wasi")]
            // Not `Sync` itself; always accessed through `&mut`, so never locked.
            wasi: Mutex::default(),
            settings,
            exports,
        }
    }

    /// Returns what the instance may access through WASI, if that is known yet.
    #[cfg(feature = "wasi")]
    pub(crate) fn wasi_mut(&mut self) -> &mut Option<wasmtime_wasi::p1::WasiP1Ctx> {
        self.wasi.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the state that outlives the instance and its memory.
    pub(crate) fn into_persistent(self) -> Box<Persistent> {
        self.persistent.account.set_memory(0);
        self.persistent
    }

    /// Returns the name of the export that the host called.
    pub(crate) fn export_name(&self) -> &str {
        self.exports.name(self.export)
    }

    /// Returns why the running call must end, if it must: its deadline passed or it was cancelled.
    pub(crate) fn interrupted(&self) -> Option<Interrupt> {
        self.call.interrupted(self.deadline)
    }
}
