use extism::{Error, PluginBuilder};

const SPIN: &str = r#"(module (func (export "spin") (loop $again (br $again))))"#;

fn assert_is_of_fuel(error: &Error) {
    assert!(error.chain().any(|cause| cause.to_string().contains("fuel")), "{error:#}");
}

#[test]
fn a_call_ends_when_its_fuel_is_used_up_each_time() {
    let mut plugin =
        PluginBuilder::new(SPIN).with_fuel_limit(1).with_initialization_fuel_limit(u64::MAX).build().unwrap();
    for _ in 0..1001 {
        let error = plugin.call::<_, &[u8]>("spin", "abc123").unwrap_err();
        assert_eq!(error.root_cause().to_string(), "plugin ran out of fuel");
    }
}

#[test]
fn fuel_is_counted_for_a_plug_in_with_a_limit() {
    let mut plugin = PluginBuilder::new(SPIN).with_fuel_limit(10_000).build().unwrap();
    assert_eq!(plugin.fuel_consumed(), Some(0));
    plugin.call::<_, ()>("spin", "").unwrap_err();
    assert!(plugin.fuel_consumed().unwrap() > 0);
    assert_eq!(PluginBuilder::new(SPIN).build().unwrap().fuel_consumed(), None);
}

#[test]
fn initialization_fuel_requires_that_of_calls() {
    let error = PluginBuilder::new(SPIN).with_initialization_fuel_limit(10).compile().err().unwrap();
    assert_eq!(error.to_string(), "an initialization fuel limit requires a call fuel limit");
}

#[test]
fn fuel_limits_a_reactors_initialization_when_it_is_built() {
    let text = r#"(module (func (export "_initialize") (loop br 0)) (func (export "run")))"#;
    let builder = PluginBuilder::new(text).with_fuel_limit(1_000_000).with_initialization_fuel_limit(100_000);
    assert_is_of_fuel(&builder.build().unwrap_err());
}

#[test]
fn fuel_limits_a_start_function_at_the_first_call_of_a_command() {
    let text = r#"(module (func $spin (loop br 0)) (start $spin) (func (export "_start")))"#;
    let mut plugin = PluginBuilder::new(text).with_fuel_limit(100_000).build().unwrap();
    assert_is_of_fuel(&plugin.call::<(), ()>("_start", ()).unwrap_err());
}

#[test]
fn fuel_limits_constructors_at_the_first_call() {
    let text = r#"(module (func (export "__wasm_call_ctors") (loop br 0)) (func (export "run")))"#;
    let mut plugin = PluginBuilder::new(text).with_fuel_limit(100_000).build().unwrap();
    assert_is_of_fuel(&plugin.call::<(), ()>("run", ()).unwrap_err());
}

/// Initial data takes fuel as well, which is initialization's.
#[test]
fn a_plug_in_with_data_is_built_with_the_fuel_of_initialization() {
    let text =
        r#"(module (memory 1) (data (i32.const 0) "some data") (data (i32.const 64) "more") (func (export "f")))"#;
    let builder = PluginBuilder::new(text).with_fuel_limit(1);
    let mut plugin = builder.clone().with_initialization_fuel_limit(u64::MAX).build().unwrap();
    let error = plugin.call::<_, ()>("f", "").err();
    assert!(error.is_none_or(|error| error.to_string().contains("fuel")));
    assert_is_of_fuel(&builder.with_initialization_fuel_limit(1).build().unwrap_err());
}

/// What initialization takes is not the call's, so that the first call may do as much as the others.
#[test]
fn initialization_and_calls_have_fuel_of_their_own() {
    let text = r#"(module
        (global $n (mut i32) (i32.const 100000))
        (func (export "__wasm_call_ctors") (loop $again
            (global.set $n (i32.sub (global.get $n) (i32.const 1)))
            (br_if $again (global.get $n))))
        (func (export "run")))"#;
    let build = |initialization: u64| {
        PluginBuilder::new(text).with_fuel_limit(1000).with_initialization_fuel_limit(initialization).build().unwrap()
    };
    let mut plugin = build(10_000_000);
    plugin.call::<(), ()>("run", ()).unwrap();
    assert!(plugin.fuel_consumed().unwrap() < 1000);
    assert_is_of_fuel(&build(1000).call::<(), ()>("run", ()).unwrap_err());
}
