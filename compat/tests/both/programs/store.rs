//! A program that counts vowels over a key-value store: `host_fn!` with data, `typed_plugin!`, variables, configuration.

use std::collections::BTreeMap;

use extism::{convert::Json, *};
use serde::{Deserialize, Serialize};

use super::{Output, guest};

type Store = BTreeMap<String, Vec<u8>>;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Report {
    count: usize,
    total: usize,
    vowels: String,
}

host_fn!(kv_read(user_data: Store; key: String) -> Vec<u8> {
    let store = user_data.get()?;
    let store = store.lock().unwrap();
    Ok(store.get(&key).cloned().unwrap_or_default())
});

host_fn!(kv_write(user_data: Store; key: String, value: Vec<u8>) {
    let store = user_data.get()?;
    let mut store = store.lock().unwrap();
    store.insert(key, value);
    Ok(())
});

typed_plugin!(pub Counter {
    count_vowels(&str) -> Json<Report>;
});

typed_plugin!(Sink {
    greet(&str) -> String;
    repeat(Json<Repeat>) -> String;
    var_get<T: FromBytes<'a>>(&str) -> T;
});

typed_plugin!(Wrong {
    greet(&str) -> String;
    not_there(()) -> ();
    nor_this(()) -> ();
});

#[derive(Serialize)]
struct Repeat {
    text: String,
    times: u32,
}

#[derive(Debug, Deserialize, FromBytes, PartialEq, Serialize, ToBytes)]
#[encoding(Json)]
struct Pair {
    left: i64,
    right: Option<String>,
}

pub(crate) fn run(out: &mut Output) {
    count(out).unwrap();
    types(out).unwrap();
    variables(out).unwrap();
}

fn count(out: &mut Output) -> Result<(), Error> {
    let store = UserData::new(Store::default());
    let builder = PluginBuilder::new(guest("count_vowels_kvstore.wasm"))
        .with_wasi(true)
        .with_function("kv_read", [PTR], [PTR], store.clone(), kv_read)
        .with_function("kv_write", [ValType::I64, ValType::I64], [], store.clone(), kv_write);
    let compiled: CompiledPlugin = builder.clone().compile()?;
    let mut first: Counter = Plugin::new_from_compiled(&compiled)?.try_into()?;
    let mut second: Counter = Plugin::new_from_compiled(&compiled)?.try_into()?;
    let mut third: Counter = builder.build()?.try_into()?;
    for counter in [&mut first, &mut second, &mut third] {
        let Json(report) = counter.count_vowels("Hello, world!")?;
        say!(out, "{report:?}");
        say!(out, "{}", counter.0.call::<&str, &str>("count_vowels", "aeiou")?);
    }
    say!(out, "{:?}", store.get()?.lock().unwrap());
    let plain: Plugin = first.into();
    say!(out, "{} {} {}", plain.function_exists("count_vowels"), plain.function_exists("memory"), plain.has_wasi());
    drop((plain, second, third, compiled));
    let UserData::Rust(data) = store else { unreachable!() };
    say!(out, "{} left", std::sync::Arc::strong_count(&data));
    let manifest = guest("count_vowels.wasm").with_config_key("vowels", "aeiouyAEIOUY");
    let mut plugin = Plugin::new(&manifest, [], true)?;
    say!(out, "{}", plugin.call::<&str, &str>("count_vowels", "Yellow, world!")?);
    Ok(())
}

fn types(out: &mut Output) -> Result<(), Error> {
    let plugin = Plugin::new(guest("kitchen_sink.wasm"), [], true)?;
    say!(out, "{:?}", Wrong::try_from(plugin).err().map(|error| error.to_string()));
    let mut sink = Sink::try_from(Plugin::new(guest("kitchen_sink.wasm"), [], true)?)?;
    say!(out, "{}", sink.greet("World")?);
    say!(out, "{:?}", sink.repeat(Json(Repeat { text: "ab".into(), times: 3 })).map_err(|error| error.to_string()));
    let mut plugin = Plugin::from(sink);
    // Every type that converts, in and out, by an export that returns its input.
    let mut echo = Plugin::new(guest("echo.wasm"), [], false)?;
    macro_rules! echoed {
        ($($ty:ty = $value:expr;)*) => { $({
            let value: $ty = echo.call("echo", $value)?;
            say!(out, "{}: {value:?}", stringify!($ty));
        })* };
    }
    echoed! {
        String = "text"; &str = String::from("owned"); Vec<u8> = [1_u8, 2].as_slice(); &[u8] = vec![3_u8]; () = ();
        i32 = -5_i32; u32 = 5_u32; i64 = -6_i64; u64 = 6_u64; f32 = 1.5_f32; f64 = -2.5_f64;
        Option<String> = Some("some"); Option<String> = None::<String>;
        serde_json::Value = serde_json::json!({"a": [1, null]});
        Pair = Pair { left: -1, right: Some("r".into()) };
        Pair = &Pair { left: 2, right: None };
        convert::Base64<String> = convert::Base64("base");
        Json<Pair> = Json(Pair { left: 3, right: None });
        convert::Msgpack<Pair> = convert::Msgpack(Pair { left: 4, right: None });
    }
    for bad in ["", "{", "[]"] {
        say!(out, "{:?}", echo.call::<_, Json<Pair>>("echo", bad).map_err(|error| error.to_string()));
    }
    say!(out, "{:?}", echo.call::<_, u64>("echo", "abc").map_err(|error| error.to_string()));
    say!(out, "{:?}", echo.call::<_, String>("echo", [0xff_u8].as_slice()).map_err(|error| error.to_string()));
    say!(out, "{:?}", plugin.call::<_, String>("greet", "again"));
    Ok(())
}

fn variables(out: &mut Output) -> Result<(), Error> {
    let mut plugin = Plugin::new(guest("kitchen_sink.wasm"), [], true)?;
    plugin.call::<_, ()>("var_set", "name\nvalue")?;
    say!(out, "{}", plugin.call::<_, String>("var_get", "name")?);
    plugin.reset()?;
    say!(out, "{}", plugin.call::<_, String>("var_get", "name")?);
    plugin.call::<_, ()>("var_remove", "name")?;
    say!(out, "{:?}", plugin.call::<_, String>("var_get", "name")?);
    say!(out, "{}", plugin.call::<_, String>("config_get", "name")?);
    Ok(())
}
