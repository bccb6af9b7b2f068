//! Tests that plug-ins' log messages go to the `tracing` subscriber. These tests need their own process,
//! because the subscriber raises the level for the whole process.

mod logger;

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

use self::logger::{level, log_all, logger};

#[test]
fn a_subscriber_of_tracing_gets_them_with_the_plugins_name_and_id() {
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

    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    let mut plugin = logger();
    tracing::subscriber::with_default(subscriber, || {
        log_all(&mut plugin, b"to tracing");
        assert_eq!(level(&mut plugin), 2);
    });
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.matches("to tracing").count(), 3, "{text}");
    assert!(text.contains("extism::plugin") && text.contains("plugin=\"logger\""), "{text}");
    assert!(text.contains(&format!("id={}", plugin.id())), "{text}");

    for (max, lowest) in
        [(tracing::Level::ERROR, 4), (tracing::Level::WARN, 3), (tracing::Level::DEBUG, 1), (tracing::Level::TRACE, 0)]
    {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(max).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            log_all(&mut plugin, b"at its level");
            assert_eq!(level(&mut plugin), lowest);
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches("at its level").count(), 5 - lowest as usize, "{text}");
    }
    // A panic of the subscriber unwinds through the call, which then has ended.
    let panicking = tracing_subscriber::fmt().with_writer(|| -> io::Sink { panic!("in the subscriber") }).finish();
    let call = || tracing::subscriber::with_default(panicking, || log_all(&mut plugin, b"lost"));
    catch_unwind(AssertUnwindSafe(call)).expect_err("the subscriber panics");
    assert!(!plugin.cancel_handle().cancel(), "there is no call");
    log_all(&mut plugin, b"usable");
}
