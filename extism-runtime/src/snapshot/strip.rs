use wasm_encoder::{
    ExportSection, Module, RawSection, SectionId,
    reencode::{Reencode as _, RoundtripReencoder},
};
use wasmparser::{Parser, Payload};

/// Returns the module without these exports; `None` if it cannot be read.
pub(super) fn without_exports(wasm: &[u8], names: &[String]) -> Option<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.ok()?;
        if let Payload::ExportSection(section) = &payload {
            let mut exports = ExportSection::new();
            for export in section.clone() {
                let export = export.ok()?;
                if !names.iter().any(|name| name == export.name) {
                    let kind = RoundtripReencoder.export_kind(export.kind).ok()?;
                    exports.export(export.name, kind, export.index);
                }
            }
            module.section(&exports);
        } else if let Some((id, range)) = payload.as_section() {
            debug_assert_ne!(id, u8::from(SectionId::Export));
            module.section(&RawSection { id, data: wasm.get(range)? });
        }
    }
    Some(module.finish())
}
