use wasm_encoder::{CustomSection, Module};
use wasmparser::CustomSectionReader;

use super::{FuseError, module::Module as GuestModule, names, plan::Plan};

/// Writes the custom sections: the names with their new indices, and all others whose content is still valid.
pub(super) fn write(
    module: &mut Module,
    guest: &GuestModule<'_>,
    plan: &Plan,
    copier: Option<u32>,
) -> Result<(), FuseError> {
    module.section(&names::write(guest, plan, copier)?);
    for custom in guest.customs.iter().filter(|custom| stays(custom)) {
        module.section(&CustomSection { name: custom.name().into(), data: custom.data().into() });
    }
    Ok(())
}

/// Returns whether a section's content is still valid after code has moved.
fn stays(custom: &CustomSectionReader<'_>) -> bool {
    let name = custom.name();
    let tells_places_in_code = ["name", "linking", "sourceMappingURL", "external_debug_info"].contains(&name)
        || [".debug_", "reloc.", "metadata.code."].iter().any(|prefix| name.starts_with(prefix));
    !tells_places_in_code
}
