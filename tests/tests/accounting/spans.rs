//! Tests the spans of calls, as a subscriber sees them.

use std::{
    io,
    sync::{Arc, Mutex},
    thread,
};

use extism_runtime::{CurrentPlugin, Engine, Function, Plugin, PluginBuilder, ValType};
use tracing::{Instrument as _, Level, level_filters::LevelFilter};

use crate::{
    Records, block_on, builder, finish, poll_once, poll_until,
    subscriber::{Collector, Seen},
    wait_once, waiting, with_ask,
};

/// The host function `ask`, with its own span around an event.
fn observed() -> PluginBuilder {
    with_ask(Function::new(
        "ask",
        [ValType::I64],
        [ValType::I64],
        |plugin: &mut CurrentPlugin<'_>, arguments, results| {
            let span = tracing::info_span!("asked");
            span.in_scope(|| tracing::info!("in the host function"));
            let text: String = plugin.get(&arguments[0])?;
            results[0] = plugin.put(text)?;
            Ok(())
        },
    ))
}

/// Checks that a span has ended, and was exited as often as entered.
fn is_over(span: &Seen) {
    assert!(span.depth == 0 && span.is_closed(), "{span:?}");
}

#[test]
fn a_call_is_a_span_with_what_it_used() {
    for asynchronous in [false, true] {
        let collector = Collector::new(LevelFilter::DEBUG);
        let engine = Engine::builder().with_fuel(true).build().unwrap();
        let mut plugin = observed().with_engine(&engine).build().unwrap();
        collector.within(|| match asynchronous {
            true => drop(block_on(plugin.call_async::<_, &str>("ask", "12345")).unwrap()),
            false => drop(plugin.call::<_, &str>("ask", "12345").unwrap()),
        });
        let calls = collector.calls();
        let [call] = &*calls else { panic!("{calls:?}") };
        assert_eq!((&*call.name, call.level, call.parent), ("call", Level::DEBUG, None));
        assert_eq!((call.field("plugin"), call.field("export"), call.field("outcome")), ("guest", "ask", "ok"));
        assert_eq!(call.field("id"), plugin.id().to_string());
        assert_eq!((call.number("input_bytes"), call.number("output_bytes"), call.number("host_calls")), (5, 5, 1));
        assert_eq!(Some(call.number("fuel")), plugin.fuel_consumed());
        let [time, guest, host] = ["time_ns", "guest_ns", "host_ns"].map(|name| call.number(name));
        assert!(guest > 0 && host > 0 && time >= guest + host, "{call:?}");
        is_over(call);
        // The host function's own span is within it.
        assert_eq!(collector.around("in the host function"), ["asked", "call"]);
        // Nobody listens any longer.
        let time = plugin.usage().time;
        plugin.call::<_, &str>("ask", "a").unwrap();
        assert_eq!((collector.calls().len(), plugin.usage().time), (1, time));
    }
}

#[test]
fn its_outcome_is_how_the_call_ended() {
    let collector = Collector::new(LevelFilter::TRACE);
    let mut plugin = observed().build().unwrap();
    collector.within(|| {
        plugin.call::<_, ()>("fail", "").unwrap_err();
        plugin.call::<_, ()>("trap", "").unwrap_err();
        plugin.call::<_, extism_runtime::Json<u8>>("echo", "none").unwrap_err();
        drop(plugin.call_async::<_, ()>("echo", ""));
        let mut call = plugin.call_async::<_, ()>("spin", "");
        assert!(poll_once(&mut call).is_pending());
        drop(call);
        // In a new instance.
        plugin.call::<_, ()>("echo", "").unwrap();
    });
    let calls = collector.calls();
    let outcomes: Vec<_> = calls.iter().map(|call| call.field("outcome")).collect();
    assert_eq!(outcomes, ["guest", "trap", "decode", "dropped", "dropped", "ok"]);
    calls.iter().for_each(is_over);
}

#[test]
fn nobody_who_wants_less_than_debug_gets_one() {
    let collector = Collector::new(LevelFilter::INFO);
    let mut plugin = observed().build().unwrap();
    collector.within(|| plugin.call::<_, &str>("ask", "a").map(drop)).unwrap();
    assert_eq!(collector.calls().len(), 0);
    assert_eq!(collector.around("in the host function"), ["asked"]);
}

#[test]
fn it_is_within_the_span_of_the_caller_and_around_calls_within_the_call() {
    let inner = Mutex::new(observed().build().unwrap());
    let calling = Function::new("ask", [ValType::I64], [ValType::I64], move |_, arguments, results| {
        let mut inner = inner.lock().unwrap();
        tracing::info_span!("between").in_scope(|| inner.call::<_, ()>("ask", ""))?;
        results[0] = arguments[0];
        Ok(())
    });
    let mut outer = with_ask(calling).build().unwrap();
    for asynchronous in [false, true] {
        let collector = Collector::new(LevelFilter::TRACE);
        collector.within(|| {
            let made = tracing::info_span!("caller");
            match asynchronous {
                true => {
                    let call = made.in_scope(|| outer.call_async::<_, &str>("ask", "a"));
                    block_on(call).unwrap();
                }
                false => drop(made.in_scope(|| outer.call::<_, &str>("ask", "a").unwrap())),
            }
        });
        assert_eq!(collector.around("in the host function"), ["asked", "call", "between", "call", "caller"]);
        collector.spans().iter().for_each(is_over);
    }
}

#[test]
fn what_the_plugin_logs_is_within_it() {
    let collector = Collector::new(LevelFilter::DEBUG);
    let mut plugin = builder().build().unwrap();
    collector.within(|| plugin.call::<_, ()>("log_once", "")).unwrap();
    assert_eq!(collector.around("word"), ["call"]);
}

/// A plug-in whose async host function has its own span, in which it waits between two events.
fn waiting_in_a_span() -> Plugin {
    let observed = || {
        async {
            tracing::info!("before");
            wait_once().await;
            tracing::info!("after");
        }
        .instrument(tracing::info_span!("waiting"))
    };
    waiting(observed).build().unwrap()
}

#[test]
fn spans_of_an_async_host_function_stay_within_it_over_waits_and_threads() {
    let collector = Collector::new(LevelFilter::DEBUG);
    let mut plugin = waiting_in_a_span();
    let mut call = collector.within(|| plugin.call_async::<_, String>("ask", "a"));
    let here = thread::current().id();
    let there = thread::scope(|scope| {
        let mut first = || collector.within(|| poll_until(&mut call, || collector.has("before")));
        scope
            .spawn(move || {
                first();
                thread::current().id()
            })
            .join()
            .unwrap()
    });
    // It is not entered while it waits.
    let waiting = &collector.calls()[0];
    assert_eq!((waiting.depth, waiting.field("outcome")), (0, ""));
    collector.within(|| {
        tracing::info!("meanwhile");
        finish(&mut call).unwrap();
    });
    assert_eq!(collector.around("meanwhile"), [""; 0]);
    assert_eq!(collector.around("before"), ["waiting", "call"]);
    assert_eq!(collector.around("after"), ["waiting", "call"]);
    let calls = collector.calls();
    let [call] = &*calls else { panic!("{calls:?}") };
    assert_eq!(call.entered.first(), Some(&here), "while the input is encoded");
    assert!(call.entered.contains(&there) && call.entered.last() == Some(&here), "{call:?}");
    is_over(call);
}

#[test]
fn an_async_host_function_that_is_dropped_is_dropped_within_it() {
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            tracing::info!("dropped");
        }
    }
    let collector = Collector::new(LevelFilter::DEBUG);
    let mut plugin = waiting(|| async {
        let _dropped = Dropped;
        tracing::info!("waits");
        std::future::pending::<()>().await;
    })
    .build()
    .unwrap();
    collector.within(|| {
        let mut call = plugin.call_async::<_, ()>("ask", "a");
        poll_until(&mut call, || collector.has("waits"));
        drop(call);
    });
    assert_eq!(collector.around("dropped"), ["call"]);
    assert_eq!(collector.calls()[0].field("outcome"), "dropped");
    collector.spans().iter().for_each(is_over);
}

#[test]
fn a_plain_call_waits_for_async_host_functions_within_it() {
    let collector = Collector::new(LevelFilter::DEBUG);
    let mut plugin = waiting_in_a_span();
    collector.within(|| plugin.call::<_, ()>("ask", "a")).unwrap();
    assert_eq!(collector.around("after"), ["waiting", "call"]);
}

#[test]
fn names_are_shown_in_one_line_and_nothing_else_is_shown() {
    let collector = Collector::new(LevelFilter::TRACE);
    let records = Records::default();
    let secret = "a secret";
    let mut plugin = records
        .of(builder())
        .with_on_call(|record| assert!(!format!("{record:?}").contains("secret")))
        .with_name("a\nname\u{1b}")
        .build()
        .unwrap();
    plugin.set_config("key", secret);
    plugin.set_var("name", secret.as_bytes()).unwrap();
    collector.within(|| {
        plugin.call::<_, &str>("ask", secret).unwrap();
        plugin.call::<_, extism_runtime::Json<u8>>("echo", secret).unwrap_err();
    });
    let calls = collector.calls();
    assert_eq!(calls[0].field("plugin"), "a\\nname\\u{1b}");
    assert!(!format!("{calls:?}").contains("secret"), "{calls:?}");
}

#[test]
fn a_panic_of_the_subscriber_ends_no_more_than_its_call() {
    /// Panics for spans.
    struct Panics;
    impl tracing::Subscriber for Panics {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::Id {
            panic!("in the subscriber")
        }
        fn record(&self, _: &tracing::Id, _: &tracing::span::Record<'_>) {}
        fn record_follows_from(&self, _: &tracing::Id, _: &tracing::Id) {}
        fn event(&self, _: &tracing::Event<'_>) {}
        fn enter(&self, _: &tracing::Id) {}
        fn exit(&self, _: &tracing::Id) {}
    }
    let mut plugin = builder().build().unwrap();
    let call = || tracing::subscriber::with_default(Panics, || plugin.call::<_, ()>("echo", ""));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).unwrap_err();
    plugin.call::<_, ()>("echo", "").unwrap();
    assert_eq!(plugin.usage().calls.total(), 1, "the other one had not begun");
}

#[test]
fn threads_have_spans_of_their_own() {
    let collector = Collector::new(LevelFilter::DEBUG);
    let compiled = Arc::new(observed().compile().unwrap());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut plugin = compiled.instantiate().unwrap();
                collector.within(|| (0..50).for_each(|_| plugin.call::<_, ()>("ask", "a").unwrap()));
            });
        }
    });
    let spans = collector.spans();
    assert_eq!((collector.calls().len(), spans.len()), (200, 400));
    for asked in spans.iter().filter(|span| span.name == "asked") {
        let call = &spans[asked.parent.unwrap()];
        assert_eq!(call.entered, asked.entered, "each is in the call on its own thread");
    }
    spans.iter().for_each(is_over);
}

/// Text that several threads write to.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Nested calls that run on separate threads, since there are no stacks left.
#[test]
fn a_call_that_runs_on_a_thread_of_its_own_is_still_within_it() {
    const STACKS: usize = 256;
    let engine = Engine::builder().with_pool_size(300).with_cache(false).build().unwrap();
    let wat = r#"(module (import "extism:host/user" "ask" (func $ask)) (func (export "ask") (call $ask)))"#;
    let build = |ask| PluginBuilder::new(wat).with_engine(&engine).with_functions(ask).compile().unwrap();
    let inner = build(Function::new("ask", [], [], |_, _, _| {
        if thread::current().name() == Some("extism-call") {
            tracing::info!("on a separate thread");
        }
        Ok(())
    }));
    let plugins: Vec<_> = (0..=STACKS).map(|_| inner.instantiate().unwrap()).collect();
    let plugins = Mutex::new(plugins);
    let outer = build(Function::new("ask", [], [], move |_, _, _| {
        plugins.lock().unwrap().iter_mut().try_for_each(|plugin| plugin.call::<_, ()>("ask", ()))?;
        Ok(())
    }));
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::DEBUG)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, || outer.instantiate().unwrap().call::<_, ()>("ask", ())).unwrap();
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let line = text.lines().find(|line| line.contains("on a separate thread")).expect("one ran there");
    assert_eq!(line.matches("call{plugin=").count(), 2, "{line}");
}
