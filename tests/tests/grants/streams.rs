use std::{
    fs::File,
    io::{self, Cursor, Read, Write},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Plugin, Pool, plugin::WasiOutput};

use crate::{AGES, wasi_builder};

/// A writer that the test can look into.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader that waits for what the test sends.
struct Slow(Receiver<&'static [u8]>);

impl Slow {
    fn new() -> (Sender<&'static [u8]>, Self) {
        let (sender, receiver) = channel();
        (sender, Self(receiver))
    }
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Ok(bytes) = self.0.recv() else { return Ok(0) };
        buffer[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

fn read(plugin: &mut Plugin, most: u32) -> Result<String, Error> {
    plugin.call("read", most.to_le_bytes().as_slice())
}

#[test]
fn each_output_goes_to_its_own_writer() {
    let (out, err) = (Shared::default(), Shared::default());
    let mut plugin = wasi_builder().with_stdout(out.clone()).with_stderr(err.clone()).build().unwrap();
    plugin.call::<_, ()>("print", "to the output").unwrap();
    plugin.call::<_, ()>("eprint", "an error").unwrap();
    plugin.call::<_, ()>("print", " and more").unwrap();
    assert_eq!((out.text().as_str(), err.text().as_str()), ("to the output and more", "an error"));
}

#[test]
fn what_was_set_last_counts_for_each_output() {
    let out = Shared::default();
    let both = wasi_builder().with_stdout(out.clone()).with_stderr(out.clone());
    both.with_wasi_output(WasiOutput::Discard).build().unwrap().call::<_, ()>("print", "nowhere").unwrap();
    assert_eq!(out.text(), "");
    let one = wasi_builder().with_wasi_output(WasiOutput::Discard).with_stderr(out.clone());
    let mut plugin = one.build().unwrap();
    plugin.call::<_, ()>("print", "nowhere").unwrap();
    plugin.call::<_, ()>("eprint", "here").unwrap();
    assert_eq!(out.text(), "here");
}

#[test]
fn a_long_output_arrives_whole_from_every_instance() {
    let out = Shared::default();
    let compiled = wasi_builder().with_stdout(out.clone()).compile().unwrap();
    let text = "0123456789".repeat(2000);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| compiled.instantiate().unwrap().call::<_, ()>("print", &text).unwrap());
        }
    });
    assert_eq!(out.text().len(), 4 * text.len());
}

#[test]
fn an_error_of_a_writer_is_one_of_the_plugins_and_so_is_a_panic() {
    struct Failing(bool);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            assert!(!self.0, "in the writer");
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for panics in [false, true] {
        let mut plugin = wasi_builder().with_stdout(Failing(panics)).build().unwrap();
        for _ in 0..2 {
            let error = plugin.call::<_, ()>("print", "hello").unwrap_err();
            assert!(matches!(error, Error::Guest { .. }), "{error}");
        }
        plugin.call::<_, ()>("eprint", "goes on").unwrap();
    }
}

#[test]
fn bytes_are_read_to_their_end_by_each_instance() {
    let compiled = wasi_builder().with_stdin_bytes("hello").compile().unwrap();
    for _ in 0..2 {
        let mut plugin = compiled.instantiate().unwrap();
        assert_eq!(read(&mut plugin, 2).unwrap(), "he");
        assert_eq!(read(&mut plugin, 100).unwrap(), "llo");
        assert_eq!(read(&mut plugin, 100).unwrap(), "");
        plugin.call::<_, ()>("trap", ()).unwrap_err();
        assert_eq!(read(&mut plugin, 100).unwrap(), "hello", "a new instance");
    }
    assert_eq!(read(&mut wasi_builder().build().unwrap(), 100).unwrap(), "", "nothing was given");
}

#[test]
fn a_reader_is_read_once_by_all_instances_together() {
    let compiled = wasi_builder().with_stdin(Cursor::new("abcdef")).compile().unwrap();
    let (mut first, mut second) = (compiled.instantiate().unwrap(), compiled.instantiate().unwrap());
    assert_eq!(read(&mut first, 2).unwrap(), "ab");
    assert_eq!(read(&mut second, 1).unwrap(), "c");
    first.call::<_, ()>("trap", ()).unwrap_err();
    assert_eq!(read(&mut first, 100).unwrap(), "def");
    assert_eq!((read(&mut first, 1).unwrap(), read(&mut second, 1).unwrap()), (String::new(), String::new()));
}

#[test]
fn no_more_is_read_than_the_plugin_wants() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"for the plug-in|for the program").unwrap();
    io::Seek::rewind(&mut file).unwrap();
    let shared: File = file.try_clone().unwrap();
    let mut plugin = wasi_builder().with_stdin(shared).build().unwrap();
    assert_eq!(read(&mut plugin, 15).unwrap(), "for the plug-in");
    let mut rest = String::new();
    file.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "|for the program");
}

#[test]
fn a_call_that_waits_for_input_ends_at_its_deadline_and_the_next_one_gets_the_input() {
    let (sender, slow) = Slow::new();
    let mut plugin = wasi_builder().with_stdin(slow).with_timeout(Duration::from_millis(50)).build().unwrap();
    let start = Instant::now();
    let error = read(&mut plugin, 100).unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }) && start.elapsed() < AGES, "{error}");
    sender.send(b"late").unwrap();
    let mut patient = || read(&mut plugin, 100).ok();
    let text = (0..1000).find_map(|_| patient());
    assert_eq!(text.as_deref(), Some("late"));
}

#[test]
fn a_call_that_waits_for_input_is_cancelled() {
    let (_sender, slow) = Slow::new();
    let mut plugin = wasi_builder().with_stdin(slow).build().unwrap();
    let handle = plugin.cancel_handle();
    let canceller = thread::spawn(move || {
        while !handle.cancel() {
            thread::sleep(Duration::from_millis(1));
        }
    });
    assert!(matches!(read(&mut plugin, 100), Err(Error::Cancelled { .. })));
    canceller.join().unwrap();
}

#[test]
fn a_plain_call_on_the_only_thread_of_a_runtime_waits_for_its_input() {
    let (sender, slow) = Slow::new();
    let mut plugin = wasi_builder().with_stdin(slow).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let sending = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        sender.send(b"hello").unwrap();
    });
    let text = runtime.block_on(async { read(&mut plugin, 100) });
    assert_eq!(text.unwrap(), "hello");
    sending.join().unwrap();
}

#[test]
fn an_async_call_that_waits_for_input_does_not_hold_the_thread() {
    let (sender, slow) = Slow::new();
    let mut plugin = wasi_builder().with_stdin(slow).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let text = runtime.block_on(async move {
        let most = 100u32.to_le_bytes();
        let reading = plugin.call_async::<_, String>("read", most.as_slice());
        // It is sent by the thread that polls both.
        let sending = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            sender.send(b"hello").unwrap();
        };
        tokio::join!(reading, sending).0
    });
    assert_eq!(text.unwrap(), "hello");
}

#[test]
fn an_error_of_a_reader_is_one_of_the_plugins_and_a_panic_ends_the_input() {
    struct Failing(u32);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2 => Err(io::ErrorKind::ConnectionReset.into()),
                3 => {
                    buffer[0] = b'x';
                    Ok(1)
                }
                _ => panic!("in the reader"),
            }
        }
    }
    let mut plugin = wasi_builder().with_stdin(Failing(0)).build().unwrap();
    assert!(matches!(read(&mut plugin, 100), Err(Error::Guest { .. })));
    assert_eq!(read(&mut plugin, 100).unwrap(), "x");
    assert!(matches!(read(&mut plugin, 100), Err(Error::Guest { .. })));
    assert_eq!(read(&mut plugin, 100).unwrap(), "");
}

#[test]
fn many_instances_that_wait_for_the_same_reader_each_get_a_part() {
    let (sender, slow) = Slow::new();
    let pool = Pool::new(wasi_builder().with_stdin(slow).compile().unwrap(), 8);
    let texts: Vec<_> = thread::scope(|scope| {
        let reading: Vec<_> =
            (0..8).map(|_| scope.spawn(|| read(&mut pool.get(AGES).unwrap().unwrap(), 1).unwrap())).collect();
        for byte in [&b"a"[..], b"b", b"c", b"d", b"e", b"f", b"g", b"h"] {
            sender.send(byte).unwrap();
        }
        reading.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut texts = texts.concat().into_bytes();
    texts.sort_unstable();
    assert_eq!(texts, b"abcdefgh");
}
