//! Guests that call each kernel function in every way that a module can.

use std::fmt::Write;

use wasmtime::{Config, Engine, Instance, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, Trap, Val};

use crate::{
    fuse::{Fused, KernelMemory, fuse},
    kernel::{
        self,
        layout::{EXHAUSTED, PAGE},
    },
};

/// The kernel's functions, with the types of their parameters and results.
pub(crate) const FUNCTIONS: &[(&str, &[&str], &[&str])] = &[
    ("alloc", &["i64"], &["i64"]),
    ("free", &["i64"], &[]),
    ("length", &["i64"], &["i64"]),
    ("length_unsafe", &["i64"], &["i64"]),
    ("load_u8", &["i64"], &["i32"]),
    ("load_u64", &["i64"], &["i64"]),
    ("store_u8", &["i64", "i32"], &[]),
    ("store_u64", &["i64", "i64"], &[]),
    ("input_set", &["i64", "i64"], &[]),
    ("input_length", &[], &["i64"]),
    ("input_offset", &[], &["i64"]),
    ("input_load_u8", &["i64"], &["i32"]),
    ("input_load_u64", &["i64"], &["i64"]),
    ("output_set", &["i64", "i64"], &[]),
    ("output_offset", &[], &["i64"]),
    ("output_length", &[], &["i64"]),
    ("error_set", &["i64"], &[]),
    ("error_get", &[], &["i64"]),
    ("reset", &[], &[]),
    ("memory_bytes", &[], &["i64"]),
];

/// The ways in which a guest calls a function that it imports.
pub(crate) const FORMS: &[&str] = &["direct", "tail", "again", "table", "reference", "global"];

/// Returns a module with a function `FORM:NAME` for each form and each kernel function.
pub(crate) fn every_call() -> String {
    let mut text = String::from("(module\n");
    for (name, params, results) in FUNCTIONS {
        let signature = format!("(param {}) (result {})", params.join(" "), results.join(" "));
        writeln!(text, "(type $t-{name} (func {signature}))").unwrap();
        writeln!(text, "(import \"extism:host/env\" \"{name}\" (func ${name} (type $t-{name})))").unwrap();
    }
    writeln!(text, "(import \"host\" \"other\" (func $other (param i32) (result i32)))").unwrap();
    text.push_str("(memory (export \"own\") 1)\n");
    let names: Vec<_> = FUNCTIONS.iter().map(|(name, ..)| format!("${name}")).collect();
    writeln!(text, "(table $table funcref (elem {} $other))", names.join(" ")).unwrap();
    for (at, (name, params, _)) in FUNCTIONS.iter().enumerate() {
        let gets = ["", "local.get 0", "local.get 0 local.get 1"][params.len()];
        let mut function = |form: &str, call: &str| {
            writeln!(text, "(func (export \"{form}:{name}\") (type $t-{name}) {gets} {call})").unwrap();
        };
        function("direct", &format!("call ${name}"));
        function("tail", &format!("return_call ${name}"));
        function("table", &format!("i32.const {at} call_indirect (type $t-{name})"));
        function("reference", &format!("ref.func ${name} call_ref $t-{name}"));
        function("global", &format!("global.get $g-{name} call_ref $t-{name}"));
        writeln!(text, "(global $g-{name} (ref $t-{name}) (ref.func ${name}))").unwrap();
        writeln!(text, "(export \"again:{name}\" (func ${name}))").unwrap();
    }
    text.push_str("(func (export \"other\") (param i32) (result i32) local.get 0 call $other))");
    text
}

/// The most pages that the kernel's memory of a [`FusedGuest`] may have.
pub(crate) const MAX_PAGES: u64 = 128;

/// A fused module, instantiated.
pub(crate) struct FusedGuest {
    store: Store<StoreLimits>,
    instance: Instance,
    memory: Memory,
}

impl FusedGuest {
    pub(crate) fn new(engine: &Engine, wat: &str) -> Self {
        let fused = fuse(&wat::parse_str(wat).unwrap(), KernelMemory::Define).unwrap();
        Self::of(engine, &fused)
    }

    /// Creates a guest whose kernel's memory may have `pages` pages.
    pub(crate) fn with_pages(engine: &Engine, wat: &str, pages: u64) -> Self {
        Self::limited(engine, &fuse(&wat::parse_str(wat).unwrap(), KernelMemory::Define).unwrap(), pages)
    }

    pub(crate) fn of(engine: &Engine, fused: &Fused) -> Self {
        Self::limited(engine, fused, MAX_PAGES)
    }

    pub(crate) fn limited(engine: &Engine, fused: &Fused, pages: u64) -> Self {
        let module = Module::new(engine, &fused.wasm).unwrap();
        let limits = StoreLimitsBuilder::new().memory_size((pages * PAGE) as usize).build();
        let mut store = Store::new(engine, limits);
        store.limiter(|limits| limits);
        // Fails if the engine does not count fuel.
        _ = store.set_fuel(u64::MAX);
        let mut linker = wasmtime::Linker::new(engine);
        linker.func_wrap("host", "other", |x: i32| x + 1).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let memory = instance.get_memory(&mut store, fused.memory_export.as_ref().unwrap()).unwrap();
        Self { store, instance, memory }
    }

    /// Returns the kernel's memory.
    pub(crate) fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    pub(crate) fn grow(&mut self, pages: u64) -> bool {
        self.memory.grow(&mut self.store, pages).is_ok()
    }

    /// Calls an export, and counts steps in units of wasmtime's fuel.
    pub(crate) fn steps(&mut self, export: &str, arguments: &[i64]) -> (i64, u64) {
        let before = 1 << 40;
        self.store.set_fuel(before).unwrap();
        let result = self.call(export, arguments);
        (result, before - self.store.get_fuel().unwrap())
    }

    /// Calls an export; `i32` results are zero-extended. Returns 0 for a call without a result and for an `alloc` that
    /// ends the call.
    pub(crate) fn call(&mut self, export: &str, arguments: &[i64]) -> i64 {
        let function = self.instance.get_func(&mut self.store, export).unwrap();
        let ty = function.ty(&self.store);
        let arguments: Vec<_> = ty
            .params()
            .zip(arguments)
            .map(|(ty, value)| if ty.is_i32() { Val::I32(*value as i32) } else { Val::I64(*value) })
            .collect();
        let mut results = vec![Val::I64(0); ty.results().len()];
        if let Err(error) = function.call(&mut self.store, &arguments, &mut results) {
            let exhausted = kernel::is_exhausted(self.memory()) && export.ends_with(":alloc");
            assert!(exhausted && error.is::<Trap>(), "{export}: {error:?}");
            self.memory()[EXHAUSTED as usize] = 0;
            return 0;
        }
        match results.first() {
            Some(Val::I32(value)) => i64::from(*value as u32),
            Some(value) => value.unwrap_i64(),
            None => 0,
        }
    }
}

pub(crate) fn engine() -> Engine {
    Engine::new(&Config::new()).unwrap()
}
