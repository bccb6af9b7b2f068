//! Each public item of the official crate 1.41, used as its signature demands. It is compiled with both crates, not run.
#![allow(dead_code)]

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt::Debug,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use extism::{
    CancelHandle, CompiledPlugin, CurrentPlugin, DebugOptions, EXTISM_ENV_MODULE, EXTISM_USER_MODULE, Error, FromBytes,
    FromBytesOwned, Function, Manifest, PTR, Plugin, PluginBuilder, Pool, PoolBuilder, PoolPlugin, ToBytes, UserData,
    Val, ValType, Wasm, WasmInput, WasmMetadata, convert, convert::MemoryHandle,
};

type Id = uuid::Uuid;
type Host<T> = fn(&mut CurrentPlugin, &[Val], &mut [Val], UserData<T>) -> Result<(), Error>;

const ENV: &str = EXTISM_ENV_MODULE;
const USER: &str = EXTISM_USER_MODULE;
const POINTER: ValType = PTR;

fn root(log: fn(&str)) -> Result<&'static str, Error> {
    extism::set_log_callback(log, "info")?;
    extism::set_log_callback(move |line: &str| log(line), String::from("info"))?;
    let error: anyhow::Error = Error::msg("text");
    drop(error);
    Ok(extism::extism_version())
}

fn plugin(mut plugin: Plugin, compiled: &CompiledPlugin, manifest: Manifest) -> Result<(), Error> {
    let _: fn(&CompiledPlugin) -> Result<Plugin, Error> = Plugin::new_from_compiled;
    let _: Plugin = Plugin::new_from_compiled(compiled)?;
    let _: Plugin = Plugin::new(manifest, Vec::<Function>::new(), true)?;
    let _: Id = plugin.id;
    plugin.id = Id::nil();
    let _: bool = plugin.function_exists("f");
    let _: bool = plugin.function_exists(String::from("f"));
    let _: bool = plugin.has_wasi();
    let _: Result<(), Error> = plugin.reset();
    let _: &str = plugin.call::<&str, &str>("f", "in")?;
    let _: Vec<u8> = plugin.call::<String, Vec<u8>>(String::from("f"), String::new())?;
    let _: i64 = plugin.call_with_host_context::<&str, i64, Vec<u8>>("f", "in", Vec::new())?;
    let _: Result<String, (Error, i32)> = plugin.call_get_error_code::<&[u8], String>("f", b"");
    let _: CancelHandle = plugin.cancel_handle();
    let _: Option<u64> = plugin.fuel_consumed();
    formatted(&plugin);
    Ok(())
}

fn formatted(_: &dyn Debug) {}

fn cancel(handle: &CancelHandle) -> Result<(), Error> {
    let _: Id = handle.id;
    let _: CancelHandle = handle.clone();
    handle.cancel()
}

fn input<'a>(manifest: &'a mut Manifest, bytes: &'a Vec<u8>, builder: PluginBuilder) -> Result<WasmInput<'a>, Error> {
    let compiled: CompiledPlugin = CompiledPlugin::new(builder)?;
    let _: CompiledPlugin = compiled.clone();
    let inputs: [WasmInput<'a>; 4] = ["".into(), b""[..].into(), bytes.into(), Vec::new().into()];
    for input in inputs {
        match input.clone() {
            WasmInput::Data(data) => takes::<Cow<'a, [u8]>>(data),
            WasmInput::Manifest(manifest) => takes::<Manifest>(manifest),
            WasmInput::ManifestRef(manifest) => takes::<Manifest>(Manifest::clone(manifest)),
        }
    }
    let _: WasmInput<'static> = Manifest::default().into();
    Ok(manifest.into())
}

fn builder<'a>(wasm: &'a Manifest, data: UserData<String>, host: Host<String>) -> Result<PluginBuilder<'a>, Error> {
    let options = DebugOptions {
        profiling_strategy: DebugOptions::default().profiling_strategy,
        coredump: Some(PathBuf::new()),
        memdump: None,
        debug_info: true,
    };
    let builder: PluginBuilder<'a> = PluginBuilder::new(wasm)
        .with_wasi(true)
        .with_function("f", [PTR], vec![ValType::I32], data.clone(), host)
        .with_function_in_namespace(String::from("n"), "f", [], [], data.clone(), host)
        .with_functions([Function::new("f", [PTR], [PTR], data, host)])
        .with_profiling_strategy(options.profiling_strategy)
        .with_coredump("path")
        .with_memdump(PathBuf::new())
        .with_debug_info()
        .with_debug_options(options.clone())
        .with_cache_config("path")
        .with_cache_disabled()
        .with_fuel_limit(1_u64)
        .with_initialization_fuel_limit(1_u64)
        .with_http_response_headers(true);
    let _: Result<Plugin, Error> = builder.clone().build();
    let _: Result<CompiledPlugin, Error> = builder.clone().compile();
    Ok(builder)
}

fn function(function: &mut Function) -> Function {
    let _: Function = Function::new::<(), _>("f", [PTR], [], UserData::new(()), |_, _, _, _| Ok(()));
    let _: &str = function.name();
    let _: Option<&str> = function.namespace();
    function.set_namespace("n");
    let _: (&[ValType], &[ValType]) = (function.params(), function.results());
    function.clone().with_namespace(String::from("n"))
}

fn user_data<T: Default + Debug>(data: UserData<T>) -> Result<Arc<Mutex<T>>, Error> {
    formatted_as(&data);
    let _: UserData<T> = UserData::default();
    match data.clone() {
        UserData::C(pointer) => drop(pointer),
        UserData::Rust(value) => takes::<Arc<Mutex<T>>>(value),
    }
    data.get()
}

fn takes<T>(_: T) {}

fn formatted_as<T: Debug>(_: &T) {}

fn values(value: Val, ty: ValType) -> (Val, ValType) {
    let _: (Option<i32>, Option<i64>, Option<f32>, Option<f64>) = (value.i32(), value.i64(), value.f32(), value.f64());
    let _ = (value.unwrap_i32(), value.unwrap_i64(), value.unwrap_f32(), value.unwrap_f64());
    let _: [Val; 4] = [1_i32.into(), 2_i64.into(), 3_f32.into(), 4_f64.into()];
    match value {
        Val::I32(value) => takes::<i32>(value),
        Val::I64(value) => takes::<i64>(value),
        Val::F32(value) => takes::<u32>(value),
        Val::F64(value) => takes::<u64>(value),
        _ => {}
    }
    match ty {
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 => {}
        ValType::V128 | ValType::FuncRef | ValType::ExternRef => {}
    }
    hashed(&ty);
    formatted(&value);
    (value.clone(), ty.clone())
}

fn hashed<T: std::hash::Hash + Eq>(_: &T) {}

fn current(plugin: &mut CurrentPlugin, handle: MemoryHandle, value: &mut Val) -> Result<(), Error> {
    let _: Id = plugin.id();
    let _: Option<MemoryHandle> = plugin.memory_handle(1_u64);
    let _: &mut str = plugin.memory_str_mut(handle)?;
    let _: &str = plugin.memory_str(handle)?;
    let _: MemoryHandle = plugin.memory_new("text")?;
    let _: String = plugin.memory_get::<String>(handle)?;
    let _: &[u8] = plugin.memory_get_val::<&[u8]>(value)?;
    plugin.memory_set_val(value, String::new())?;
    let _: &mut [u8] = plugin.memory_bytes_mut(handle)?;
    let _: &[u8] = plugin.memory_bytes(handle)?;
    let _: &mut Vec<u8> = plugin.host_context::<Vec<u8>>()?;
    let _: MemoryHandle = plugin.memory_alloc(1_u64)?;
    plugin.memory_free(handle)?;
    let _: u64 = plugin.memory_length(1_u64)?;
    let _: u64 = plugin.memory_length_unsafe(1_u64)?;
    let _: &BTreeMap<String, Vec<u8>> = plugin.vars();
    let _: &mut BTreeMap<String, Vec<u8>> = plugin.vars_mut();
    let _: &Manifest = plugin.manifest();
    let _: Option<MemoryHandle> = plugin.memory_from_val(value);
    let _: Val = plugin.memory_to_val(handle);
    plugin.clear_error();
    let _: Option<&str> = plugin.get_error();
    let _: (u64, u64) = plugin.set_error("text")?;
    let _: Option<Duration> = plugin.time_remaining();
    Ok(())
}

fn pools(source: fn() -> Result<Plugin, Error>) -> Result<Pool, Error> {
    let mut builder: PoolBuilder = PoolBuilder::new().with_max_instances(1_usize);
    builder.max_instances += 1;
    formatted(&builder.clone());
    let _: Pool = PoolBuilder::default().build(source);
    let _: Pool = Pool::new_from_builder(source, builder);
    let pool: Pool = Pool::new(source);
    let _: usize = pool.count();
    let _: bool = pool.function_exists("f", Duration::ZERO)?;
    let _: Option<i32> = pool.with_plugin(Duration::ZERO, |_: &mut Plugin| Ok(1))?;
    let lent: Option<PoolPlugin> = pool.get(Duration::ZERO)?;
    if let Some(mut lent) = lent {
        let _: String = lent.call::<&str, String>("f", "in")?;
        let _: Id = lent.id();
        let _: &Plugin = &lent;
        let _: &mut Plugin = &mut lent;
        formatted(&lent);
    }
    Ok(pool.clone())
}

fn reexported(manifest: Manifest, wasm: Wasm, meta: WasmMetadata) -> extism_manifest::Manifest {
    let _: (extism_manifest::Wasm, extism_manifest::WasmMetadata) = (wasm, meta);
    let _: convert::Json<()> = extism_convert::Json(());
    manifest
}

fn converted<'a, T: ToBytes<'a> + FromBytesOwned, U: FromBytes<'a>>(_: T, _: U) {}

const fn shared<T: Send + Sync>() {}
const fn sent<T: Send>() {}

const _: () = {
    shared::<CancelHandle>();
    shared::<CompiledPlugin>();
    shared::<DebugOptions>();
    shared::<Function>();
    shared::<Plugin>();
    shared::<PluginBuilder<'static>>();
    shared::<Pool>();
    shared::<PoolBuilder>();
    shared::<PoolPlugin>();
    shared::<UserData<std::cell::Cell<u8>>>();
    shared::<Val>();
    shared::<ValType>();
    shared::<WasmInput<'static>>();
    sent::<CurrentPlugin>();
};

extism::host_fn!(pub without() { Ok(()) });
extism::host_fn!(borrows(number: u64, text: &str) -> Vec<u8> { Ok(text.repeat(number as usize).into_bytes()) });
extism::host_fn!(pub(crate) with_data(data: Vec<String>; text: String) -> u64 {
    data.get()?.lock().unwrap().push(text);
    Ok(1)
});

const WITHOUT: Host<()> = without;
const WITH_DATA: Host<Vec<String>> = with_data;

extism::typed_plugin!(pub Typed {
    one(&str) -> String;
    generic<T: FromBytes<'a>>(&[u8]) -> T;
    last(()) -> Vec<u8>
});

fn typed(typed: Typed) -> Result<Plugin, Error> {
    let mut typed = typed;
    let _: String = typed.one("text")?;
    let _: &str = typed.generic::<&str>(b"")?;
    let _: &mut Plugin = &mut typed.0;
    let plugin: Plugin = typed.into();
    let again: Typed = plugin.try_into()?;
    Ok(again.0)
}

/// A function that returns what it borrows from a plug-in names the lifetime of the reference; see the README.
fn text<'a>(plugin: &'a mut CurrentPlugin, value: &Val) -> Result<&'a str, Error> {
    plugin.memory_get_val(value)
}
