//! Which types threads can share: those of the official crate are the same, but for data that cannot be moved to another
//! thread.

use std::sync::{Arc, Mutex, RwLock};

use extism::{
    CancelHandle, CompiledPlugin, CurrentPlugin, DebugOptions, Error, Function, Manifest, Plugin, PluginBuilder, Pool,
    PoolBuilder, PoolPlugin, UserData, Val, ValType, Wasm, WasmInput, WasmMetadata,
};

const fn shared<T: Send + Sync>() {}
const fn movable<T: Send>() {}

const _: () = {
    shared::<CancelHandle>();
    shared::<CompiledPlugin>();
    shared::<DebugOptions>();
    shared::<Error>();
    shared::<Function>();
    shared::<Manifest>();
    shared::<Plugin>();
    shared::<PluginBuilder<'static>>();
    shared::<Pool>();
    shared::<PoolBuilder>();
    shared::<PoolPlugin>();
    shared::<UserData<std::cell::Cell<u8>>>();
    shared::<Val>();
    shared::<ValType>();
    shared::<Wasm>();
    shared::<WasmInput<'static>>();
    shared::<WasmMetadata>();
    shared::<RwLock<Plugin>>();
    shared::<Arc<Mutex<Plugin>>>();
    shared::<crate::typed::Greeter>();
    movable::<CurrentPlugin<'static, 'static>>();
};

/// As `warpgate` does it.
#[tokio::test]
async fn a_plug_in_behind_an_async_lock_is_called_on_another_thread() {
    let plugin = Plugin::new(crate::guest("count_vowels"), [], true).unwrap();
    let plugin = Arc::new(tokio::sync::RwLock::new(plugin));
    let mut locked = Arc::clone(&plugin).write_owned().await;
    let output =
        tokio::task::spawn_blocking(move || locked.call::<String, Vec<u8>>("count_vowels", "aeiou".to_owned()));
    assert!(output.await.unwrap().unwrap().starts_with(b"{\"count\":5"));
}

/// Names without lifetimes are accepted wherever a type is an argument.
type HostFunction<T> = fn(&mut CurrentPlugin, &[Val], &mut [Val], UserData<T>) -> Result<(), Error>;

trait Host: Send + Sync {
    fn call(&self, plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val]) -> Result<(), Error>;
}

struct Upper;

impl Host for Upper {
    fn call(&self, plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val]) -> Result<(), Error> {
        let text = text(plugin, &inputs[0])?.to_uppercase();
        plugin.memory_set_val(&mut outputs[0], text)
    }
}

fn text<'a>(plugin: &'a mut CurrentPlugin, value: &Val) -> Result<&'a str, Error> {
    plugin.memory_get_val(value)
}

#[test]
fn host_functions_may_be_pointers_traits_and_closures() {
    let pointer: HostFunction<Box<dyn Host>> = |plugin, inputs, outputs, host| {
        let host = host.get()?;
        let host = host.lock().unwrap();
        host.call(plugin, inputs, outputs)
    };
    let data = UserData::new(Box::new(Upper) as Box<dyn Host>);
    let pointer = Function::new("reflect", [extism::PTR], [extism::PTR], data, pointer);
    let host = Arc::new(Upper);
    let closure = move |plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val], _: UserData<()>| {
        host.call(plugin, inputs, outputs)
    };
    let closure = Function::new("reflect", [extism::PTR], [extism::PTR], UserData::default(), closure);
    for function in [pointer, closure] {
        let mut plugin = Plugin::new(crate::reflect(), [function], true).unwrap();
        assert_eq!(plugin.call::<_, String>("reflect", "text").unwrap(), "TEXT");
    }
}
