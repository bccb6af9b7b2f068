//! The same work as a component under wasmtime, through its typed API.
//!
//! wasmtime's defaults with a pool of instances: no epochs, no limits, nothing that ends a call.

use std::hint::black_box;

use extism_benches::{payload, raw};
use wasmtime::{
    Engine, Store,
    component::{Component, ComponentNamedList, ComponentType, InstancePre, Lift, Linker, Lower, TypedFunc},
};

use crate::{
    batch::{Result, Start, repeated},
    work::{TEXT, Work},
};

const BYTES: &str = include_str!("../components/bytes.wat");
const REFLECT: &str = include_str!("../components/reflect.wat");

/// The component's report.
#[derive(ComponentType, Lift, Clone, Debug)]
#[component(record)]
struct Report {
    #[allow(dead_code, reason = "made, not read")]
    count: u32,
    #[allow(dead_code, reason = "made, not read")]
    total: u32,
    #[allow(dead_code, reason = "made, not read")]
    vowels: String,
}

pub fn prepare(work: Work) -> Result<Option<Start>> {
    let start = match work {
        Work::Empty => calls::<_, ()>(BYTES, "empty", ()),
        Work::Echo(bytes) | Work::EchoPdk(bytes) => calls::<_, (Vec<u8>,)>(BYTES, "echo", (input(bytes),)),
        Work::Consume(bytes) => calls::<_, (u64,)>(BYTES, "consume", (input(bytes),)),
        Work::CountVowels => calls::<_, (Report,)>(BYTES, "count-vowels", (TEXT,)),
        Work::Reflect(bytes) => calls::<_, (Vec<u8>,)>(REFLECT, "reflect", (input(bytes),)),
        Work::Instance | Work::InstancePdk => instances(),
        Work::Compile | Work::CompileEndless | Work::Load => return Ok(None),
    };
    start.map(Some)
}

/// A payload for the rest of the process.
fn input(bytes: usize) -> &'static [u8] {
    payload(bytes).leak()
}

fn compile(text: &str) -> Result<InstancePre<()>> {
    static ENGINE: std::sync::Mutex<Option<Engine>> = std::sync::Mutex::new(None);
    let mut engine = ENGINE.lock().map_err(|error| error.to_string())?;
    let engine = match &*engine {
        Some(engine) => engine,
        None => engine.insert(raw::engine()?),
    };
    let component = Component::from_binary(engine, &wat::parse_str(text)?)?;
    let mut linker = Linker::new(engine);
    linker.root().func_wrap("reflect", |_, (input,): (Vec<u8>,)| Ok((input,)))?;
    Ok(linker.instantiate_pre(&component)?)
}

/// Calls of a function with these arguments.
fn calls<P, R>(text: &str, export: &'static str, params: P) -> Result<Start>
where
    P: ComponentNamedList + Lower + Copy + Send + Sync + 'static,
    R: ComponentNamedList + Lift + Send + Sync + 'static,
{
    let guest = compile(text)?;
    Ok(repeated(move || {
        let mut store = Store::new(guest.engine(), ());
        let instance = guest.instantiate(&mut store)?;
        let function: TypedFunc<P, R> = instance.get_typed_func(&mut store, export)?;
        Ok(move || {
            black_box(function.call(&mut store, black_box(params))?);
            Ok(())
        })
    }))
}

fn instances() -> Result<Start> {
    let guest = compile(BYTES)?;
    let input = input(64);
    Ok(repeated(move || {
        let guest = guest.clone();
        Ok(move || {
            let mut store = Store::new(guest.engine(), ());
            let instance = guest.instantiate(&mut store)?;
            let echo = instance.get_typed_func::<(&[u8],), (Vec<u8>,)>(&mut store, "echo")?;
            black_box(echo.call(&mut store, (black_box(input),))?);
            Ok(())
        })
    }))
}
