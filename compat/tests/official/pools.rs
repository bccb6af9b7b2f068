use std::{thread, time::Duration};

use extism::{CurrentPlugin, Error, Plugin, PluginBuilder, Pool, PoolBuilder, UserData, Val, ValType};

use crate::{guest, reflect};

const LONG: Duration = Duration::from_secs(20);

fn pool(max_instances: usize) -> Pool {
    PoolBuilder::new()
        .with_max_instances(max_instances)
        .build(|| PluginBuilder::new(guest("count_vowels")).with_wasi(true).build())
}

#[test]
fn threads_share_a_pool_that_grows_to_its_limit() {
    for max in 1..=3 {
        let pool = pool(max);
        let threads: Vec<_> = (0..12)
            .map(|_| {
                let pool = pool.clone();
                thread::spawn(move || {
                    let output: String = pool.get(LONG).unwrap().unwrap().call("count_vowels", "abc").unwrap();
                    assert!(output.contains("\"count\":1"), "{output}");
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!((1..=max).contains(&pool.count()), "{}", pool.count());
    }
}

#[test]
fn a_pool_knows_its_functions() -> Result<(), Error> {
    let pool = pool(1);
    for _ in 0..2 {
        assert!(pool.function_exists("count_vowels", LONG)?);
        assert!(!pool.function_exists("not_existing", LONG)?);
    }
    // It is known, so no instance is needed; otherwise it is not found within the time.
    let taken = pool.get(LONG)?;
    assert!(pool.function_exists("count_vowels", Duration::ZERO)?);
    assert!(!pool.function_exists("other", Duration::ZERO)?);
    drop(taken);
    Ok(())
}

#[test]
fn nobody_waits_longer_than_the_timeout() -> Result<(), Error> {
    let pool = pool(1);
    let mut taken = pool.get(LONG)?.unwrap();
    assert!(pool.get(Duration::from_millis(10))?.is_none());
    assert_eq!(pool.with_plugin(Duration::ZERO, |_| Ok(()))?, None);
    let id = taken.id();
    assert!(format!("{taken:?}").contains(&id.to_string()));
    assert!(taken.function_exists("count_vowels") && !taken.call::<_, String>("count_vowels", "a")?.is_empty());
    drop(taken);
    assert_eq!(pool.with_plugin(LONG, |plugin| Ok(plugin.id))?, Some(id));
    assert_eq!(pool.count(), 1);
    Ok(())
}

#[test]
fn a_source_that_fails_takes_no_place() {
    let pool = Pool::new_from_builder(|| Err(Error::msg("not today")), PoolBuilder { max_instances: 1 });
    for _ in 0..2 {
        assert_eq!(pool.get(Duration::ZERO).unwrap_err().to_string(), "not today");
    }
    assert_eq!(pool.count(), 0);
}

#[test]
fn a_plug_in_may_outlive_its_pool() {
    let pool = pool(1);
    let mut plugin = pool.get(LONG).unwrap().unwrap();
    drop(pool);
    plugin.call::<_, String>("count_vowels", "a").unwrap();
}

#[test]
fn a_source_may_capture_a_builder() {
    let builder = PluginBuilder::new(reflect()).with_wasi(true).with_function(
        "reflect",
        [ValType::I64],
        [ValType::I64],
        UserData::new(String::from("hello")),
        |_plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val], _user_data: UserData<String>| {
            outputs[0] = inputs[0];
            Ok(())
        },
    );
    let pool = PoolBuilder::new().with_max_instances(2).build(move || builder.clone().build());
    let called = thread::spawn(move || {
        let mut plugin: extism::PoolPlugin = pool.get(LONG)?.unwrap();
        let plugin: &mut Plugin = &mut plugin;
        plugin.call::<_, String>("reflect", "text")
    });
    assert_eq!(called.join().unwrap().unwrap(), "text");
}
