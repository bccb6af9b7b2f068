use std::collections::HashSet;

use wasm_encoder::{
    ConstExpr, DataCountSection, DataSection, ElementSection, Encode, EntityType, ExportKind, ExportSection,
    GlobalSection, ImportSection, MemoryType, Module, RawSection, SectionId, TableSection,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{FuncType, SectionLimited, TypeRef};

use super::{
    FuseError, Fused, KernelMemory, Options, cost, customs,
    headroom::{self, Headroom},
    map::MapWriter,
    module::Module as GuestModule,
    pieces,
    plan::{MAX_EXPORTS, Plan, room},
    program::Program,
    renumber::GuestReencoder,
    rewrite::{self, Rewritten},
};
use crate::kernel::layout;

/// The names of the exports that fusing adds, if the guest does not use them itself.
const MEMORY_EXPORT: &str = "extism:kernel/memory";
const START_EXPORT: &str = "extism:kernel/start";

/// Writes the fused module.
pub(super) fn write(mut guest: GuestModule<'_>, plan: &Plan, options: Options<'_>) -> Result<Fused, FuseError> {
    let Options { memory, lift, .. } = options;
    let mut map = guest.has_lines().then(|| MapWriter::new(guest.code_start, plan.replacements.len()));
    let Rewritten { code, mut cost, copier } =
        rewrite::rewrite(std::mem::take(&mut guest.code), plan, lift, map.as_mut())?;
    cost.add(cost::initializers(&guest)?);
    let mut writer = Writer { guest: &guest, plan, copier, module: Module::new() };
    writer.types()?;
    writer.imports(memory)?;
    writer.functions();
    writer.tables()?;
    writer.memories(memory)?;
    writer.unchanged(SectionId::Tag, guest.tags.as_ref());
    writer.globals()?;
    let (memory_export, start) = writer.exports(memory)?;
    writer.elements()?;
    if let Some(count) = guest.data_count {
        writer.module.section(&DataCountSection { count });
    }
    if !code.is_empty() {
        writer.module.section(&code);
    }
    writer.data()?;
    customs::write(&mut writer.module, &guest, plan, copier)?;
    Ok(Fused {
        wasm: writer.module.finish(),
        memory_export,
        start,
        initial_pages: plan.initial_pages,
        memories: plan.memories,
        tables: plan.tables,
        cost,
        map: map.map(MapWriter::finish).unwrap_or_default(),
    })
}

struct Writer<'a> {
    guest: &'a GuestModule<'a>,
    plan: &'a Plan,
    copier: Option<u32>,
    module: Module,
}

/// Encoded items of a section.
#[derive(Default)]
struct Items {
    count: u32,
    bytes: Vec<u8>,
}

impl Items {
    fn push(&mut self, item: &impl Encode) {
        item.encode(&mut self.bytes);
        self.count += 1;
    }
}

impl<'a> Writer<'a> {
    /// Writes the guest's types, then one for each function that follows the guest's.
    fn types(&mut self) -> Result<(), FuseError> {
        let program = Program::get()?;
        let mut added = Items::default();
        for function in &self.plan.helpers {
            function_type(&program.function(*function).signature, &mut added.bytes)?;
            added.count += 1;
        }
        let grower = self.plan.headroom.map(|_| Headroom::grower_type());
        for ty in grower.into_iter().chain(self.copier.map(|_| pieces::copier_type())) {
            function_type(&ty, &mut added.bytes)?;
            added.count += 1;
        }
        self.extended(SectionId::Type, &Items::default(), self.guest.types.as_ref(), &added);
        Ok(())
    }

    /// Writes the remaining imports, then the kernel's memory if it is imported.
    fn imports(&mut self, memory: KernelMemory<'_>) -> Result<(), FuseError> {
        let mut imports = ImportSection::new();
        let mut function = 0;
        for import in self.guest.imports.iter().cloned().flat_map(SectionLimited::into_imports) {
            let import = import?;
            if matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                function += 1;
                if self.plan.replaced(function - 1).is_some() {
                    continue;
                }
            }
            imports.import(import.module, import.name, RoundtripReencoder.entity_type(import.ty)?);
        }
        if let KernelMemory::Import { module, name } = memory {
            imports.import(module, name, EntityType::Memory(kernel_memory()));
        }
        if !imports.is_empty() {
            self.module.section(&imports);
        }
        Ok(())
    }

    fn functions(&mut self) {
        let mut before = Items::default();
        for function in &self.plan.replacements {
            before.push(&function.ty);
        }
        let mut after = Items::default();
        let others = usize::from(self.plan.headroom.is_some()) + usize::from(self.copier.is_some());
        let added = self.plan.helpers.len() + others;
        for (ty, _) in (self.plan.types..).zip(0..added) {
            after.push(&ty);
        }
        self.extended(SectionId::Function, &before, self.guest.functions.as_ref(), &after);
    }

    fn tables(&mut self) -> Result<(), FuseError> {
        let Some(section) = self.guest.tables.as_ref().filter(|_| self.plan.moves_functions()) else {
            self.unchanged(SectionId::Table, self.guest.tables.as_ref());
            return Ok(());
        };
        let mut tables = TableSection::new();
        GuestReencoder(self.plan).parse_table_section(&mut tables, section.clone())?;
        self.module.section(&tables);
        Ok(())
    }

    fn memories(&mut self, memory: KernelMemory<'_>) -> Result<(), FuseError> {
        let (mut before, mut added) = (Items::default(), Items::default());
        if let KernelMemory::Define = memory {
            added.push(&kernel_memory());
        }
        let mut own = self.guest.memories.as_ref();
        if let Some(headroom) = self.plan.headroom {
            for (index, memory) in own.take().cloned().into_iter().flatten().enumerate() {
                let mut memory = RoundtripReencoder.memory_type(memory?)?;
                if index == headroom::MEMORY as usize {
                    memory.minimum = headroom.actual;
                }
                before.push(&memory);
            }
        }
        self.extended(SectionId::Memory, &before, own, &added);
        Ok(())
    }

    fn globals(&mut self) -> Result<(), FuseError> {
        let section = self.guest.globals.as_ref();
        if self.plan.headroom.is_none() && !self.plan.moves_functions() {
            self.unchanged(SectionId::Global, section);
            return Ok(());
        }
        let mut globals = GlobalSection::new();
        if let Some(section) = section {
            GuestReencoder(self.plan).parse_global_section(&mut globals, section.clone())?;
        }
        if let Some(headroom) = self.plan.headroom {
            let known = i32::try_from(headroom.known).unwrap_or(i32::MAX);
            globals.global(Headroom::global_type(), &ConstExpr::i32_const(known));
        }
        if globals.is_empty() {
            return Ok(());
        }
        self.module.section(&globals);
        Ok(())
    }

    /// Writes the guest's exports, then the kernel's memory and the start function. Returns the names of those two.
    fn exports(&mut self, memory: KernelMemory<'_>) -> Result<(Option<String>, Option<String>), FuseError> {
        let mut exports = ExportSection::new();
        let mut names = HashSet::new();
        for export in self.guest.exports.iter().cloned().flatten() {
            let export = export?;
            names.insert(export.name);
            GuestReencoder(self.plan).parse_export(&mut exports, export)?;
        }
        let mut add = |name: &str, kind, index| {
            let name = fresh(name, &names);
            exports.export(&name, kind, index);
            name
        };
        let memory = match memory {
            KernelMemory::Define => Some(add(MEMORY_EXPORT, ExportKind::Memory, self.plan.memory)),
            KernelMemory::Import { .. } => None,
        };
        let start = self.guest.start.map(|start| add(START_EXPORT, ExportKind::Func, self.plan.function(start)));
        room("exports", exports.len() as usize, MAX_EXPORTS)?;
        if !exports.is_empty() {
            self.module.section(&exports);
        }
        Ok((memory, start))
    }

    fn elements(&mut self) -> Result<(), FuseError> {
        let Some(section) = self.guest.elements.as_ref().filter(|_| self.plan.moves_functions()) else {
            self.unchanged(SectionId::Element, self.guest.elements.as_ref());
            return Ok(());
        };
        let mut elements = ElementSection::new();
        GuestReencoder(self.plan).parse_element_section(&mut elements, section.clone())?;
        self.module.section(&elements);
        Ok(())
    }

    fn data(&mut self) -> Result<(), FuseError> {
        let moves = self.plan.moves_functions() || self.plan.moves_memories();
        let Some(section) = self.guest.data.as_ref().filter(|_| moves) else {
            self.unchanged(SectionId::Data, self.guest.data.as_ref());
            return Ok(());
        };
        let mut data = DataSection::new();
        GuestReencoder(self.plan).parse_data_section(&mut data, section.clone())?;
        self.module.section(&data);
        Ok(())
    }

    /// Writes a section unchanged.
    fn unchanged<T>(&mut self, id: SectionId, section: Option<&SectionLimited<'a, T>>) {
        if let Some(section) = section {
            self.module.section(&RawSection { id: id.into(), data: self.guest.contents(section) });
        }
    }

    /// Writes a section with items before and after the guest's.
    fn extended<T>(&mut self, id: SectionId, before: &Items, section: Option<&SectionLimited<'a, T>>, after: &Items) {
        let (own, items) = section.map_or((0, &[][..]), |section| (section.count(), self.guest.items(section)));
        let count = before.count + own + after.count;
        if count == 0 {
            return;
        }
        let mut data = Vec::with_capacity(5 + before.bytes.len() + items.len() + after.bytes.len());
        count.encode(&mut data);
        data.extend_from_slice(&before.bytes);
        data.extend_from_slice(items);
        data.extend_from_slice(&after.bytes);
        self.module.section(&RawSection { id: id.into(), data: &data });
    }
}

/// Returns the type of the kernel's memory. It has no maximum, since the plug-in's limits decide how far it may grow.
fn kernel_memory() -> MemoryType {
    MemoryType {
        minimum: layout::INITIAL_PAGES.into(),
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    }
}

/// Appends the type of a function.
fn function_type(signature: &FuncType, bytes: &mut Vec<u8>) -> Result<(), FuseError> {
    bytes.push(0x60);
    for types in [signature.params(), signature.results()] {
        types.len().encode(bytes);
        for ty in types {
            RoundtripReencoder.val_type(*ty)?.encode(bytes);
        }
    }
    Ok(())
}

/// Returns the name, with a number appended if the guest exports something under that name.
fn fresh(name: &str, taken: &HashSet<&str>) -> String {
    let numbered = (2..).map(|number: u64| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name.as_str())).unwrap_or_else(|| name.to_owned())
}
