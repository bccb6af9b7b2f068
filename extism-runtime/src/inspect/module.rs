use std::collections::{HashMap, HashSet};

use serde::Serialize;
use wasmparser::{Encoding, KnownCustom, Parser, Payload, Validator};

use super::{ExportInfo, ImportInfo, ImportOrigin, Pdk, Producer, pdk, producers, types};
use crate::{
    Error,
    fuse::{FEATURES, FuseError, refuse_shared_memories},
    load::LoadedModule,
};

/// A module of a plug-in.
///
/// In JSON, [`size`](Self::size) is `bytes` and [`has_start`](Self::has_start) is `start`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModuleInfo {
    /// Its name in the manifest; `main` if it has none.
    pub name: String,
    /// Its origin: a path, a URL or `memory`.
    pub origin: String,
    /// Bytes of its binary format.
    #[serde(rename = "bytes")]
    pub size: usize,
    /// The SHA-256 of the loaded bytes (of the text, if the module is in the text format), in hexadecimal, as
    /// in a manifest's `hash`.
    pub sha256: String,
    /// Its exports, in their original order.
    pub exports: Vec<ExportInfo>,
    /// Its imports, in their original order.
    pub imports: Vec<ImportInfo>,
    /// The initial pages of 64 KiB of the memories that it defines.
    pub initial_pages: u64,
    /// Whether it has a start function.
    #[serde(rename = "start")]
    pub has_start: bool,
    /// The languages, tools and SDKs that its `producers` section lists.
    pub producers: Vec<Producer>,
    /// The plug-in development kit that it was written with, if it can be detected.
    pub pdk: Option<Pdk>,
}

/// Reads a module and validates it.
pub(super) fn inspect(module: &LoadedModule) -> Result<ModuleInfo, Error> {
    read(module).map_err(|error| Error::Compile { module: module.name.clone(), source: error.into() })
}

fn read(module: &LoadedModule) -> Result<ModuleInfo, FuseError> {
    let mut info = ModuleInfo {
        name: module.name.clone(),
        origin: module.origin.clone(),
        size: module.wasm.len(),
        sha256: module.sha256_text(),
        ..ModuleInfo::default()
    };
    let mut function_names = &[][..];
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    for payload in parser.parse_all(&module.wasm) {
        let payload = payload?;
        refuse_shared_memories(&payload)?;
        match payload {
            Payload::Version { encoding: Encoding::Component, .. } => return Err(FuseError::Component),
            Payload::StartSection { .. } => info.has_start = true,
            Payload::MemorySection(section) => {
                for memory in section {
                    info.initial_pages = info.initial_pages.saturating_add(memory?.initial);
                }
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Producers(producers) => info.producers = producers::read(producers),
                KnownCustom::Name(_) => function_names = section.data(),
                _ => {}
            },
            _ => {}
        }
    }
    let types = Validator::new_with_features(FEATURES).validate_all(&module.wasm)?;
    info.exports = types::exports(types.as_ref());
    info.imports = types::imports(types.as_ref(), &module.name);
    info.pdk = pdk::detect(&info, function_names);
    Ok(info)
}

/// Finds the imports that other modules provide, as linking would.
pub(super) fn resolve(modules: &mut [ModuleInfo]) {
    let all_exports: HashMap<String, HashSet<String>> = modules
        .iter()
        .map(|module| (module.name.clone(), module.exports.iter().map(|export| export.name.clone()).collect()))
        .collect();
    for import in modules.iter_mut().flat_map(|module| &mut module.imports) {
        if all_exports.get(&import.namespace).is_some_and(|exports| exports.contains(&import.name)) {
            import.origin = ImportOrigin::Module;
        }
    }
}
