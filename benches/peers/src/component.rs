//! The same work as a component under wasmtime, through its typed API.
//!
//! The component made by `wit-bindgen` is fair to compare with: the code of the Extism guests, in an engine that can end
//! calls. The one by hand is a limit: it does the least that a component can, in an engine that can end nothing.

use std::{hint::black_box, sync::Mutex, thread, time::Duration};

use extism_benches::raw;
use peers_functions::Report;
use peers_work::{Function, Guest, Result, Start, TEXT, TIMEOUT, Work, now, payload, repeated};
use wasmtime::{
    Engine, Store,
    component::{Component, ComponentNamedList, ComponentType, InstancePre, Lift, Linker, Lower, TypedFunc},
};

const FAIR: &[u8] = include_bytes!("../guests/component.wasm");
/// The same, optimized for size.
const FAIR_FOR_SIZE: &[u8] = include_bytes!("../guests/component-size.wasm");
const BYTES: &str = include_str!("../components/bytes.wat");
const REFLECT: &str = include_str!("../components/reflect.wat");

/// The time between two ticks of the clock that ends calls.
const TICK: Duration = Duration::from_millis(2);

/// The component's report.
#[derive(ComponentType, Lift, Clone, Debug)]
#[component(record)]
struct Record {
    #[allow(dead_code, reason = "made, not read")]
    count: u32,
    #[allow(dead_code, reason = "made, not read")]
    total: u32,
    #[allow(dead_code, reason = "made, not read")]
    vowels: String,
}

/// Prepares work of the component that `wit-bindgen` made.
pub fn prepare(work: Work) -> Result<Option<Start>> {
    let work = work.without_headroom();
    let guest = match work.guest() {
        Some(Guest::Pdk | Guest::Small) => Loaded::new(work)?,
        _ => return Ok(None),
    };
    let start = match work {
        Work::Call { function: Function::CountVowels, .. } => json(guest),
        Work::Call { function: Function::CountVowelsRecord, .. } => {
            guest.calls::<_, (Record,)>("count-vowels", (TEXT,))
        }
        Work::Call { function: Function::Empty, .. } => guest.calls::<_, ()>("empty", ()),
        Work::Call { function: Function::Consume, bytes, .. } => guest.calls::<_, (u64,)>("consume", (input(bytes),)),
        Work::Call { function, bytes, .. } => guest.calls::<_, (Vec<u8>,)>(function.export(), (input(bytes),)),
        Work::Instance(_) => instances(guest.guest),
        _ => return Ok(None),
    };
    Ok(Some(start))
}

/// Prepares work of the component that was written by hand.
pub fn prepare_by_hand(work: Work) -> Result<Option<Start>> {
    let work = work.without_headroom();
    let compile = |text: &str| linked(&engine(&ENDLESS, raw::engine)?, &wat::parse_str(text)?);
    let loaded =
        |text: &str| -> Result<Loaded> { Ok(Loaded { guest: compile(text)?, timeout: false, interruptible: false }) };
    let start = match work {
        Work::Call { timeout: true, .. } => return Ok(None),
        Work::Call { function: Function::Empty, .. } => loaded(BYTES)?.calls::<_, ()>("empty", ()),
        Work::Call { function: Function::Echo, bytes: n, .. } => {
            loaded(BYTES)?.calls::<_, (Vec<u8>,)>("echo", (input(n),))
        }
        Work::Call { function: Function::Consume, bytes: n, .. } => {
            loaded(BYTES)?.calls::<_, (u64,)>("consume", (input(n),))
        }
        Work::Call { function: Function::CountVowelsRecord, .. } => {
            loaded(BYTES)?.calls::<_, (Record,)>("count-vowels", (TEXT,))
        }
        Work::Call { function: Function::Reflect, bytes: n, .. } => {
            loaded(REFLECT)?.calls::<_, (Vec<u8>,)>("reflect", (input(n),))
        }
        Work::Instance(_) => instances(linked(&raw::engine()?, &wat::parse_str(BYTES)?)?),
        _ => return Ok(None),
    };
    Ok(Some(start))
}

/// Prepares asynchronous calls of the fair component's echo.
pub fn echo_async(bytes: usize) -> Result<Start> {
    let guest = Loaded::new(Work::call(Guest::Pdk, Function::Echo, bytes))?.guest;
    let input = input(bytes);
    Ok(repeated(move || {
        let mut store = Store::new(guest.engine(), ());
        // At each tick, the executor has its thread back.
        store.epoch_deadline_async_yield_and_update(1);
        let instance = now(guest.instantiate_async(&mut store))?;
        let echo = instance.get_typed_func::<(&[u8],), (Vec<u8>,)>(&mut store, "echo")?;
        Ok(move || {
            black_box(now(echo.call_async(&mut store, (black_box(input),)))?);
            Ok(())
        })
    }))
}

/// A payload for the rest of the process.
fn input(bytes: usize) -> &'static [u8] {
    payload(bytes).leak()
}

type Shared = Mutex<Option<Engine>>;

static INTERRUPTIBLE: Shared = Mutex::new(None);
static ENDLESS: Shared = Mutex::new(None);

/// The engine that all share.
fn engine(shared: &Shared, create: fn() -> wasmtime::Result<Engine>) -> Result<Engine> {
    let mut engine = shared.lock().map_err(|error| error.to_string())?;
    Ok(match &*engine {
        Some(engine) => engine.clone(),
        None => engine.insert(create()?).clone(),
    })
}

/// Creates an engine with a clock, as a program does that sets timeouts.
fn ticking() -> wasmtime::Result<Engine> {
    let engine = raw::interruptible_engine()?;
    let ticking = engine.weak();
    thread::spawn(move || {
        while let Some(engine) = ticking.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    });
    Ok(engine)
}

fn linked(engine: &Engine, component: &[u8]) -> Result<InstancePre<()>> {
    let component = Component::from_binary(engine, component)?;
    let mut linker = Linker::new(engine);
    linker.root().func_wrap("reflect", |_, (input,): (Vec<u8>,)| Ok((input,)))?;
    Ok(linker.instantiate_pre(&component)?)
}

/// A component and how its calls may end.
struct Loaded {
    guest: InstancePre<()>,
    timeout: bool,
    interruptible: bool,
}

impl Loaded {
    fn new(work: Work) -> Result<Self> {
        let timeout = matches!(work, Work::Call { timeout: true, .. });
        // As for `ours::new_engine`.
        let engine = if let Work::Instance(_) = work { ticking()? } else { engine(&INTERRUPTIBLE, ticking)? };
        let component = if work.guest() == Some(Guest::Small) { FAIR_FOR_SIZE } else { FAIR };
        Ok(Self { guest: linked(&engine, component)?, timeout, interruptible: true })
    }

    fn store(guest: &InstancePre<()>, interruptible: bool) -> Store<()> {
        let mut store = Store::new(guest.engine(), ());
        if interruptible {
            // By default, the code ends at once.
            store.set_epoch_deadline(u64::MAX / 2);
        }
        store
    }

    /// Calls of a function with these arguments.
    fn calls<P, R>(self, export: &'static str, params: P) -> Start
    where
        P: ComponentNamedList + Lower + Copy + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let Self { guest, timeout, interruptible } = self;
        let ticks = u64::try_from(TIMEOUT.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX / 2);
        repeated(move || {
            let mut store = Self::store(&guest, interruptible);
            let instance = guest.instantiate(&mut store)?;
            let function: TypedFunc<P, R> = instance.get_typed_func(&mut store, export)?;
            Ok(move || {
                if timeout {
                    store.set_epoch_deadline(ticks);
                }
                black_box(function.call(&mut store, black_box(params))?);
                Ok(())
            })
        })
    }
}

/// Calls that return JSON, which is decoded.
fn json(Loaded { guest, .. }: Loaded) -> Start {
    repeated(move || {
        let mut store = Loaded::store(&guest, true);
        let instance = guest.instantiate(&mut store)?;
        let function = instance.get_typed_func::<(&str,), (String,)>(&mut store, "count-vowels-json")?;
        Ok(move || {
            let (json,) = function.call(&mut store, (black_box(TEXT),))?;
            black_box(serde_json::from_str::<Report>(&json)?);
            Ok(())
        })
    })
}

fn instances(guest: InstancePre<()>) -> Start {
    let input = input(64);
    repeated(move || {
        let guest = guest.clone();
        Ok(move || {
            let mut store = Loaded::store(&guest, true);
            let instance = guest.instantiate(&mut store)?;
            let echo = instance.get_typed_func::<(&[u8],), (Vec<u8>,)>(&mut store, "echo")?;
            black_box(echo.call(&mut store, (black_box(input),))?);
            Ok(())
        })
    })
}
