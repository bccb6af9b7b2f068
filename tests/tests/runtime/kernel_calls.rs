//! Tests that random sequences of kernel calls have the same results as under the official runtime
//! (`tests/fixtures/kernel`). Like official PDKs, they free blocks that they have passed to the host, and use
//! them again.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use extism_runtime::{CurrentPlugin, Manifest, Plugin, PluginBuilder, Val, ValType, Wasm};

/// The operations that return a new handle, and those that return an address in a block.
const HANDLES: [u8; 5] = [0, 1, 2, 22, 23];
const OFFSETS: [u8; 4] = [13, 19, 21, 29];

fn fixture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/kernel");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// An instance of the interpreter, and the results of its operations.
struct Interpreter {
    plugin: Plugin,
    numbers: Arc<Mutex<Vec<u64>>>,
}

impl Interpreter {
    fn new(module: &str) -> Self {
        let numbers = Arc::new(Mutex::new(Vec::new()));
        let traced = Arc::clone(&numbers);
        let trace = move |_: &mut CurrentPlugin<'_>, values: &[Val], _: &mut [Val]| {
            traced.lock().unwrap().extend(values[0].i64().map(i64::cast_unsigned));
            Ok(())
        };
        let config =
            [("a", "value of a"), ("key", "v"), ("empty", ""), ("vowels", "aeiouAEIOU"), ("näme", &"ä".repeat(40))];
        let manifest = config
            .iter()
            .fold(Manifest::new([Wasm::data(module)]), |manifest, (key, value)| manifest.with_config_key(*key, *value));
        let builder = PluginBuilder::new(manifest).with_function("trace", [ValType::I64], [], trace);
        Self { plugin: builder.build().unwrap(), numbers }
    }

    /// Runs a program; returns the result of each operation, and how the call ended.
    fn run(&mut self, program: &[u8]) -> String {
        self.numbers.lock().unwrap().clear();
        let outcome = match self.plugin.call::<_, &[u8]>("run", program) {
            Ok(output) => format!("= {}", output.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
            Err(_) => "failed".to_owned(),
        };
        format!("{} {outcome}", told(program, &self.numbers.lock().unwrap()))
    }
}

/// The results of operations. Handles differ between runtimes, so they are identified by when they first appeared.
fn told(program: &[u8], numbers: &[u64]) -> String {
    let mut known: Vec<u64> = Vec::new();
    let word = |(operation, number): (&[u8], &u64)| {
        let is_handle = HANDLES.contains(&operation[0]);
        if *number == 0 || !(is_handle || OFFSETS.contains(&operation[0])) {
            return number.to_string();
        }
        let near = known.iter().copied().filter(|handle| handle <= number).max();
        let near = near.filter(|near| near == number || !is_handle && number - near <= 4000);
        let near = near.unwrap_or_else(|| {
            known.push(*number);
            *number
        });
        let at = known.iter().position(|handle| *handle == near).unwrap();
        if near == *number { format!("#{at}") } else { format!("#{at}+{}", number - near) }
    };
    program.chunks_exact(4).zip(numbers).map(word).collect::<Vec<_>>().join(" ")
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn programs_that_use_what_they_gave_away_do_as_under_the_official_runtime() {
    let module = fixture("interpreter.wat");
    let programs = fixture("programs.txt");
    let mut different = Vec::new();
    let mut count = 0;
    for line in programs.lines().filter(|line| !line.starts_with('#')) {
        let (calls, official) = line.split_once(": ").unwrap();
        let mut interpreter = Interpreter::new(&module);
        let ours: Vec<_> = calls.split(' ').map(|call| interpreter.run(&bytes(call))).collect();
        let ours = ours.join(" / ");
        if ours != official {
            different.push(format!("{calls}\n  ours     {ours}\n  official {official}"));
        }
        count += 1;
    }
    let first = different.first().map_or("", String::as_str);
    assert!(different.is_empty(), "{} of {count} programs differ; the first:\n{first}", different.len());
    assert_eq!(count, 500);
}
