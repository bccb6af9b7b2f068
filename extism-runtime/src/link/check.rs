//! Checks every import of every module against what is available, and reports all problems at once.

use std::collections::{BTreeSet, HashMap};

use wasmtime::{ExternType, Linker, Store};

use super::host::BoundFunction;
use crate::{
    artifact::WASI,
    engine_types::{from_extern_type, from_func_type},
    env,
    error::{BuiltFor, LinkProblem, MissingHint},
    fuse::environment,
    nearest::{is_slip, nearest},
    store::StoreData,
    value::{ExternType as OurExternType, FuncType},
};

/// Maximum number of reported problems: a module may have a million imports.
const MAX_PROBLEMS: usize = 1000;
/// Maximum number of hints; looking for them takes longer than everything else.
const MAX_HINTS: usize = 50;

/// A module as the check sees it.
pub(crate) struct Candidate<'a> {
    pub(crate) name: &'a str,
    pub(crate) module: &'a wasmtime::Module,
    /// Whether its last import is the kernel's memory, added by fusing.
    pub(crate) imports_kernel: bool,
    /// The exports added by fusing, which other modules cannot import.
    pub(crate) hidden: Vec<&'a str>,
}

impl Candidate<'_> {
    fn export(&self, name: &str) -> Option<ExternType> {
        if self.hidden.contains(&name) { None } else { self.module.get_export(name) }
    }
}

/// Returns all imports that nothing satisfies, or the first of them if there are too many.
pub(crate) fn check(
    modules: &[Candidate<'_>],
    linker: &Linker<StoreData>,
    functions: &[std::sync::Arc<BoundFunction>],
    granted: &BTreeSet<String>,
    store: &mut Store<StoreData>,
) -> Vec<LinkProblem> {
    let by_name: HashMap<_, _> = modules.iter().map(|module| (module.name, module)).collect();
    let refused = functions.iter().filter_map(|function| {
        Some(((function.namespace.as_str(), function.name.as_str()), function.lacks.as_deref()?))
    });
    let refused = refused.collect();
    let mut checker = Checker { by_name, linker, functions, refused, granted, store, hints: MAX_HINTS };
    let mut problems = Vec::new();
    for module in modules {
        let own = module.module.imports().len() - usize::from(module.imports_kernel);
        for import in module.module.imports().take(own) {
            problems.extend(checker.check_permission(module.name, import.module(), import.name()));
            problems.extend(checker.check_import(module.name, import.module(), import.name(), import.ty()));
            if problems.len() >= MAX_PROBLEMS {
                problems.truncate(MAX_PROBLEMS);
                return problems;
            }
        }
    }
    problems
}

struct Checker<'a> {
    by_name: HashMap<&'a str, &'a Candidate<'a>>,
    linker: &'a Linker<StoreData>,
    functions: &'a [std::sync::Arc<BoundFunction>],
    /// The permission that is missing for each host function that the plug-in may not import.
    refused: HashMap<(&'a str, &'a str), &'a str>,
    granted: &'a BTreeSet<String>,
    store: &'a mut Store<StoreData>,
    /// How many more hints may be looked for.
    hints: usize,
}

impl Checker<'_> {
    fn check_permission(&self, module: &str, namespace: &str, name: &str) -> Option<LinkProblem> {
        let permission = *self.refused.get(&(namespace, name))?;
        // What another module exports is not the host's.
        if self.by_name.get(namespace).is_some_and(|other| other.export(name).is_some()) {
            return None;
        }
        Some(LinkProblem::NotGranted {
            module: module.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            permission: permission.to_owned(),
            nearest: nearest(permission, self.granted.iter().map(String::as_str)).map(str::to_owned),
        })
    }

    fn check_import(&mut self, module: &str, namespace: &str, name: &str, ty: ExternType) -> Option<LinkProblem> {
        let given = match self.by_name.get(namespace).and_then(|other| other.export(name)) {
            Some(given) => Some(given),
            None => self.linker.get(&mut *self.store, namespace, name).ok().map(|given| given.ty(&*self.store)),
        };
        match (ty, given) {
            (ExternType::Func(expected), Some(ExternType::Func(given))) if given.matches(&expected) => None,
            (ExternType::Func(expected), Some(ExternType::Func(given))) => {
                Some(mistyped(module, namespace, name, &expected, from_func_type(&given)))
            }
            (ExternType::Func(expected), _) => Some(self.missing(module, namespace, name, &expected)),
            (other, Some(given)) if same_kind(&other, &given) => None,
            (other, _) => Some(LinkProblem::NotAFunction {
                module: module.to_owned(),
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                kind: from_extern_type(&other).to_string(),
            }),
        }
    }

    fn missing(&mut self, module: &str, namespace: &str, name: &str, expected: &wasmtime::FuncType) -> LinkProblem {
        // A kernel function that was not fused has a signature other than the kernel's.
        if let Some(given) = env::fused_type(namespace, name) {
            return mistyped(module, namespace, name, expected, given);
        }
        LinkProblem::Missing {
            module: module.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            expected: from_func_type(expected),
            hint: self.hint(namespace, name),
        }
    }

    fn hint(&mut self, namespace: &str, name: &str) -> MissingHint {
        if namespace == WASI {
            return self.wasi_hint();
        }
        let built_for = BuiltFor::of(namespace, name).map(MissingHint::BuiltFor);
        let Some(left) = self.hints.checked_sub(1) else { return built_for.unwrap_or(MissingHint::Give) };
        self.hints = left;
        if let Some(module) = self.by_name.get(namespace) {
            let visible =
                module.module.exports().map(|export| export.name()).filter(|name| !module.hidden.contains(name));
            let near = nearest(name, visible);
            return MissingHint::NoSuchExport { module: namespace.to_owned(), nearest: near.map(str::to_owned) };
        }
        if let Some(elsewhere) = self.functions.iter().find(|function| function.name == name) {
            return MissingHint::OtherNamespace(elsewhere.namespace.clone());
        }
        if let Some((dialect, function)) = environment(namespace, name) {
            let known: Vec<_> = env::names(namespace).collect();
            // A prefix that all names share does not make them similar.
            let near = nearest(function, known.iter().filter_map(|name| name.strip_prefix(dialect.prefix)));
            let whole = near.map(|near| dialect.name(near));
            return match (near, whole) {
                (Some(near), Some(whole)) if is_slip(function, near) => MissingHint::Nearest(whole),
                (_, nearest) if dialect.is_old => MissingHint::OlderPdk { nearest },
                (_, nearest) => MissingHint::NewerPdk { nearest },
            };
        }
        let functions = self.functions.iter().filter(|function| function.namespace == namespace);
        if let Some(near) = nearest(name, functions.map(|function| function.name.as_str())) {
            return MissingHint::Nearest(near.to_owned());
        }
        let otherwise = if namespace == "env" { MissingHint::Undefined } else { MissingHint::Give };
        built_for.unwrap_or(otherwise)
    }

    fn wasi_hint(&mut self) -> MissingHint {
        if cfg!(not(feature = "wasi")) {
            MissingHint::WasiDisabled
        } else if self.linker.get(&mut *self.store, WASI, "fd_write").is_ok() {
            MissingHint::WasiUnknown
        } else {
            MissingHint::WasiNotAllowed
        }
    }
}

fn mistyped(module: &str, namespace: &str, name: &str, expected: &wasmtime::FuncType, given: FuncType) -> LinkProblem {
    LinkProblem::Mistyped {
        module: module.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        expected: from_func_type(expected),
        given,
    }
}

/// Returns whether both are of the same kind: memories, tables, ... The engine checks the rest when it instantiates.
fn same_kind(expected: &ExternType, given: &ExternType) -> bool {
    let kind = |ty: &OurExternType| std::mem::discriminant(ty);
    kind(&from_extern_type(expected)) == kind(&from_extern_type(given))
}
