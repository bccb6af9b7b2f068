use std::collections::BTreeMap;

use wasm_encoder::{Encode, IndirectNameMap, NameMap, NameSection};
use wasmparser::{IndirectNameMap as IndirectNames, Name, NameMap as Names, SectionLimited};

use super::{FuseError, MODULE, module::Module, plan::Plan, program::Program};

/// The numbers of the `name` section's subsections to which the kernel adds names.
const FUNCTIONS: u8 = 1;
const MEMORIES: u8 = 6;

/// Writes the `name` section: the guest's names with their new indices, and the names of the kernel's
/// functions and memory. Subsections of the guest that cannot be parsed are omitted, as engines do.
pub(super) fn write(guest: &Module<'_>, plan: &Plan, copier: Option<u32>) -> Result<NameSection, FuseError> {
    let mut functions = kernel_functions(plan)?;
    functions.extend(plan.headroom.map(|headroom| (headroom.grower, format!("{MODULE}::memory_grow"))));
    functions.extend(copier.map(|copier| (copier, format!("{MODULE}::copy_in_pieces"))));
    let mut memories = vec![(plan.memory, MODULE.to_owned())];
    let mut parts = BTreeMap::new();
    for part in guest.names().into_iter().flatten().map_while(Result::ok) {
        match part {
            Name::Function(names) => functions.extend(renumbered(names, |function| {
                plan.replaced(function).is_none().then(|| plan.function(function))
            })),
            Name::Memory(names) => memories.extend(renumbered(names, |memory| Some(plan.memory(memory)))),
            part => _ = encoded(guest, plan, part).map(|(id, data)| parts.entry(id).or_insert(data)),
        }
    }
    parts.insert(FUNCTIONS, name_map(functions));
    parts.insert(MEMORIES, name_map(memories));
    let mut section = NameSection::new();
    for (id, data) in parts {
        section.raw(id, &data);
    }
    Ok(section)
}

fn kernel_functions(plan: &Plan) -> Result<Vec<(u32, String)>, FuseError> {
    let program = Program::get()?;
    Ok(plan.kernel_functions().map(|(index, function)| (index, program.name(function))).collect())
}

/// Returns the names that can be parsed, each with its new index, and drops names without one.
fn renumbered(names: Names<'_>, index: impl Fn(u32) -> Option<u32>) -> Vec<(u32, String)> {
    let names = names.into_iter().map_while(Result::ok);
    names.filter_map(|naming| Some((index(naming.index)?, naming.name.to_owned()))).collect()
}

/// Encodes the names by ascending index; keeps the first of several names for the same index.
fn name_map(mut names: Vec<(u32, String)>) -> Vec<u8> {
    names.sort_by_key(|(index, _)| *index);
    names.dedup_by_key(|(index, _)| *index);
    let mut map = NameMap::new();
    for (index, name) in &names {
        map.append(*index, name);
    }
    let mut data = Vec::new();
    map.encode(&mut data);
    data
}

/// Returns the number and the content of a subsection to which the kernel adds nothing.
fn encoded(guest: &Module<'_>, plan: &Plan, part: Name<'_>) -> Option<(u8, Vec<u8>)> {
    let content = match part {
        Name::Module { name, .. } => {
            let mut data = Vec::new();
            name.encode(&mut data);
            (0, data)
        }
        Name::Local(names) => (2, by_function(guest, plan, names)?),
        Name::Label(names) => (3, by_function(guest, plan, names)?),
        Name::Type(names) => (4, same(guest, &names)),
        Name::Table(names) => (5, same(guest, &names)),
        Name::Global(names) => (7, same(guest, &names)),
        Name::Element(names) => (8, same(guest, &names)),
        Name::Data(names) => (9, same(guest, &names)),
        Name::Field(names) => (10, same(guest, &names)),
        Name::Tag(names) => (11, same(guest, &names)),
        Name::Unknown { ty, data, .. } => (ty, data.to_owned()),
        Name::Function(_) | Name::Memory(_) => return None,
    };
    Some(content)
}

fn same<T>(guest: &Module<'_>, names: &SectionLimited<'_, T>) -> Vec<u8> {
    guest.bytes.get(names.range()).unwrap_or_default().to_owned()
}

/// Returns the names of items in functions.
fn by_function(guest: &Module<'_>, plan: &Plan, names: IndirectNames<'_>) -> Option<Vec<u8>> {
    if !plan.moves_functions() {
        return Some(same(guest, &names));
    }
    let mut functions = Vec::new();
    for naming in names {
        let naming = naming.ok()?;
        let mut map = NameMap::new();
        for naming in naming.names {
            let naming = naming.ok()?;
            map.append(naming.index, naming.name);
        }
        functions.extend(plan.replaced(naming.index).is_none().then(|| (plan.function(naming.index), map)));
    }
    functions.sort_by_key(|(function, _)| *function);
    let mut map = IndirectNameMap::new();
    for (function, names) in &functions {
        map.append(*function, names);
    }
    let mut data = Vec::new();
    map.encode(&mut data);
    Some(data)
}
