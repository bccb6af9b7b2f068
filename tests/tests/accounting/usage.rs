//! Tests the counters.

use std::time::Duration;

use extism_runtime::{Engine, usage::Outcome};

use crate::{block_on, builder, server::Server};

const PAGE: u64 = 64 << 10;

#[test]
fn bytes_and_host_calls_are_counted_for_plain_and_async_calls() {
    let mut plugin = builder().build().unwrap();
    plugin.call::<_, &str>("ask_twice", "12345").unwrap();
    block_on(plugin.call_async::<_, &str>("ask", "123")).unwrap();
    plugin.call::<_, ()>("trap", "1").unwrap_err();
    let usage = plugin.usage();
    assert_eq!((usage.input_bytes, usage.output_bytes, usage.host_calls), (9, 8, 3));
    let calls: Vec<_> = usage.calls.iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(calls, [(Outcome::Ok, 2), (Outcome::Trap, 1)]);
    assert_eq!(usage.fuel, None);
    assert_eq!(usage.instances, 1);
}

#[test]
fn memory_is_that_of_the_instance_and_its_peak_remains() {
    let compiled = builder().compile().unwrap();
    let mut plugin = compiled.instantiate().unwrap();
    let start = plugin.usage().memory_bytes;
    assert!(start >= PAGE && start.is_multiple_of(PAGE), "{start}");
    plugin.call::<_, ()>("grow", "").unwrap();
    let grown = start + 4 * PAGE;
    assert_eq!((plugin.usage().memory_bytes, plugin.usage().peak_memory_bytes), (grown, grown));
    // An input that requires growing the kernel's memory.
    plugin.call::<_, ()>("echo", vec![0_u8; 4 << 20]).unwrap();
    let peak = plugin.usage().peak_memory_bytes;
    assert!(peak >= grown + (2 << 20), "{peak}");
    plugin.call::<_, ()>("trap", "").unwrap_err();
    assert_eq!((plugin.usage().memory_bytes, plugin.usage().peak_memory_bytes), (0, peak));
    plugin.call::<_, ()>("echo", "").unwrap();
    assert_eq!((plugin.usage().memory_bytes, plugin.usage().peak_memory_bytes), (start, peak));
    let other = compiled.instantiate().unwrap();
    assert_eq!(compiled.usage().memory_bytes, 2 * start);
    drop((plugin, other));
    let usage = compiled.usage();
    assert_eq!((usage.memory_bytes, usage.peak_memory_bytes, usage.instances), (0, peak, 0));
}

#[test]
fn a_refused_growth_is_no_memory() {
    let mut plugin = builder().with_max_pages(2).build().unwrap();
    let start = plugin.usage();
    plugin.call::<_, ()>("grow", "").unwrap();
    assert_eq!(plugin.usage().memory_bytes, start.memory_bytes);
    assert_eq!(plugin.usage().peak_memory_bytes, start.memory_bytes);
}

#[test]
fn variables_count_with_their_names_and_an_overhead() {
    let mut plugin = builder().build().unwrap();
    plugin.call::<_, ()>("remember", "12345").unwrap();
    assert_eq!(plugin.usage().var_bytes, 4 + 5 + 48);
    plugin.set_var("other", b"1").unwrap();
    assert_eq!(plugin.usage().var_bytes, 57 + 5 + 1 + 48);
    plugin.call::<_, ()>("trap", "").unwrap_err();
    assert_eq!(plugin.usage().var_bytes, 111, "they are kept");
    plugin.remove_var("other");
    plugin.call::<_, ()>("forget", "").unwrap();
    assert_eq!(plugin.usage().var_bytes, 0);
}

#[test]
fn fuel_is_summed_over_instances() {
    let engine = Engine::builder().with_fuel(true).build().unwrap();
    let compiled = builder().with_engine(&engine).compile().unwrap();
    assert_eq!(compiled.usage().fuel, Some(0));
    let mut sum = 0;
    for _ in 0..3 {
        let mut plugin = compiled.instantiate().unwrap();
        for asynchronous in [false, true] {
            match asynchronous {
                true => block_on(plugin.call_async::<_, ()>("echo", "a")).unwrap(),
                false => plugin.call::<_, ()>("echo", "a").unwrap(),
            }
            sum += plugin.fuel_consumed().unwrap();
        }
    }
    assert!(sum > 0);
    assert_eq!(compiled.usage().fuel, Some(sum));
}

#[test]
fn http_requests_count_with_their_bytes() {
    let server = Server::start(1000);
    let mut plugin = builder().with_timing(true).build().unwrap();
    let request = format!(r#"{{"url":"{}"}}"#, server.url());
    plugin.call::<_, ()>("fetch", &request).unwrap();
    let usage = plugin.usage();
    assert_eq!(usage.http_requests, 1);
    assert_eq!((usage.http_sent_bytes, usage.http_received_bytes), server.bytes());
    assert!(usage.http_received_bytes > 1000 && usage.http_time > Duration::ZERO, "{usage:?}");
    assert_eq!(usage.host_time, Duration::ZERO);
    assert_eq!(usage.time, usage.guest_time + usage.http_time);
    block_on(plugin.call_async::<_, ()>("fetch", &request)).unwrap();
    assert_eq!(plugin.usage().http_received_bytes, 2 * usage.http_received_bytes);
    // A refused request counts, but sends nothing.
    plugin.call::<_, ()>("fetch", r#"{"url":"http://example.com/"}"#).unwrap_err();
    assert_eq!(plugin.usage().http_requests, 3);
    assert_eq!(plugin.usage().http_sent_bytes, 2 * usage.http_sent_bytes);
}
