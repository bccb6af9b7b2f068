//! Tests the outcomes of calls in the counters of plug-ins and compiled plug-ins, and in the records.

use std::{
    collections::HashMap,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{
    Decode, Encode, Engine, Error, Function, Json, Plugin, PluginBuilder, PluginInterface as _, ValType,
    codec::{CodecError, Writer},
    plugin::CancelHandle,
    plugin_interface,
    usage::Outcome,
};

use crate::{Records, block_on, builder, poll_once, poll_until, waiting, with_ask};

/// Makes one call, plain or async, and checks that it ended in this way.
fn ends(
    outcome: Outcome,
    asynchronous: bool,
    builder: PluginBuilder,
    call: impl FnOnce(&mut Plugin, bool) -> Result<(), Error>,
) {
    let records = Records::default();
    let compiled = records.of(builder).compile().unwrap();
    let mut plugin = compiled.instantiate().unwrap();
    let result = call(&mut plugin, asynchronous);
    assert_eq!(result.is_ok(), outcome == Outcome::Ok, "{outcome}: {result:?}");
    let (own, all) = (plugin.usage().calls, compiled.usage().calls);
    assert_eq!((own.get(outcome), own.total()), (1, 1), "{own:?} {result:?}");
    assert_eq!(own, all);
    let record = records.only();
    assert_eq!((record.outcome, record.id), (outcome, Some(plugin.id())), "{result:?}");
    plugin.call::<_, &str>("echo", "next").unwrap();
    assert_eq!(plugin.usage().calls.get(Outcome::Ok), 1 + u64::from(outcome == Outcome::Ok));
    drop(plugin);
    assert_eq!(compiled.usage().calls.total(), 2, "those of instances that are gone count too");
}

/// Calls an export with a text.
fn export(name: &'static str) -> impl Fn(&mut Plugin, bool) -> Result<(), Error> {
    move |plugin, asynchronous| match asynchronous {
        true => block_on(plugin.call_async::<_, ()>(name, "input")),
        false => plugin.call::<_, ()>(name, "input"),
    }
}

/// A host function `ask` that always fails or panics.
fn failing(panics: bool) -> Function {
    Function::new("ask", [ValType::I64], [ValType::I64], move |_, _, _| {
        assert!(!panics, "on purpose");
        Err("on purpose".into())
    })
}

fn cancelled(plugin: &mut Plugin, asynchronous: bool) -> Result<(), Error> {
    let cancel = |handle: CancelHandle| {
        while !handle.cancel() {
            thread::yield_now();
        }
    };
    let handle = plugin.cancel_handle();
    thread::scope(|scope| {
        scope.spawn(move || cancel(handle));
        export("spin")(plugin, asynchronous)
    })
}

fn encoded(plugin: &mut Plugin, asynchronous: bool) -> Result<(), Error> {
    // A key that is not UTF-8.
    let input = || Json(HashMap::from([((1, 2), 3)]));
    match asynchronous {
        true => block_on(plugin.call_async::<_, ()>("echo", input())),
        false => plugin.call::<_, ()>("echo", input()),
    }
}

fn decoded(plugin: &mut Plugin, asynchronous: bool) -> Result<(), Error> {
    match asynchronous {
        true => block_on(plugin.call_async::<_, Json<u8>>("echo", "no number")).map(drop),
        false => plugin.call::<_, Json<u8>>("echo", "no number").map(drop),
    }
}

#[test]
fn each_way_to_end_is_counted_and_recorded() {
    for asynchronous in [false, true] {
        let soon = Duration::from_millis(20);
        let ends = |outcome, builder, name| ends(outcome, asynchronous, builder, export(name));
        ends(Outcome::Ok, builder(), "echo");
        ends(Outcome::Guest, builder(), "fail");
        ends(Outcome::Trap, builder(), "trap");
        ends(Outcome::Exit, builder(), "exit");
        ends(Outcome::HostFunction, with_ask(failing(false)), "ask");
        ends(Outcome::HostFunction, with_ask(failing(true)), "ask");
        ends(Outcome::Timeout, builder().with_timeout(soon), "spin");
        ends(Outcome::OutOfMemory, builder().with_max_pages(2), "allocate");
        ends(Outcome::LogTooLong, builder().with_max_log_bytes(100), "log");
    }
}

#[test]
fn those_that_take_more_than_an_export_are_counted_and_recorded() {
    for asynchronous in [false, true] {
        ends(Outcome::Encode, asynchronous, builder(), encoded);
        ends(Outcome::Decode, asynchronous, builder(), decoded);
        ends(Outcome::Cancelled, asynchronous, builder(), cancelled);
        ends(Outcome::OutputTooLarge, asynchronous, builder().with_max_output_bytes(4), |plugin, asynchronous| {
            match asynchronous {
                true => block_on(plugin.call_async::<_, ()>("echo", "12345")),
                false => plugin.call::<_, ()>("echo", "12345"),
            }
        });
    }
}

#[test]
fn a_call_that_is_out_of_fuel_counts_what_it_consumed() {
    let engine = Engine::builder().with_fuel(true).build().unwrap();
    for asynchronous in [false, true] {
        let records = Records::default();
        let builder = records.of(builder()).with_engine(&engine).with_fuel_limit(10_000);
        let mut plugin = builder.build().unwrap();
        export("spin")(&mut plugin, asynchronous).unwrap_err();
        let usage = plugin.usage();
        assert_eq!(usage.calls.get(Outcome::OutOfFuel), 1);
        let record = records.only();
        assert_eq!((record.outcome, record.fuel, usage.fuel), (Outcome::OutOfFuel, Some(10_000), Some(10_000)));
        // Each call counts its own fuel, and one that fails before it runs counts none.
        plugin.call::<_, &str>("echo", "a").unwrap();
        let fuel = plugin.fuel_consumed().unwrap();
        assert_eq!(records.only().fuel, Some(fuel));
        encoded(&mut plugin, asynchronous).unwrap_err();
        assert_eq!(records.only().fuel, Some(0));
        assert_eq!(plugin.usage().fuel, Some(10_000 + fuel));
    }
}

#[test]
fn a_dropped_future_is_counted_and_recorded_whether_it_has_run_or_not() {
    for polled in [false, true] {
        let records = Records::default();
        let asked = Arc::new(AtomicBool::new(false));
        let asks = Arc::clone(&asked);
        let wait = move || {
            asks.store(true, Ordering::SeqCst);
            pending()
        };
        let mut plugin = records.of(waiting(wait)).build().unwrap();
        let mut call = plugin.call_async::<_, ()>("ask", "input");
        if polled {
            poll_until(&mut call, || asked.load(Ordering::SeqCst));
        }
        assert_eq!(records.take(), []);
        drop(call);
        let record = records.only();
        assert_eq!((record.outcome, record.input_bytes, record.host_calls), (Outcome::Dropped, 5, polled.into()));
        let usage = plugin.usage();
        assert_eq!((usage.calls.get(Outcome::Dropped), usage.calls.total()), (1, 1));
    }
}

/// A value whose codec panics.
struct Panicking;

impl Encode for Panicking {
    fn encode(&self, _: &mut Writer<'_>) -> Result<(), CodecError> {
        panic!("while encoding")
    }
}

impl Decode<'_> for Panicking {
    fn decode(_: &[u8]) -> Result<Self, CodecError> {
        panic!("while decoding")
    }
}

#[test]
fn a_call_through_which_a_panic_unwinds_is_counted_and_recorded() {
    let calls: [fn(&mut Plugin); 4] = [
        |plugin| drop(plugin.call::<_, ()>("echo", Panicking)),
        |plugin| drop(plugin.call::<_, Panicking>("echo", "input")),
        |plugin| drop(block_on(plugin.call_async::<_, ()>("echo", Panicking))),
        |plugin| drop(block_on(plugin.call_async::<_, Panicking>("echo", "input"))),
    ];
    for call in calls {
        let records = Records::default();
        let mut plugin = records.of(builder()).build().unwrap();
        catch_unwind(AssertUnwindSafe(|| call(&mut plugin))).unwrap_err();
        assert_eq!(records.only().outcome, Outcome::Dropped);
        let calls = plugin.usage().calls;
        assert_eq!((calls.get(Outcome::Dropped), calls.total()), (1, 1));
        plugin.call::<_, &str>("echo", "next").unwrap();
    }
}

/// The parts of a [`View`](extism_runtime::client::View).
#[plugin_interface]
trait Echoes {
    fn echo(&mut self, text: &str) -> String;
}

#[test]
fn a_call_that_finds_no_instance_is_counted_for_the_compiled_plugin() {
    let records = Records::default();
    let compiled = records.of(builder()).compile().unwrap();
    let mut plugin = compiled.instantiate().unwrap();
    std::mem::forget(EchoesPlugin::view(&mut plugin).unwrap());
    for asynchronous in [false, true] {
        export("echo")(&mut plugin, asynchronous).unwrap_err();
        let record = records.only();
        assert_eq!((record.outcome, record.id), (Outcome::Other, None));
    }
    assert_eq!(compiled.usage().calls.get(Outcome::Other), 2);
}

#[test]
fn a_leaked_future_counts_as_nothing_and_its_plugin_goes_on_counting() {
    let records = Records::default();
    let mut plugin = records.of(builder()).build().unwrap();
    let mut call = plugin.call_async::<_, ()>("spin", "");
    assert!(poll_once(&mut call).is_pending());
    std::mem::forget(call);
    for asynchronous in [false, true] {
        export("echo")(&mut plugin, asynchronous).unwrap();
        assert_eq!(records.only().outcome, Outcome::Ok);
    }
    assert_eq!(plugin.usage().calls.total(), 2);
}

#[test]
fn what_is_not_a_function_is_no_call() {
    let records = Records::default();
    let mut plugin = records.of(builder()).build().unwrap();
    plugin.call::<_, ()>("no such export", "").unwrap_err();
    assert_eq!(records.take(), []);
    assert_eq!(plugin.usage().calls.total(), 0);
}
