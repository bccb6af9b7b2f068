use wasmparser::{CompositeInnerType, FuncType, MemoryType, SectionLimited, TypeRef};

use super::{
    FuseError, Given, KernelMemory, MEMORY_MODULE, Options, dialect::kernel_function, headroom::Headroom,
    module::Module, program::Program,
};

/// Limits that WebAssembly engines share, from the specification of the JavaScript interface.
const MAX_MEMORIES: usize = 100;
const MAX_FUNCTIONS: usize = 1_000_000;
const MAX_TYPES: usize = 1_000_000;
const MAX_GLOBALS: usize = 1_000_000;
pub(super) const MAX_EXPORTS: usize = 1_000_000;

/// The layout of the fused module.
///
/// The kernel's functions are the first that the module defines, right after the remaining imports. So the guest's own
/// functions keep their indices, and only references to imports change. Functions that only the kernel itself calls
/// come last.
pub(super) struct Plan {
    /// The new index of each function that the guest imports.
    imported: Vec<u32>,
    /// The kernel function that replaces it, by imported function.
    replaced: Vec<Option<usize>>,
    /// The index in the fused module, by kernel function.
    indices: Vec<Option<u32>>,
    /// The replacements of imports, in order.
    pub(super) replacements: Vec<Replacement>,
    /// The kernel functions that only other kernel functions call, in order.
    pub(super) helpers: Vec<usize>,
    /// The headroom of the guest's first memory. Its function comes after the helpers.
    pub(super) headroom: Option<Headroom>,
    /// The index of the function that makes [copies in pieces](super::pieces), which comes last, if there is room for it.
    pub(super) copier: Option<u32>,
    /// The number of the guest's types; those of `helpers` follow, one each, then those of the other added functions.
    pub(super) types: u32,
    /// The kernel memory's index.
    pub(super) memory: u32,
    /// The number of memories and of globals that the guest imports.
    imported_memories: u32,
    imported_globals: u32,
    /// Whether the kernel's memory is imported; the indices of the memories that the guest defines then increase by
    /// one.
    memory_imported: bool,
    /// The initial pages of 64 KiB of the memories that the guest defines.
    pub(super) initial_pages: u64,
    /// The number of the guest's memories and tables, including imported ones.
    pub(super) memories: u32,
    pub(super) tables: u32,
}

/// A function that replaces an import.
pub(super) struct Replacement {
    /// The guest's index of its type.
    pub(super) ty: u32,
    /// The kernel function. `None` if an earlier import names the same function: that one serves for both,
    /// and this one is a stub that nothing refers to.
    pub(super) kernel: Option<usize>,
}

impl Plan {
    pub(super) fn new(module: &Module<'_>, options: Options<'_>) -> Result<Self, FuseError> {
        let Options { memory, given, headroom, .. } = options;
        let program = Program::get()?;
        let types = plain_functions(module)?;
        let mut plan = Self {
            imported: Vec::new(),
            replaced: Vec::new(),
            indices: vec![None; program.len()],
            replacements: Vec::new(),
            helpers: Vec::new(),
            headroom: None,
            copier: None,
            types: count(types.len()),
            memory: 0,
            imported_memories: 0,
            imported_globals: 0,
            memory_imported: matches!(memory, KernelMemory::Import { .. }),
            initial_pages: 0,
            memories: 0,
            tables: module.tables.as_ref().map_or(0, SectionLimited::count),
        };
        plan.read_imports(module, program, &types, given)?;
        plan.place_imports();
        let known = plan.with_headroom(module, headroom)?;
        plan.place_helpers(module, program, known)?;
        plan.place_memory(module)?;
        Ok(plan)
    }

    /// Returns the kernel function that replaces this function of the guest.
    pub(super) fn replaced(&self, function: u32) -> Option<usize> {
        *self.replaced.get(function as usize)?
    }

    /// Returns the new index of a function of the guest.
    pub(super) fn function(&self, function: u32) -> u32 {
        self.imported.get(function as usize).copied().unwrap_or(function)
    }

    /// Returns the new index of a memory of the guest.
    pub(super) fn memory(&self, memory: u32) -> u32 {
        memory + u32::from(self.memory_imported && memory >= self.imported_memories)
    }

    /// Returns the index in the fused module of a kernel function, if the module contains it.
    pub(super) fn kernel_function(&self, function: usize) -> Option<u32> {
        *self.indices.get(function)?
    }

    /// Returns the kernel functions in the fused module, each with its index there.
    pub(super) fn kernel_functions(&self) -> impl Iterator<Item = (u32, usize)> {
        self.indices.iter().enumerate().filter_map(|(function, index)| Some(((*index)?, function)))
    }

    /// Returns the number of functions that the guest imports.
    pub(super) fn imports(&self) -> u32 {
        count(self.imported.len())
    }

    /// Returns whether any function of the guest has another index in the fused module.
    pub(super) fn moves_functions(&self) -> bool {
        (0..).zip(&self.imported).any(|(old, new)| old != *new)
    }

    /// Returns whether the memories that the guest defines have other indices in the fused module.
    pub(super) fn moves_memories(&self) -> bool {
        self.memory_imported
    }

    fn read_imports(
        &mut self,
        module: &Module<'_>,
        program: &Program,
        types: &[Option<FuncType>],
        given: Given,
    ) -> Result<(), FuseError> {
        for import in module.imports.iter().cloned().flat_map(wasmparser::SectionLimited::into_imports) {
            let import = import?;
            if import.module == MEMORY_MODULE {
                let (module, name) = (import.module.to_owned(), import.name.to_owned());
                return Err(FuseError::Reserved { module, name });
            }
            match import.ty {
                TypeRef::Func(ty) => {
                    let signature = types.get(ty as usize).and_then(Option::as_ref);
                    let kernel = kernel_function(import.module, import.name, given)
                        .and_then(|name| program.export(name))
                        .filter(|function| signature == Some(&program.function(*function).signature));
                    self.replaced.push(kernel);
                    self.replacements.extend(kernel.map(|kernel| Replacement { ty, kernel: Some(kernel) }));
                }
                TypeRef::FuncExact(_) => self.replaced.push(None),
                TypeRef::Memory(_) => self.imported_memories += 1,
                TypeRef::Table(_) => self.tables += 1,
                TypeRef::Global(_) => self.imported_globals += 1,
                TypeRef::Tag(_) => {}
            }
        }
        Ok(())
    }

    fn place_imports(&mut self) {
        let kept = count(self.replaced.len() - self.replacements.len());
        for (index, replacement) in (kept..).zip(&mut self.replacements) {
            let Some(kernel) = replacement.kernel else { continue };
            match &mut self.indices[kernel] {
                Some(_) => replacement.kernel = None,
                free => *free = Some(index),
            }
        }
        let mut next = 0..kept;
        let index_of = |replaced: &Option<usize>| match replaced {
            Some(kernel) => self.indices[*kernel],
            None => next.next(),
        };
        self.imported = self.replaced.iter().filter_map(index_of).collect();
    }

    /// Returns the pages of the guest's first memory, and how many it has with the headroom; `None` if it has none.
    fn with_headroom(&self, module: &Module<'_>, headroom: u32) -> Result<Option<(u64, u64)>, FuseError> {
        // Another module of the plug-in would see the memory as it is.
        if headroom == 0 || self.memory_imported || self.imported_memories > 0 {
            return Ok(None);
        }
        let Some(memory) = module.memories.iter().cloned().flatten().next().transpose()? else { return Ok(None) };
        Ok(Headroom::pages(&memory, headroom).map(|actual| (memory.initial, actual)))
    }

    /// Adds the functions that the kernel's functions call, directly or indirectly, and then the others. `known` is what
    /// [`with_headroom`](Self::with_headroom) returns.
    fn place_helpers(
        &mut self,
        module: &Module<'_>,
        program: &Program,
        known: Option<(u64, u64)>,
    ) -> Result<(), FuseError> {
        let mut waiting: Vec<usize> = self.kernel_functions().map(|(_, function)| function).collect();
        let mut next = self.imports() + count(module.code.len());
        while let Some(function) = waiting.pop() {
            for callee in &program.function(function).calls {
                if self.indices[*callee].is_none() {
                    self.indices[*callee] = Some(next);
                    next += 1;
                    self.helpers.push(*callee);
                    waiting.push(*callee);
                }
            }
        }
        let mut types = self.types as usize + self.helpers.len();
        let globals = self.imported_globals.saturating_add(module.globals.as_ref().map_or(0, SectionLimited::count));
        if let Some((known, actual)) = known
            && (next as usize) < MAX_FUNCTIONS
            && types < MAX_TYPES
            && (globals as usize) < MAX_GLOBALS
        {
            self.headroom = Some(Headroom { actual, known, global: globals, grower: next });
            next += 1;
            types += 1;
        }
        self.copier = ((next as usize) < MAX_FUNCTIONS && types < MAX_TYPES).then_some(next);
        room("functions", next as usize, MAX_FUNCTIONS)?;
        room("types", types, MAX_TYPES)
    }

    fn place_memory(&mut self, module: &Module<'_>) -> Result<(), FuseError> {
        let mut defined = 0;
        for memory in module.memories.iter().cloned().flatten() {
            self.initial_pages = self.initial_pages.saturating_add(pages(&memory?));
            defined += 1;
        }
        self.memories = self.imported_memories + defined;
        self.memory = self.imported_memories + if self.memory_imported { 0 } else { defined };
        room("memories", (self.imported_memories + defined + 1) as usize, MAX_MEMORIES)
    }
}

/// Returns, by type index, the plain function types: final, without a supertype, in a recursion group of their own.
/// Other types never equal the type of a host function, so an import of one stays an import, and then fails to link.
fn plain_functions(module: &Module<'_>) -> Result<Vec<Option<FuncType>>, FuseError> {
    let mut types = Vec::new();
    for group in module.types.iter().cloned().flatten() {
        let group = group?;
        let alone = group.types().len() == 1;
        types.extend(group.into_types().map(|ty| {
            let plain = alone && ty.is_final && ty.supertype_idx.is_none() && !ty.composite_type.shared;
            match ty.composite_type.inner {
                CompositeInnerType::Func(signature) if plain => Some(signature),
                _ => None,
            }
        }));
    }
    Ok(types)
}

/// Returns the initial size of a memory, in pages of 64 KiB.
fn pages(memory: &MemoryType) -> u64 {
    let page_size_log2 = memory.page_size_log2.unwrap_or(16).min(16);
    memory.initial.div_ceil(1 << (16 - page_size_log2))
}

/// Returns an error if `count` exceeds an engine limit.
pub(super) fn room(what: &'static str, count: usize, limit: usize) -> Result<(), FuseError> {
    if count > limit { Err(FuseError::Full { what, limit }) } else { Ok(()) }
}

/// Counts items of which a validated module has at most a million.
fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
