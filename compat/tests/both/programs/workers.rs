//! A program that calls plug-ins from several threads: pools, locks, timeouts, cancelled calls, fuel.

use std::{
    sync::{Arc, Mutex, RwLock},
    thread,
    time::Duration,
};

use extism::*;

use super::{Output, guest, shown};

const LONG: Duration = Duration::from_secs(60);

pub(crate) fn run(out: &mut Output) {
    pools(out).unwrap();
    locks(out).unwrap();
    ends(out).unwrap();
    fuel(out).unwrap();
}

fn pools(out: &mut Output) -> Result<(), Error> {
    let compiled = Arc::new(PluginBuilder::new(guest("count_vowels.wasm")).with_wasi(true).compile()?);
    let pool = PoolBuilder::new().with_max_instances(2).build(move || Plugin::new_from_compiled(&compiled));
    say!(out, "{} {:?}", pool.count(), PoolBuilder { max_instances: 3 });
    let threads: Vec<_> = (0..4)
        .map(|n: usize| {
            let pool = pool.clone();
            thread::spawn(move || {
                let mut plugin: PoolPlugin = pool.get(LONG)?.expect("one in time");
                plugin.call::<_, String>("count_vowels", "a".repeat(n))
            })
        })
        .collect();
    let mut counts: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap().unwrap().split(',').next().unwrap().to_owned())
        .collect();
    counts.sort();
    say!(out, "{counts:?} {}", (1..=2).contains(&pool.count()));
    say!(out, "{} {}", pool.function_exists("count_vowels", LONG)?, pool.function_exists("absent", LONG)?);
    let first = pool.get(LONG)?;
    let second = pool.get(LONG)?;
    say!(out, "{} {}", first.is_some(), pool.get(Duration::from_millis(5))?.is_none());
    say!(out, "{:?}", pool.with_plugin(Duration::from_millis(5), |_| Ok(1))?);
    drop((first, second));
    let kept = pool.with_plugin(LONG, |plugin| Ok((plugin.id, plugin.has_wasi())))?;
    say!(out, "{:?} {}", kept.map(|(_, wasi)| wasi), pool.count());
    let failing = Pool::new(|| Err(Error::msg("no plug-in today")));
    say!(out, "{} {}", failing.get(LONG).unwrap_err(), failing.count());
    let pool = Pool::new_from_builder(move || Plugin::new(guest("echo.wasm"), [], false), PoolBuilder::default());
    let output: String = pool.get(LONG)?.unwrap().call("echo", "hi")?;
    say!(out, "{output}");
    say!(out, "{:?}", pool.with_plugin(LONG, |plugin| plugin.call::<_, String>("absent", "")).unwrap_err().to_string());
    Ok(())
}

fn locks(out: &mut Output) -> Result<(), Error> {
    let plugin = Arc::new(RwLock::new(Plugin::new(guest("count_vowels.wasm"), [], true)?));
    let exists = plugin.read().unwrap().function_exists("count_vowels");
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let plugin = Arc::clone(&plugin);
            thread::spawn(move || plugin.write().unwrap().call::<_, String>("count_vowels", "aei").unwrap())
        })
        .collect();
    let mut outputs: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    outputs.sort();
    say!(out, "{exists} {outputs:?}");
    Ok(())
}

fn ends(out: &mut Output) -> Result<(), Error> {
    let manifest = guest("kitchen_sink.wasm").with_timeout(Duration::from_millis(300));
    let mut plugin = Plugin::new(&manifest, [], true)?;
    for _ in 0..2 {
        let (error, code) = plugin.call_get_error_code::<_, ()>("loop_forever", "").unwrap_err();
        say!(out, "{code} {}", shown(&error));
    }
    // It can be called afterwards.
    let mut plugin = Plugin::new(guest("kitchen_sink.wasm"), [], true)?;
    let handle: CancelHandle = plugin.cancel_handle();
    say!(out, "{} {}", handle.id == plugin.id, handle.cancel().is_ok());
    for _ in 0..2 {
        let handle = handle.clone();
        let canceller = thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            handle.cancel()
        });
        say!(out, "{}", shown(&plugin.call::<_, ()>("loop_forever", "").unwrap_err()));
        canceller.join().unwrap()?;
        say!(out, "{}", plugin.call::<_, String>("greet", "after")?);
    }
    let plugin = Arc::new(Mutex::new(plugin));
    say!(out, "{}", plugin.lock().unwrap().call::<_, String>("greet", "locked")?);
    Ok(())
}

fn fuel(out: &mut Output) -> Result<(), Error> {
    let spin = r#"(module (func (export "spin") (loop $again (br $again))) (func (export "nothing")))"#;
    let mut plugin = PluginBuilder::new(spin).with_fuel_limit(100_000).build()?;
    // How much a runtime takes for its own code, is up to it.
    say!(out, "{:?}", plugin.fuel_consumed().is_some());
    for _ in 0..2 {
        let (error, code) = plugin.call_get_error_code::<_, ()>("spin", "").unwrap_err();
        say!(out, "{code} {} {:?}", shown(&error), plugin.fuel_consumed());
    }
    plugin.call::<_, ()>("nothing", "")?;
    say!(out, "{}", plugin.fuel_consumed().is_some_and(|fuel| fuel < 100_000));
    say!(out, "{:?}", PluginBuilder::new(spin).build()?.fuel_consumed());
    let error = PluginBuilder::new(spin).with_initialization_fuel_limit(1).compile().err();
    say!(out, "{}", error.unwrap());
    Ok(())
}
