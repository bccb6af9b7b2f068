//! What many instances and many plug-ins take, in time and memory: `cargo bench -p extism-benches --bench scale`, or with
//! `instances` or `plugins` after it, and numbers of them. `pages` lists the pages of memory that one idle instance has.
//!
//! Each line comes from a process of its own, so that nothing is left of the one before.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use extism_benches::guests;
use extism_runtime::{CompiledPlugin, Engine, Plugin, PluginBuilder};
use wasm_encoder::{CustomSection, Section as _};

/// An engine whose guests have memory before they ask for it.
const WITH_HEADROOM: &str = "dense with headroom";

/// Tells a process which line is its own.
const LINE: &str = "BENCHES_LINE";

fn main() {
    if let Ok(line) = std::env::var(LINE) {
        return one(&line);
    }
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |what: &str| arguments.iter().all(|argument| argument.parse::<usize>().is_ok() || argument == what);
    let numbers: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let numbers = |default: &[usize]| if numbers.is_empty() { default.to_vec() } else { numbers.clone() };
    if wants("instances") {
        println!("| guest | engine | instances | new | first call | later call | memory | page tables | mappings |");
        println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for guest in ["C", "Rust PDK"] {
            let engines = if guest == "C" { &["default", "dense"][..] } else { &["default", "dense", WITH_HEADROOM] };
            for engine in engines {
                for number in numbers(&[1_000, 10_000, 100_000]) {
                    run(&format!("instances,{guest},{engine},{number}"));
                }
            }
        }
    }
    if wants("pages") {
        println!("\n| guest | where | pages of 4 KiB |\n| --- | --- | ---: |");
        ["C", "Rust PDK"].iter().for_each(|guest| run(&format!("pages,{guest}")));
    }
    if wants("plugins") {
        println!("\n| plug-ins | threads | cache | each | memory each |\n| ---: | ---: | --- | ---: | ---: |");
        for number in numbers(&[100, 1_000]) {
            let folder = tempfile::tempdir().expect("a directory");
            let folder = folder.path().display();
            for (threads, cache) in [(2, "cold"), (1, "warm"), (2, "warm")] {
                run(&format!("plugins,{number},{threads},{cache},{folder}"));
            }
        }
    }
}

fn run(line: &str) {
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program).env(LINE, line).status().expect("it starts");
    if !status.success() {
        println!("| {line}: {status} |");
    }
}

fn one(line: &str) {
    let parts: Vec<&str> = line.split(',').collect();
    match parts[..] {
        ["instances", guest, engine, number] => instances(guest, engine, number.parse().expect("a number")),
        ["pages", guest] => pages::show(guest, guest_of(guest)),
        ["plugins", number, threads, cache, folder] => {
            let (number, threads) = (number.parse().expect("a number"), threads.parse().expect("a number"));
            plugins(number, threads, cache, Path::new(folder));
        }
        _ => panic!("no line: {line}"),
    }
}

fn guest_of(name: &str) -> &'static [u8] {
    if name == "C" { guests::ECHO } else { guests::ECHO_PDK }
}

fn instances(guest: &str, engine: &str, number: usize) {
    let wasm = guest_of(guest);
    let builder = Engine::builder().with_cache(false).with_dense(engine != "default");
    // A Rust guest grows its memory by one page.
    let headroom = if engine == WITH_HEADROOM { 64 << 10 } else { 0 };
    let engine_of = builder.with_memory_headroom(headroom).build().expect("an engine");
    let compiled = PluginBuilder::new(wasm).with_engine(&engine_of).compile().expect("it compiles");
    // Whatever is created once is there.
    let mut warm = compiled.instantiate().expect("an instance");
    call(&mut warm);
    let before = Memory::now();
    let began = Instant::now();
    let mut plugins = match create(&compiled, number) {
        Ok(plugins) => plugins,
        Err((many, error)) => {
            println!("| {guest} | {engine} | {number} | after {many}: {error} | | | | | |");
            return;
        }
    };
    let new = began.elapsed();
    let first = calls(&mut plugins);
    let after = Memory::now();
    let later = calls(&mut plugins);
    let each = |time: Duration| format!("{:.2} us", time.as_secs_f64() * 1e6 / number as f64);
    let kib = |before: u64, after: u64| format!("{:.1} KiB", after.saturating_sub(before) as f64 / number as f64);
    println!(
        "| {guest} | {engine} | {number} | {} | {} | {} | {} | {} | {} |",
        each(new),
        each(first),
        each(later),
        kib(before.resident, after.resident),
        kib(before.tables, after.tables),
        after.mappings - before.mappings,
    );
    // The system frees all at once.
    std::process::exit(0);
}

fn create(compiled: &CompiledPlugin, number: usize) -> Result<Vec<Plugin>, (usize, String)> {
    let mut plugins = Vec::with_capacity(number);
    for _ in 0..number {
        match compiled.instantiate() {
            Ok(plugin) => plugins.push(plugin),
            Err(error) => return Err((plugins.len(), text(&error))),
        }
    }
    Ok(plugins)
}

fn text(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}; {}", text(source)))
}

fn call(plugin: &mut Plugin) {
    assert_eq!(plugin.call::<_, &str>("echo", "hello").expect("it works"), "hello");
}

fn calls(plugins: &mut [Plugin]) -> Duration {
    let began = Instant::now();
    plugins.iter_mut().for_each(call);
    began.elapsed()
}

/// What the system says about the process, in KiB.
struct Memory {
    resident: u64,
    tables: u64,
    mappings: usize,
}

impl Memory {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kib = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
        };
        let mappings = std::fs::read_to_string("/proc/self/maps").unwrap_or_default().lines().count();
        Self { resident: kib("VmRSS:"), tables: kib("VmPTE:"), mappings }
    }
}

/// Compiles `number` different plug-ins in files, creates an instance of each, and calls it once.
fn plugins(number: usize, threads: usize, cache: &str, folder: &Path) {
    let modules: Vec<PathBuf> = (0..number).map(|number| folder.join(format!("{number}.wasm"))).collect();
    for (number, path) in modules.iter().enumerate().filter(|(_, path)| !path.exists()) {
        fs::write(path, different(number)).expect("it can be written");
    }
    let (before, began) = (Memory::now(), Instant::now());
    let engine = Engine::builder().with_cache_directory(folder.join("cache")).build().expect("an engine");
    let ready: Vec<Plugin> = std::thread::scope(|scope| {
        let started: Vec<_> = modules
            .chunks(number.div_ceil(threads))
            .map(|modules| scope.spawn(|| modules.iter().map(|module| ready(&engine, module)).collect::<Vec<_>>()))
            .collect();
        started.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let taken = began.elapsed().as_secs_f64() * 1e3 / number as f64;
    let memory = Memory::now().resident.saturating_sub(before.resident) as f64 / number as f64;
    println!("| {number} | {threads} | {cache} | {taken:.2} ms | {memory:.0} KiB |");
    drop(ready);
    std::process::exit(0);
}

fn ready(engine: &Engine, module: &Path) -> Plugin {
    let mut plugin = PluginBuilder::new(module).with_engine(engine).build().expect("it builds");
    assert!(plugin.call::<_, &str>("count_vowels", "hello").expect("it works").contains("\"count\":2"));
    plugin
}

/// A module that differs from all others.
fn different(number: usize) -> Vec<u8> {
    let mut module = guests::COUNT_VOWELS.to_vec();
    let section = CustomSection { name: "number".into(), data: number.to_le_bytes().to_vec().into() };
    section.append_to(&mut module);
    module
}

/// Which pages an instance has written to.
mod pages {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs::{self, File},
        os::unix::fs::FileExt,
        process::exit,
    };

    use extism_runtime::{Engine, Plugin, PluginBuilder};
    use wasmparser::{DataKind, Operator, Parser, Payload};

    const PAGE: u64 = 4096;
    /// Bytes of the kernel's memory.
    const KERNEL: u64 = 1 << 20;

    /// A page that the process has written to, in a region that can all be accessed.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    struct Page {
        address: u64,
        /// The region's first address, and its bytes.
        start: u64,
        length: u64,
    }

    /// The parts of a guest's memory: where its data is, and where its stack begins.
    struct Layout {
        data: Vec<(u64, u64)>,
        stack: u64,
        bytes: u64,
    }

    impl Layout {
        fn of(wasm: &[u8]) -> Self {
            let mut layout = Self { data: Vec::new(), stack: 0, bytes: 0 };
            for payload in Parser::new(0).parse_all(wasm) {
                match payload.expect("it is valid") {
                    Payload::MemorySection(memories) => {
                        layout.bytes = memories.into_iter().next().map_or(0, |ty| ty.expect("a memory").initial << 16);
                    }
                    Payload::GlobalSection(globals) => {
                        let first = globals.into_iter().next().map(|global| global.expect("a global").init_expr);
                        layout.stack = first.map_or(0, |init| number(init.get_operators_reader().read()));
                    }
                    Payload::DataSection(segments) => {
                        for segment in segments {
                            let segment = segment.expect("a segment");
                            if let DataKind::Active { offset_expr, .. } = segment.kind {
                                let start = number(offset_expr.get_operators_reader().read());
                                layout.data.push((start, start + segment.data.len() as u64));
                            }
                        }
                    }
                    _ => {}
                }
            }
            layout
        }

        fn part(&self, page: &Page) -> &'static str {
            let address = page.address - page.start;
            let has_data = |(start, end): &(u64, u64)| *start < address + PAGE && address < *end;
            match page.length {
                KERNEL => "kernel's memory: header, input, output",
                other if other != self.bytes && other != self.bytes + (1 << 16) => "host: store, instance, meter",
                _ if address + PAGE <= self.stack => "guest: stack",
                _ if self.data.iter().any(has_data) => "guest: data, written to",
                _ if address < self.bytes => "guest: variables",
                _ => "guest: heap",
            }
        }
    }

    fn number(operator: Result<Operator<'_>, wasmparser::BinaryReaderError>) -> u64 {
        match operator {
            Ok(Operator::I32Const { value }) => value as u64,
            _ => 0,
        }
    }

    pub(super) fn show(guest: &str, wasm: &[u8]) {
        let engine = Engine::builder().with_cache(false).build().expect("an engine");
        let compiled = PluginBuilder::new(wasm).with_engine(&engine).compile().expect("it compiles");
        let create = || {
            let mut plugin = compiled.instantiate().expect("an instance");
            super::call(&mut plugin);
            plugin
        };
        // Enough that what the allocator sets aside for later ones does not count for one.
        let warm: Vec<Plugin> = (0..20).map(|_| create()).collect();
        let mut kept = Vec::with_capacity(100);
        let before = written();
        kept.extend((0..100).map(|_| create()));
        let layout = Layout::of(wasm);
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for page in written().difference(&before) {
            *counts.entry(layout.part(page)).or_default() += 1;
        }
        for (part, pages) in counts {
            println!("| {guest} | {part} | {:.2} |", f64::from(pages) / 100.0);
        }
        drop((warm, kept));
        exit(0);
    }

    /// The pages that this process has written to.
    fn written() -> BTreeSet<Page> {
        let pagemap = File::open("/proc/self/pagemap").expect("Linux");
        let mut pages = BTreeSet::new();
        for (start, end) in regions() {
            let mut entries = vec![0; ((end - start) / PAGE * 8) as usize];
            if pagemap.read_exact_at(&mut entries, start / PAGE * 8).is_err() {
                continue;
            }
            for (index, entry) in entries.chunks_exact(8).enumerate() {
                let entry = u64::from_le_bytes(entry.try_into().expect("8 bytes"));
                // Present, and of no file.
                if entry >> 63 == 1 && entry >> 61 & 1 == 0 {
                    pages.insert(Page { address: start + index as u64 * PAGE, start, length: end - start });
                }
            }
        }
        pages
    }

    /// The regions that can be written to, each from the first inaccessible address to the next.
    fn regions() -> Vec<(u64, u64)> {
        let maps = fs::read_to_string("/proc/self/maps").expect("Linux");
        let mut regions: Vec<(u64, u64)> = Vec::new();
        for line in maps.lines() {
            let (range, rest) = line.split_once(' ').expect("a range");
            let (start, end) = range.split_once('-').expect("a range");
            let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).expect("an address"));
            match regions.last_mut() {
                _ if !rest.starts_with("rw") => {}
                Some(last) if last.1 == start => last.1 = end,
                _ => regions.push((start, end)),
            }
        }
        regions
    }
}
