//! From modules' bytes to linked code: validate, fuse the kernel, compile, check the imports, link.

mod described;
mod imports;
mod modules;
mod on_demand;

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use wasmtime::{Linker, Store};

pub(crate) use self::described::Described;
use self::{
    modules::{PluginModule, fuse_all},
    on_demand::OnDemand,
};
use crate::{
    Error,
    artifact::{CompileLimit, Lines},
    engine::{Allocation, Code, POOLED_MEMORY, TICK},
    env,
    error::{LinkError, LinkProblem, ModuleLimitError},
    exports::Exports,
    host::{self, Callback, Function, MissingState, States},
    imports::ImportInfo,
    interface::Interface,
    link::{self, BoundFunction, Linked, Provided},
    load::LoadedModule,
    permission::{self, Grants, Permissions},
    plugin_id::PluginId,
    settings::{InstanceOptions, Settings},
    store::{CallState, Persistent, StoreData},
    usage::{Account, Caller, Ledger, Owner, Usage},
};

/// A plug-in's compiled modules, and everything that its instances share.
pub(crate) struct CompiledInner {
    /// Tells this plug-in's export handles apart from others'.
    pub(crate) serial: u64,
    pub(crate) settings: Arc<Settings>,
    /// In the order in which they are instantiated.
    pub(crate) modules: Vec<PluginModule>,
    /// The main module's index among them.
    pub(crate) main: usize,
    pub(crate) exports: Arc<Exports>,
    pub(crate) imports: Vec<ImportInfo>,
    pub(crate) permissions: Permissions,
    /// Whether a module imports WASI, and WASI is allowed.
    #[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI needs it"))]
    pub(crate) uses_wasi: bool,
    /// Whether a call can wait for the host: each call then runs on a separate stack.
    pub(crate) can_wait: bool,
    /// What the main module says of itself.
    pub(crate) described: Described,
    provided: Provided,
    /// The directories that the plug-in may access; `None` if it does not use WASI.
    #[cfg(feature = "wasi")]
    pub(crate) directories: Option<crate::wasi::Directories>,
    /// The usage of the plug-in's instances.
    pub(crate) ledger: Ledger,
    functions: Vec<Arc<BoundFunction>>,
    /// The imports that nothing provides, by namespace and name; only a probe has any.
    pub(crate) missing: Vec<(String, String)>,
    allocation: Allocation,
    code: Code,
    linked: Linked,
    on_demand: OnDemand,
}

/// Compiles and links the modules of a plug-in; the first one is the main module.
pub(crate) fn compile(
    settings: Settings,
    modules: &[LoadedModule],
    given: &[Function],
    states: &States,
) -> Result<CompiledInner, Error> {
    static SERIAL: AtomicU64 = AtomicU64::new(1);

    let (functions, mut problems) = bind(given, states, &settings.options);
    let described = Described::of(modules.first().map_or(&[], |module| &module.wasm));
    let limit = settings.limits.compile_timeout.map(CompileLimit::new);
    let (modules, main) = fuse_all(&settings, modules, &functions)?;
    let settings = Arc::new(settings);
    let uses_wasi = settings.options.wasi && modules.iter().any(|module| module.artifact.imports_wasi);
    let provided = Provided {
        #[cfg(feature = "wasi")]
        wasi: uses_wasi.then(|| crate::wasi::Replaced::of(&settings)),
        old_names: modules.iter().any(|module| module.artifact.imports_old_names),
        async_requests: sends_requests(&settings, &modules),
    };

    let code = code_of(&modules);
    let (allocation, compiled) = compile_modules(&settings, &modules, code, limit.as_ref())?;
    if let Some(profile) = &settings.options.profile {
        let named = modules.iter().zip(&compiled).map(|(module, compiled)| (module.name.clone(), compiled.clone()));
        profile.start(settings.engine.wasmtime(allocation, code)?, &settings.name, TICK, named.collect())?;
    }
    let exports = Arc::new(Exports::of(&compiled[main], &modules[main].artifact));
    let mut linker = link::host_linker(settings.engine.wasmtime(allocation, code)?, &functions, provided)?;
    let mut scratch = scratch_store(&settings, &exports, allocation, code)?;
    let mut check = |linker: &_| check_imports(&settings, &modules, &compiled, linker, &functions, &mut scratch);
    let mut missing = Vec::new();
    loop {
        let unmet = check(&linker);
        let stubs = if settings.options.probe { link::missing(&unmet) } else { Vec::new() };
        if stubs.is_empty() {
            problems.extend(unmet);
            break;
        }
        link::define_missing(&mut linker, &compiled, &stubs)?;
        missing.extend(stubs);
    }
    problems.extend(check_memory(&settings, &modules));
    problems.extend(check_initializers(&modules));
    if !problems.is_empty() {
        return Err(LinkError { plugin: settings.name.to_string(), problems, states: states.type_names() }.into());
    }
    #[cfg(feature = "wasi")]
    if uses_wasi {
        crate::wasi::check_environment(&settings)?;
    }
    #[cfg(feature = "wasi")]
    let directories =
        if uses_wasi { Some(crate::wasi::Directories::open(&settings.name, &settings.allowed_paths)?) } else { None };

    let imports = imports::imports(&modules, &compiled);
    let waits = |function: &Arc<BoundFunction>| {
        let is_it = |import: &ImportInfo| import.namespace == function.namespace && import.name == function.name;
        function.is_async() && imports.iter().any(is_it)
    };
    let permissions = grants(&settings, given).permissions(&imports);
    // A call of a command is a call within a call.
    let nests = modules.iter().any(|module| module.is_command);
    let can_wait = uses_wasi || provided.async_requests || nests || functions.iter().any(waits);
    Ok(CompiledInner {
        serial: SERIAL.fetch_add(1, Ordering::Relaxed),
        settings,
        modules,
        main,
        exports,
        imports,
        permissions,
        uses_wasi,
        can_wait,
        described,
        provided,
        #[cfg(feature = "wasi")]
        directories,
        ledger: Ledger::default(),
        functions,
        missing,
        allocation,
        code,
        linked: link::link(linker, compiled)?,
        on_demand: OnDemand::default(),
    })
}

/// Compiles the modules of a plug-in into the engine's cache: as instances need it first, and as they need it when the
/// pool is used up. Fails if the cache does not hold the code afterwards.
#[cfg(feature = "cache")]
pub(crate) fn warm(settings: &Settings, modules: &[LoadedModule]) -> Result<(), Error> {
    let limit = settings.limits.compile_timeout.map(CompileLimit::new);
    let (modules, _) = fuse_all(settings, modules, &[])?;
    let code = code_of(&modules);
    let (allocation, _) = compile_modules(settings, &modules, code, limit.as_ref())?;
    if allocation == Allocation::Pooled {
        compile_for(settings.engine.wasmtime(Allocation::OnDemand, code)?, &modules, limit.as_ref())?;
    }
    let engine = settings.engine.wasmtime(allocation, code)?;
    if modules.iter().all(|module| module.artifact.is_cached(engine)) {
        return Ok(());
    }
    let reason = "the cache cannot be written to: it may be read-only, or the disk full";
    Err(Error::engine(format!("the code of plug-in `{}` is compiled, but not kept", settings.name), reason))
}

impl CompiledInner {
    /// Returns how instances are allocated as long as the pool has room.
    pub(crate) fn preferred(&self) -> Allocation {
        self.allocation
    }

    /// Returns the linked code and its engine.
    pub(crate) fn linked(&self) -> Result<(&wasmtime::Engine, &Linked), Error> {
        Ok((self.settings.engine.wasmtime(self.allocation, self.code)?, &self.linked))
    }

    /// Returns what tells the lines of this module's code, if it has debug information.
    pub(crate) fn lines_of(&self, module: &wasmtime::Module) -> Option<&Arc<Lines>> {
        self.modules.iter().find_map(|own| own.artifact.lines_of(module))
    }

    /// Returns the interfaces of the host functions that are described, without the functions' order.
    pub(crate) fn host_interfaces(&self) -> Vec<Cow<'static, Interface>> {
        let functions = self.functions.iter().map(|function| (function.described, function.namespace.as_str()));
        host::described_interfaces("the host's functions", functions)
    }

    /// Returns the name of the host function with this number.
    pub(crate) fn function_name(&self, number: u32) -> &str {
        self.functions.get(number as usize).map_or("", |function| &function.name)
    }

    /// Returns the fuel that a call starts with; `None` if the engine does not count it.
    pub(crate) fn fuel_limit(&self) -> Option<u64> {
        let counts = self.settings.engine.options().fuel;
        counts.then(|| self.settings.options.fuel_limit.unwrap_or(u64::MAX))
    }

    /// Returns the state that a new plug-in starts with.
    pub(crate) fn persistent(&self, owner: Owner) -> Box<Persistent> {
        let config = Arc::clone(&self.settings.config);
        Box::new(Persistent::new(PluginId::next(), config, self.settings.max_var_bytes, self.ledger.open(owner)))
    }

    /// Returns what all instances have used together, or those of one owner.
    pub(crate) fn usage(&self, owner: Option<Owner>) -> Usage {
        self.with_fuel(self.ledger.usage(owner))
    }

    /// Removes the fuel from what was used if it is not counted.
    pub(crate) fn with_fuel(&self, mut usage: Usage) -> Usage {
        usage.fuel = self.fuel_limit().map(|_| usage.fuel.unwrap_or_default());
        usage
    }

    /// Returns how a call of an export is reported.
    pub(crate) fn caller(&self, id: Option<PluginId>, export: u32) -> Caller<'_> {
        let (plugin, export) = ((&*self.settings.name).into(), self.exports.name(export).into());
        Caller { plugin, id, export, fuel: self.fuel_limit().is_some() }
    }
}

/// Binds the host functions to their states, and finds duplicate names, states that were never set, and permissions with
/// invalid names. In a probe, a function that cannot be used is left out.
fn bind(
    functions: &[Function],
    states: &States,
    options: &InstanceOptions,
) -> (Vec<Arc<BoundFunction>>, Vec<LinkProblem>) {
    let mut bound: Vec<Arc<BoundFunction>> = Vec::with_capacity(functions.len());
    let mut problems = Vec::new();
    for function in functions {
        let (namespace, name) = (function.namespace().to_owned(), function.name().to_owned());
        if bound.iter().any(|other| other.namespace == namespace && other.name == name) {
            problems.push(LinkProblem::DuplicateFunction { namespace, name });
            continue;
        }
        if let Some(permission) = function.permission().filter(|permission| !permission::is_name(permission)) {
            problems.push(LinkProblem::PermissionName { function: name.clone(), permission: permission.to_owned() });
        }
        let lacks = function.permission().filter(|permission| !options.granted.contains(*permission));
        let callback = function.bind(states);
        if options.probe && (lacks.is_some() || callback.is_err()) {
            continue;
        }
        let callback = callback.unwrap_or_else(|missing| {
            let problem =
                |state: MissingState| LinkProblem::MissingState { function: name.clone(), state: state.type_name };
            problems.extend(missing.into_iter().map(problem));
            // Never called, as there are problems; defined so that imports of the function are not reported as missing
            // as well.
            Callback::Plain(Arc::new(|_, _, _| Err("a state was never set".into())))
        });
        let lacks = lacks.map(str::to_owned);
        let (ty, number) = (function.ty().clone(), u32::try_from(bound.len()).unwrap_or(u32::MAX));
        let described = function.description();
        bound.push(Arc::new(BoundFunction { number, namespace, name, lacks, ty, callback, described }));
    }
    (bound, problems)
}

/// Returns what the plug-in was granted, and what its host functions need.
fn grants<'g>(settings: &'g Settings, functions: &'g [Function]) -> Grants<'g> {
    Grants {
        functions: Grants::needed_by(functions),
        granted: &settings.options.granted,
        hosts: settings.allowed_hosts.as_deref(),
        directories: &settings.allowed_paths,
        wasi: settings.options.wasi,
    }
}

/// Returns whether the plug-in can send HTTP requests, and is allowed to.
fn sends_requests(settings: &Settings, modules: &[PluginModule]) -> bool {
    let imports = || modules.iter().flat_map(|module| &module.artifact.env_imports);
    cfg!(feature = "http")
        && settings.allowed_hosts.as_ref().is_some_and(|hosts| !hosts.is_empty())
        && imports().any(|(namespace, name)| env::is_http_request(namespace, name))
}

/// Compiles for the preferred engine, or on demand if the modules do not fit into a pool.
fn compile_modules(
    settings: &Settings,
    modules: &[PluginModule],
    code: Code,
    limit: Option<&CompileLimit>,
) -> Result<(Allocation, Vec<wasmtime::Module>), Error> {
    let preferred = settings.engine.preferred(code);
    // Each module beyond the first takes more slots of the pool, and the pool is sized for one module per plug-in. How
    // far a memory may grow must not depend on whether a slot was free.
    let dense = settings.engine.options().dense;
    let fits = |module: &PluginModule| {
        module.artifact.largest_memory <= POOLED_MEMORY.into() && !(dense && module.artifact.grows_memories())
    };
    // A profile knows the code of one engine.
    let is_profiled = settings.options.profile.is_some();
    if preferred == Allocation::Pooled && modules.len() == 1 && modules.iter().all(fits) && !is_profiled {
        match compile_for(settings.engine.wasmtime(preferred, code)?, modules, limit) {
            Ok(compiled) => return Ok((preferred, compiled)),
            Err(error) if exceeds_limit(&error) => return Err(error),
            Err(error) => tracing::debug!("the module does not fit into the pool; allocating on demand: {error}"),
        }
    }
    let compiled = compile_for(settings.engine.wasmtime(Allocation::OnDemand, code)?, modules, limit)?;
    Ok((Allocation::OnDemand, compiled))
}

/// Returns how to compile the modules: those of one plug-in run in one engine.
fn code_of(modules: &[PluginModule]) -> Code {
    if modules.iter().any(|module| module.artifact.has_lines()) { Code::WithLines } else { Code::Plain }
}

fn exceeds_limit(error: &Error) -> bool {
    matches!(error, Error::Compile { source, .. } if source.is::<ModuleLimitError>())
}

fn compile_for(
    engine: &wasmtime::Engine,
    modules: &[PluginModule],
    limit: Option<&CompileLimit>,
) -> Result<Vec<wasmtime::Module>, Error> {
    let compile = |module: &PluginModule| {
        module.artifact.compiled_for(engine, limit).map_err(|error| Error::compile(&module.name, error))
    };
    modules.iter().map(compile).collect()
}

fn scratch_store(
    settings: &Arc<Settings>,
    exports: &Arc<Exports>,
    allocation: Allocation,
    code: Code,
) -> Result<Store<StoreData>, Error> {
    let config = Arc::clone(&settings.config);
    let persistent = Box::new(Persistent::new(PluginId::NONE, config, None, Account::unlisted()));
    let call = Arc::new(CallState::default());
    let data = StoreData::new(Arc::clone(settings), Arc::clone(exports), persistent, call);
    Ok(Store::new(settings.engine.wasmtime(allocation, code)?, data))
}

/// Returns the imports that nothing satisfies.
fn check_imports(
    settings: &Settings,
    modules: &[PluginModule],
    compiled: &[wasmtime::Module],
    linker: &Linker<StoreData>,
    functions: &[Arc<BoundFunction>],
    scratch: &mut Store<StoreData>,
) -> Vec<LinkProblem> {
    let candidates: Vec<_> = modules
        .iter()
        .zip(compiled)
        .map(|(module, compiled)| link::Candidate {
            name: &module.name,
            module: compiled,
            imports_kernel: module.artifact.memory_export.is_none(),
            hidden: module.artifact.added_exports().collect(),
        })
        .collect();
    link::check(&candidates, linker, functions, &settings.options.granted, scratch)
}

/// Finds functions that are named like an initializer but cannot be called as one: the module would run without its
/// language's runtime.
fn check_initializers(modules: &[PluginModule]) -> impl Iterator<Item = LinkProblem> {
    modules.iter().flat_map(|module| {
        module.artifact.initializers.iter().filter_map(|initializer| {
            Some(LinkProblem::Initializer {
                module: module.name.clone(),
                name: initializer.name.clone(),
                found: initializer.ty.clone(),
                expected: initializer.expected_instead()?,
            })
        })
    })
}

/// Checks each module's initial pages against the manifest's limit; the kernel's pages are free.
///
/// The official runtime checks the main module only. A library that starts with more than the limit is refused here
/// too, but the modules' sum may exceed it, so that whatever fits there fits here.
fn check_memory(settings: &Settings, modules: &[PluginModule]) -> Vec<LinkProblem> {
    let Some(limit) = settings.max_pages.map(u64::from) else { return Vec::new() };
    let too_large = modules.iter().filter(|module| module.artifact.initial_pages > limit);
    too_large
        .map(|module| LinkProblem::Memory { module: module.name.clone(), needed: module.artifact.initial_pages, limit })
        .collect()
}
