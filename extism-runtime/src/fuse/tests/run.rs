//! Runs a module with the reference kernel or fused, and records everything that can be observed.

use std::{cell::OnceCell, collections::BTreeMap};

use wasmtime::{
    Config, Engine, Extern, ExternType, Func, FuncType, Global, Instance, Memory, Module, Ref, Store, StoreLimits,
    StoreLimitsBuilder, Table, Tag, Trap, V128, Val, ValType,
};

use super::guest::{FUNCTIONS, MAX_PAGES};
use crate::{
    fuse::{Fused, MODULE},
    kernel::{
        layout::{INITIAL_PAGES, PAGE},
        reference::Reference,
    },
};

struct Host {
    kernel: Reference,
    limits: StoreLimits,
    /// How many times the module called its kernel.
    calls: usize,
}

/// What can be observed in a run: the result of each step, then the final state.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    steps: Vec<String>,
    /// Memories and globals by export.
    state: BTreeMap<String, String>,
    kernel_calls: usize,
}

thread_local! {
    static ENGINE: OnceCell<Engine> = const { OnceCell::new() };
}

fn engine() -> Engine {
    ENGINE.with(|engine| {
        let make = || {
            let mut config = Config::new();
            config.cranelift_nan_canonicalization(true).relaxed_simd_deterministic(true);
            config.memory_reservation(1 << 26).wasm_wide_arithmetic(true);
            Engine::new(&config).unwrap()
        };
        engine.get_or_init(make).clone()
    })
}

/// Runs the module against the reference.
pub(super) fn unfused(wasm: &[u8]) -> Outcome {
    Run::new(wasm, wasm, false).run(None)
}

/// Runs the fused module; `original` determines which exports to look at.
pub(super) fn fused(original: &[u8], fused: &Fused) -> Outcome {
    Run::new(original, &fused.wasm, true).run(fused.start.as_deref())
}

struct Run {
    exports: Vec<String>,
    fused: bool,
    module: Module,
    store: Store<Host>,
}

impl Run {
    fn new(original: &[u8], wasm: &[u8], fused: bool) -> Self {
        let engine = engine();
        let original = Module::new(&engine, original).unwrap();
        let limits = StoreLimitsBuilder::new().memory_size((MAX_PAGES * PAGE) as usize).table_elements(2_000).build();
        let kernel = Reference::new(INITIAL_PAGES.into(), MAX_PAGES);
        let mut store = Store::new(&engine, Host { kernel, limits, calls: 0 });
        store.limiter(|host| &mut host.limits);
        let exports = original.exports().map(|export| export.name().to_owned()).collect();
        Self { exports, fused, module: Module::new(&engine, wasm).unwrap(), store }
    }

    fn run(mut self, start: Option<&str>) -> Outcome {
        let imports: Vec<_> =
            self.module.imports().map(|i| (i.module() == MODULE, i.name().to_owned(), i.ty())).collect();
        let imports: Vec<_> = imports.into_iter().map(|(kernel, name, ty)| self.import(kernel, &name, ty)).collect();
        let mut steps = Vec::new();
        let mut instance = Instance::new(&mut self.store, &self.module, &imports).map_err(|error| told(&error));
        if let (Ok(created), Some(start)) = (&instance, start) {
            let function = created.get_func(&mut self.store, start).unwrap();
            if let Err(error) = function.call(&mut self.store, &[], &mut []) {
                instance = Err(told(&error));
            }
        }
        let state = match instance {
            Ok(instance) => {
                self.call_all(&instance, &mut steps);
                self.state(&instance)
            }
            Err(error) => {
                steps.push(error);
                BTreeMap::new()
            }
        };
        Outcome { steps, state, kernel_calls: self.store.data().calls }
    }

    fn import(&mut self, of_kernel: bool, name: &str, ty: ExternType) -> Extern {
        match ty {
            ExternType::Func(ty) => self.function(of_kernel, name, ty).into(),
            ExternType::Memory(ty) => Memory::new(&mut self.store, ty).unwrap().into(),
            ExternType::Table(ty) => Table::new(&mut self.store, ty, Ref::Func(None)).unwrap().into(),
            ExternType::Global(ty) => Global::new(&mut self.store, ty, Val::I64(5)).unwrap().into(),
            ExternType::Tag(ty) => Tag::new(&mut self.store, &ty).unwrap().into(),
        }
    }

    /// Returns a kernel function if `of_kernel`, otherwise a function that returns numbers computed from its arguments.
    fn function(&mut self, of_kernel: bool, name: &str, ty: FuncType) -> Func {
        let kernel = FUNCTIONS.iter().find(|(known, ..)| of_kernel && *known == name);
        let kernel = kernel.filter(|(_, params, results)| FuncType::eq(&ty, &plain(params, results)));
        assert!(!(self.fused && kernel.is_some()), "{name} is still imported");
        let name = kernel.map(|(name, ..)| *name);
        let results = ty.results().collect::<Vec<_>>();
        Func::new(&mut self.store, ty, move |mut caller, arguments, values| {
            let arguments: Vec<i64> = arguments.iter().map(number).collect();
            let result = match name {
                Some(name) => {
                    caller.data_mut().calls += 1;
                    let kernel = &mut caller.data_mut().kernel;
                    let result = kernel.call(name, &arguments);
                    if std::mem::take(&mut kernel.exhausted) {
                        return Err(Trap::UnreachableCodeReached.into());
                    }
                    result
                }
                None => arguments.iter().sum::<i64>() ^ 0x4d,
            };
            for (value, ty) in values.iter_mut().zip(&results) {
                *value = if ty.is_i32() { Val::I32(result as i32) } else { Val::I64(result) };
            }
            Ok(())
        })
    }

    /// Calls all exported functions, several times.
    fn call_all(&mut self, instance: &Instance, steps: &mut Vec<String>) {
        for (round, argument) in [0, 40, 0x280, -1].into_iter().enumerate() {
            for name in self.exports.clone() {
                let Some(Extern::Func(function)) = instance.get_export(&mut self.store, &name) else { continue };
                let ty = function.ty(&self.store);
                let Some(arguments) = ty.params().map(|ty| value(&ty, argument)).collect::<Option<Vec<_>>>() else {
                    continue;
                };
                let mut results = vec![Val::I32(0); ty.results().len()];
                let outcome = function.call(&mut self.store, &arguments, &mut results);
                let outcome = outcome.map_or_else(|error| told(&error), |()| format!("{:?}", results.iter().map(seen)));
                steps.push(format!("{round} {name}: {outcome}"));
            }
        }
    }

    fn state(&mut self, instance: &Instance) -> BTreeMap<String, String> {
        let mut state = BTreeMap::new();
        for name in &self.exports {
            let seen = match instance.get_export(&mut self.store, name) {
                Some(Extern::Memory(memory)) => {
                    let bytes = memory.data(&self.store);
                    format!("{} bytes, sum {}", bytes.len(), checksum(bytes))
                }
                Some(Extern::Global(global)) => seen(&global.get(&mut self.store)),
                Some(Extern::Table(table)) => {
                    let elements = (0..table.size(&self.store)).map(|at| table.get(&mut self.store, at).unwrap());
                    elements.map(|element| if element.is_null() { '-' } else { 'x' }).collect()
                }
                _ => continue,
            };
            state.insert(name.clone(), seen);
        }
        state
    }
}

fn plain(params: &[&str], results: &[&str]) -> FuncType {
    let ty = |name: &&str| if *name == "i32" { ValType::I32 } else { ValType::I64 };
    FuncType::new(&engine(), params.iter().map(ty), results.iter().map(ty))
}

fn number(value: &Val) -> i64 {
    match value {
        Val::I32(value) => i64::from(value.cast_unsigned()),
        Val::I64(value) => *value,
        _ => 0,
    }
}

/// Returns an argument; `None` if no value of the type can be created.
fn value(ty: &ValType, number: i64) -> Option<Val> {
    Some(match ty {
        ValType::I32 => Val::I32(number as i32),
        ValType::I64 => Val::I64(number),
        ValType::F32 => Val::F32((number as u32) << 8),
        ValType::F64 => Val::F64(number.cast_unsigned() << 8),
        ValType::V128 => V128::from(number as u128).into(),
        ValType::Ref(ty) if ty.is_nullable() => Val::null_ref(ty.heap_type()),
        ValType::Ref(_) => return None,
    })
}

fn seen(value: &Val) -> String {
    match value {
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(bits) => format!("f32 {bits:#x}"),
        Val::F64(bits) => format!("f64 {bits:#x}"),
        Val::V128(value) => format!("v128 {:#x}", value.as_u128()),
        reference => {
            if reference.ref_().is_none_or(|value| value.is_null()) {
                "null".to_owned()
            } else {
                "a reference".to_owned()
            }
        }
    }
}

fn told(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<Trap>() {
        Some(trap) => format!("trap: {trap}"),
        None => format!("error: {}", error.root_cause()),
    }
}

fn checksum(bytes: &[u8]) -> u64 {
    let words = bytes.chunks_exact(8).zip(1_u64..).filter(|(word, _)| word.iter().any(|byte| *byte != 0));
    words.fold(0, |sum, (word, at)| sum ^ u64::from_le_bytes(word.try_into().unwrap_or([0; 8])).wrapping_mul(at | 1))
}

/// What has been compared so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    modules: usize,
    steps: usize,
    traps: usize,
    kernel_calls: usize,
}

impl Seen {
    /// Asserts that both outcomes are equal, up to a stack overflow: the depth at which it happens is not fixed.
    pub(super) fn compare(&mut self, expected: &Outcome, outcome: &Outcome, what: &str) {
        let overflow = |outcome: &Outcome| outcome.steps.iter().position(|step| step.contains("stack"));
        if let Some(at) = overflow(expected).into_iter().chain(overflow(outcome)).min() {
            assert_eq!(expected.steps.get(..at), outcome.steps.get(..at), "{what}");
            return;
        }
        assert_eq!(expected.steps, outcome.steps, "{what}");
        assert_eq!(expected.state, outcome.state, "{what}");
        self.modules += 1;
        self.steps += expected.steps.len();
        self.traps += expected.steps.iter().filter(|step| step.contains("trap")).count();
        self.kernel_calls += expected.kernel_calls;
    }

    pub(super) fn assert_enough(&self) {
        let enough = self.modules > 300 && self.steps > 5_000 && self.traps > 100 && self.kernel_calls > 5_000;
        assert!(enough, "{self:?}");
    }
}
