//! Tests that the call path does not allocate.

use allocation_counter::measure;
use extism_runtime::Plugin;

#[test]
fn text_in_and_borrowed_text_out_of_a_resolved_handle_allocates_nothing() {
    let mut plugin = Plugin::new(extism_tests::echo_module(&["echo"])).unwrap();
    let echo = plugin.export::<&str, &str>("echo").unwrap();
    // The first call initializes the instance, the longest one grows its memory.
    let longest = "x".repeat(100_000);
    assert_eq!(echo.call(&mut plugin, &longest).unwrap(), longest);

    let mut lengths = 0;
    let allocations = measure(|| {
        for round in 0..100 {
            lengths += echo.call(&mut plugin, &longest[..round * 1000]).unwrap().len();
        }
    });
    assert_eq!(lengths, 4_950_000);
    assert_eq!(allocations.count_total, 0, "{allocations:?}");
    // Checks that the measurement itself works:
    assert_eq!(measure(|| drop(std::hint::black_box(Box::new(1)))).count_total, 1);
}
