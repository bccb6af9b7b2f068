//! Running the initialization.

use std::{sync::mpsc, thread, time::Duration};

use wasmtime::{Config, Engine, Extern, ExternType, Instance, Module, Store, StoreLimitsBuilder, Trap, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal};

use super::{
    Snapshot, SnapshotError,
    host::{self, HostCall, State},
};
use crate::artifact::{InitCall, ModuleSummary};

/// The exports with which modules are initialized. They are not exported by an initialized one, or the runtime would
/// call them.
const INITIALIZERS: [&str; 3] = ["_initialize", "__wasm_call_ctors", "hs_init"];

/// What is run.
pub(super) struct Plan {
    calls: Vec<InitCall>,
    /// The exports that the new module does not have.
    pub(super) functions: Vec<String>,
}

impl Plan {
    /// Returns what initializes a module.
    pub(super) fn of(wasm: &[u8], options: &Snapshot) -> Result<Self, SnapshotError> {
        let summary = ModuleSummary::parse(wasm).map_err(|error| SnapshotError::Invalid(error.into()))?;
        let mut calls = summary.init_calls();
        let mut functions = INITIALIZERS.map(str::to_owned).to_vec();
        if let Some(name) = &options.function {
            let name_of = |call: &InitCall| match call {
                InitCall::Plain(name) => name.clone(),
                InitCall::Haskell => "hs_init".to_owned(),
            };
            if !calls.iter().any(|call| name_of(call) == *name) {
                calls.push(InitCall::Plain(name.clone()));
            }
            functions.push(name.clone());
        }
        if calls.is_empty() && !summary.has_start {
            return Err(SnapshotError::NothingToRun);
        }
        Ok(Self { calls, functions })
    }
}

/// An instance that is initialized.
pub(super) struct Initialized {
    store: Store<State>,
    instance: Instance,
}

/// Runs the initialization of a module that exports its memories and globals.
pub(super) fn run(wasm: &[u8], plan: &Plan, options: &Snapshot) -> Result<Initialized, SnapshotError> {
    let engine = engine().map_err(|error| SnapshotError::Invalid(error.into()))?;
    let module = Module::from_binary(&engine, wasm).map_err(|error| SnapshotError::Invalid(error.into()))?;
    let limits = StoreLimitsBuilder::new().memory_size(options.max_memory).build();
    let mut store = Store::new(&engine, State { limits, wasi: options.wasi });
    store.limiter(|state| &mut state.limits);
    store.set_epoch_deadline(1);
    let clock = Clock::start(&engine, options.timeout)?;
    let result = initialize(&mut store, &module, plan);
    drop(clock);
    match result {
        Ok(instance) => Ok(Initialized { store, instance }),
        Err(Failure::Known(error)) => Err(error),
        Err(Failure::Engine(error)) => Err(explained(error, options)),
    }
}

enum Failure {
    Known(SnapshotError),
    Engine(wasmtime::Error),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Engine(error)
    }
}

fn engine() -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true).wasm_wide_arithmetic(true);
    Engine::new(&config)
}

fn initialize(store: &mut Store<State>, module: &Module, plan: &Plan) -> Result<Instance, Failure> {
    let mut imports = Vec::new();
    for import in module.imports() {
        match import.ty() {
            ExternType::Func(ty) => imports.push(host::import(store, &import, ty)),
            _ => {
                let what = format!("it imports `{}` from `{}`, which is no function", import.name(), import.module());
                return Err(Failure::Known(SnapshotError::Unsupported(what)));
            }
        }
    }
    let instance = Instance::new(&mut *store, module, &imports)?;
    for call in &plan.calls {
        match call {
            InitCall::Plain(name) => {
                let function = instance.get_typed_func::<(), ()>(&mut *store, name);
                let missing = |_| Failure::Known(SnapshotError::NoSuchFunction { name: name.clone() });
                function.map_err(missing)?.call(&mut *store, ())?;
            }
            InitCall::Haskell => {
                let name = "hs_init".to_owned();
                let function = instance.get_func(&mut *store, "hs_init");
                let function = function.ok_or(Failure::Known(SnapshotError::NoSuchFunction { name }))?;
                // The number that it may return does not matter.
                let mut results = vec![Val::I32(0); function.ty(&*store).results().len()];
                function.call(&mut *store, &[Val::I32(0), Val::I32(0)], &mut results)?;
            }
        }
    }
    Ok(instance)
}

/// Returns why the initialization failed.
fn explained(error: wasmtime::Error, options: &Snapshot) -> SnapshotError {
    if let Some(HostCall { namespace, name }) = error.downcast_ref() {
        let hint = match (options.wasi, host::may_be_allowed(namespace, name)) {
            (false, true) => " (unless what WASI tells may be the same for all instances: `with_wasi`, `--wasi`)",
            _ => "",
        };
        return SnapshotError::HostCall { namespace: namespace.clone(), name: name.clone(), hint };
    }
    match error.downcast_ref() {
        Some(Trap::Interrupt) => SnapshotError::Timeout { limit: options.timeout },
        _ => SnapshotError::Trap(format!("{error:?}").into()),
    }
}

/// Ends the initialization when it takes too long.
struct Clock(#[expect(dead_code, reason = "the thread ends when it is dropped")] mpsc::Sender<()>);

impl Clock {
    fn start(engine: &Engine, timeout: Duration) -> Result<Self, SnapshotError> {
        let (sender, receiver) = mpsc::channel::<()>();
        let engine = engine.clone();
        let wait = move || {
            if receiver.recv_timeout(timeout) == Err(mpsc::RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        };
        let thread = thread::Builder::new().name("extism-snapshot".to_owned()).spawn(wait);
        thread.map(|_| Self(sender)).map_err(|error| SnapshotError::Invalid(error.into()))
    }
}

impl InstanceState for Initialized {
    async fn global_get(&mut self, name: &str, ty: wasmtime_wizer::ValType) -> SnapshotVal {
        use wasmtime_wizer::ValType as Type;

        let value = self.instance.get_global(&mut self.store, name).map(|global| global.get(&mut self.store));
        match (value, ty) {
            (Some(Val::I32(value)), _) => SnapshotVal::I32(value),
            (Some(Val::I64(value)), _) => SnapshotVal::I64(value),
            (Some(Val::F32(value)), _) => SnapshotVal::F32(value),
            (Some(Val::F64(value)), _) => SnapshotVal::F64(value),
            (Some(Val::V128(value)), _) => SnapshotVal::V128(value.as_u128()),
            // Never: each is exported, and globals of other types are refused.
            (_, Type::I64) => SnapshotVal::I64(0),
            (_, Type::F32) => SnapshotVal::F32(0),
            (_, Type::F64) => SnapshotVal::F64(0),
            (_, Type::V128) => SnapshotVal::V128(0),
            _ => SnapshotVal::I32(0),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        let memory = self.instance.get_export(&mut self.store, name).and_then(Extern::into_memory);
        contents(memory.map_or(&[], |memory| memory.data(&self.store)));
    }
}
