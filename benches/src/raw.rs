//! Runs guests under wasmtime itself, without the runtime, as an embedder with only wasmtime would.
//!
//! [`Raw`] runs Extism guests: it provides `extism:host/env` with host functions over a vector, in the
//! simplest possible way. [`RawEcho`] runs a guest that was written for its host, without a kernel: the limit.

use std::{collections::HashMap, path::Path};

use wasmtime::{
    Cache, CacheConfig, Caller, Config, Engine, Instance, InstanceAllocationStrategy, InstancePre, Linker, Memory,
    Module, PoolingAllocationConfig, Result, Store, TypedFunc,
};

use crate::now;

/// Creates an engine with wasmtime's defaults and a pool of instances, which makes instantiation fast.
///
/// # Errors
///
/// Returns an error if the addresses of the pool cannot be reserved.
pub fn engine() -> Result<Engine> {
    Engine::new(&config())
}

/// Creates the same engine, with code that can be interrupted, as any host needs whose plug-ins must not run forever.
///
/// # Errors
///
/// Returns an error if the addresses of the pool cannot be reserved.
pub fn interruptible_engine() -> Result<Engine> {
    Engine::new(config().epoch_interruption(true))
}

/// Creates an engine with wasmtime's defaults, which keeps compiled code in a directory.
///
/// # Errors
///
/// Returns an error if the directory cannot be used, or the addresses of the pool cannot be reserved.
pub fn cached_engine(directory: &Path) -> Result<Engine> {
    let mut cache = CacheConfig::new();
    cache.with_directory(directory);
    let mut config = config();
    config.cache(Some(Cache::new(cache)?));
    Engine::new(&config)
}

fn config() -> Config {
    let instances = crate::pool();
    let mut pool = PoolingAllocationConfig::new();
    // A component that a tool made of a module is an instance of that module and of two that link it with the host.
    pool.total_core_instances(3 * instances)
        .total_component_instances(instances)
        .total_memories(2 * instances)
        .total_tables(3 * instances)
        .total_stacks(instances.min(256));
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// Compiles a module, in the binary or the text format.
///
/// # Errors
///
/// Returns an error if it is not a module.
pub fn compile(engine: &Engine, wasm: impl AsRef<[u8]>) -> Result<Module> {
    Module::from_binary(engine, &wat::parse_bytes(wasm.as_ref())?)
}

/// The data of the kernel's functions.
#[derive(Default)]
pub struct Kernel {
    /// Blocks are adjacent; 0 is not the address of a block.
    memory: Vec<u8>,
    /// The length of each block, by its address.
    lengths: HashMap<u64, u64>,
    input: (u64, u64),
    output: (u64, u64),
    vars: HashMap<Vec<u8>, Vec<u8>>,
}

impl Kernel {
    fn reset(&mut self, input: &[u8]) {
        self.memory.clear();
        self.memory.extend_from_slice(&[0; 8]);
        self.lengths.clear();
        self.output = (0, 0);
        let length = input.len() as u64;
        self.input = (self.alloc(length), length);
        self.write(self.input.0, input);
    }

    fn alloc(&mut self, length: u64) -> u64 {
        let place = self.memory.len();
        self.memory.resize(place + usize::try_from(length).unwrap_or(0), 0);
        self.lengths.insert(place as u64, length);
        place as u64
    }

    fn read(&self, place: u64, length: u64) -> &[u8] {
        let range = usize::try_from(place).ok().zip(usize::try_from(place.saturating_add(length)).ok());
        range.and_then(|(start, end)| self.memory.get(start..end)).unwrap_or_default()
    }

    fn write(&mut self, place: u64, bytes: &[u8]) {
        let Ok(place) = usize::try_from(place) else { return };
        if let Some(target) = self.memory.get_mut(place..).and_then(|memory| memory.get_mut(..bytes.len())) {
            target.copy_from_slice(bytes);
        }
    }

    fn load<const N: usize>(&self, place: u64) -> [u8; N] {
        self.read(place, N as u64).try_into().unwrap_or([0; N])
    }

    fn block(&self, place: u64) -> Vec<u8> {
        self.read(place, self.lengths.get(&place).copied().unwrap_or(0)).to_vec()
    }

    fn give(&mut self, bytes: &[u8]) -> u64 {
        let place = self.alloc(bytes.len() as u64);
        self.write(place, bytes);
        place
    }
}

/// Adds the functions of `extism:host/env` that the guests here need to a linker.
fn link(linker: &mut Linker<Kernel>) -> Result<()> {
    type Host<'a> = Caller<'a, Kernel>;
    const ENV: &str = "extism:host/env";
    linker
        .func_wrap(ENV, "input_length", |host: Host<'_>| host.data().input.1)?
        .func_wrap(ENV, "input_load_u8", |host: Host<'_>, at: u64| {
            i32::from(host.data().load::<1>(host.data().input.0 + at)[0])
        })?
        .func_wrap(ENV, "input_load_u64", |host: Host<'_>, at: u64| {
            u64::from_le_bytes(host.data().load(host.data().input.0 + at))
        })?
        .func_wrap(ENV, "load_u8", |host: Host<'_>, at: u64| i32::from(host.data().load::<1>(at)[0]))?
        .func_wrap(ENV, "load_u64", |host: Host<'_>, at: u64| u64::from_le_bytes(host.data().load(at)))?
        .func_wrap(ENV, "store_u8", |mut host: Host<'_>, at: u64, value: i32| {
            host.data_mut().write(at, &value.to_le_bytes()[..1]);
        })?
        .func_wrap(ENV, "store_u64", |mut host: Host<'_>, at: u64, value: u64| {
            host.data_mut().write(at, &value.to_le_bytes());
        })?
        .func_wrap(ENV, "alloc", |mut host: Host<'_>, length: u64| host.data_mut().alloc(length))?
        .func_wrap(ENV, "free", |mut host: Host<'_>, place: u64| {
            host.data_mut().lengths.remove(&place);
        })?
        .func_wrap(ENV, "length", |host: Host<'_>, place: u64| host.data().lengths.get(&place).copied().unwrap_or(0))?
        .func_wrap(ENV, "output_set", |mut host: Host<'_>, place: u64, length: u64| {
            host.data_mut().output = (place, length);
        })?
        .func_wrap(ENV, "error_set", |_: Host<'_>, _: u64| {})?
        .func_wrap(ENV, "config_get", |_: Host<'_>, _: u64| 0_u64)?
        .func_wrap(ENV, "var_get", |mut host: Host<'_>, key: u64| {
            let kernel = host.data_mut();
            let key = kernel.block(key);
            let value = kernel.vars.get(&key).cloned();
            value.map_or(0, |value| kernel.give(&value))
        })?
        .func_wrap(ENV, "var_set", |mut host: Host<'_>, key: u64, value: u64| {
            let kernel = host.data_mut();
            let (key, value) = (kernel.block(key), kernel.block(value));
            kernel.vars.insert(key, value);
        })?
        .func_wrap("extism:host/user", "reflect", |mut host: Host<'_>, place: u64| {
            let kernel = host.data_mut();
            let bytes = kernel.block(place);
            kernel.give(&bytes)
        })?
        .func_wrap("extism:host/user", "add", |left: i64, right: i64| left.wrapping_add(right))?;
    Ok(())
}

/// An Extism guest, compiled and linked with host functions.
///
/// # Errors
///
/// Returns an error if an import is missing.
pub fn prepare(engine: &Engine, wasm: impl AsRef<[u8]>) -> Result<InstancePre<Kernel>> {
    let mut linker = Linker::new(engine);
    link(&mut linker)?;
    linker.instantiate_pre(&compile(engine, wasm)?)
}

/// An Extism guest whose kernel is host functions.
pub struct Raw {
    store: Store<Kernel>,
    function: TypedFunc<(), i32>,
}

impl Raw {
    /// Creates a new instance and finds its export.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such export.
    pub fn new(guest: &InstancePre<Kernel>, export: &str) -> Result<Self> {
        let mut store = Store::new(guest.module().engine(), Kernel::default());
        // Never reached: nothing makes the engine tick.
        store.set_epoch_deadline(1 << 40);
        let function = guest.instantiate(&mut store)?.get_typed_func(&mut store, export)?;
        Ok(Self { store, function })
    }

    /// Calls the export with an input; the output is borrowed.
    ///
    /// # Errors
    ///
    /// Returns an error if the guest traps or fails.
    pub fn call(&mut self, input: &[u8]) -> Result<&[u8]> {
        self.store.data_mut().reset(input);
        self.call_empty()?;
        let kernel = self.store.data();
        Ok(kernel.read(kernel.output.0, kernel.output.1))
    }

    /// Calls the export only: wasmtime's typed call.
    ///
    /// # Errors
    ///
    /// Returns an error if the guest traps or fails.
    pub fn call_empty(&mut self) -> Result<()> {
        checked(self.function.call(&mut self.store, ())?)
    }

    /// Calls the export only: wasmtime's typed async call.
    ///
    /// # Errors
    ///
    /// Returns an error if the guest traps or fails.
    pub async fn call_empty_async(&mut self) -> Result<()> {
        checked(self.function.call_async(&mut self.store, ()).await?)
    }
}

fn checked(code: i32) -> Result<()> {
    if code == 0 { Ok(()) } else { Err(wasmtime::format_err!("the guest failed with code {code}")) }
}

/// [`RAW_ECHO`](crate::guests::RAW_ECHO), an echo with its own ABI.
pub struct RawEcho {
    store: Store<()>,
    memory: Memory,
    function: TypedFunc<i32, i32>,
}

impl RawEcho {
    /// Creates a new instance.
    ///
    /// # Errors
    ///
    /// Returns an error if the guest cannot be compiled.
    pub fn new(engine: &Engine) -> Result<Self> {
        let module = compile(engine, crate::guests::RAW_ECHO)?;
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[])?;
        let memory = instance.get_memory(&mut store, "memory");
        let memory = memory.ok_or_else(|| wasmtime::format_err!("no memory"))?;
        let function = instance.get_typed_func(&mut store, "echo")?;
        Ok(Self { store, memory, function })
    }

    /// Calls the guest with an input; the output is borrowed.
    ///
    /// # Errors
    ///
    /// Returns an error if the guest traps.
    pub fn call(&mut self, input: &[u8]) -> Result<&[u8]> {
        self.memory.write(&mut self.store, 65536, input)?;
        let place = self.function.call(&mut self.store, i32::try_from(input.len())?)?;
        let place = usize::try_from(place)?;
        self.memory
            .data(&self.store)
            .get(place..place + input.len())
            .ok_or_else(|| wasmtime::format_err!("out of bounds"))
    }
}

/// A guest that calls a host function again and again.
pub struct Calling {
    store: Store<()>,
    function: TypedFunc<(), ()>,
}

impl Calling {
    /// Creates an instance whose host function `ready` is a plain or an async one; either returns its argument at once.
    ///
    /// # Errors
    ///
    /// Returns an error if the module has other imports, or no such export.
    pub fn new(wasm: &str, export: &str, asynchronous: bool) -> Result<Self> {
        let engine = interruptible_engine()?;
        let mut linker = Linker::new(&engine);
        if asynchronous {
            linker.func_wrap_async("extism:host/user", "ready", |_, (argument,): (i64,)| {
                Box::new(async move { argument })
            })?;
        } else {
            linker.func_wrap("extism:host/user", "ready", |argument: i64| argument)?;
        }
        let mut store = Store::new(&engine, ());
        store.set_epoch_deadline(1 << 40);
        let instance = linker.instantiate_pre(&compile(&engine, wasm)?)?;
        let instance = now(instance.instantiate_async(&mut store))?;
        let function = instance.get_typed_func(&mut store, export)?;
        Ok(Self { store, function })
    }

    /// Calls the export.
    ///
    /// # Errors
    ///
    /// Returns an error if the guest traps.
    pub async fn call(&mut self) -> Result<()> {
        self.function.call_async(&mut self.store, ()).await
    }
}
