use std::collections::{HashMap, HashSet};

use wasmparser::{Encoding, KnownCustom, Parser, Payload, Validator};

use super::{ExportInfo, Pdk, Producer, pdk, producers, types};
use crate::{
    Error, env,
    fuse::{FEATURES, FuseError, refuse_shared_memories},
    load::LoadedModule,
    value::ExternType,
};

/// The namespace of WASI preview 1.
const WASI: &str = "wasi_snapshot_preview1";

/// A module of a plug-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleInfo {
    /// Its name in the manifest; `main` where it has none there.
    pub name: String,
    /// Where it came from: a path, a URL or `memory`.
    pub origin: String,
    /// Bytes of its binary format.
    pub size: usize,
    /// The SHA-256 of what was read (the text, if the module was one), as hexadecimal digits: what a manifest's
    /// `hash` expects.
    pub sha256: String,
    /// What it exports, in its order.
    pub exports: Vec<ExportInfo>,
    /// What it imports, in its order.
    pub imports: Vec<ImportInfo>,
    /// Pages of 64 KiB that the memories that it defines have at their start.
    pub initial_pages: u64,
    /// Whether it has a start function.
    pub has_start: bool,
    /// What its `producers` section tells of languages, tools and SDKs.
    pub producers: Vec<Producer>,
    /// The plug-in development kit that it was written with, where that can be told.
    pub pdk: Option<Pdk>,
}

/// Something that a module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportInfo {
    /// The namespace that it is imported from.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ExternType,
    /// Who has to give it.
    pub origin: ImportOrigin,
}

/// Who has to give what a module imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportOrigin {
    /// The runtime, to every plug-in.
    Runtime,
    /// The runtime, to plug-ins that may use WASI.
    Wasi,
    /// Another module of the plug-in.
    Module,
    /// The host, by a host function.
    Host,
}

/// Reads a module, which is validated.
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
    info.imports = types::imports(types.as_ref());
    info.pdk = pdk::detect(&info, function_names);
    Ok(info)
}

/// Finds out who gives each import, as linking would.
pub(super) fn resolve(modules: &mut [ModuleInfo]) {
    let all_exports: HashMap<String, HashSet<String>> = modules
        .iter()
        .map(|module| (module.name.clone(), module.exports.iter().map(|export| export.name.clone()).collect()))
        .collect();
    for import in modules.iter_mut().flat_map(|module| &mut module.imports) {
        let giver = all_exports.get(&import.namespace);
        import.origin = if giver.is_some_and(|exports| exports.contains(&import.name)) {
            ImportOrigin::Module
        } else if env::is_known(&import.namespace, &import.name) {
            ImportOrigin::Runtime
        } else if import.namespace == WASI {
            ImportOrigin::Wasi
        } else {
            ImportOrigin::Host
        };
    }
}
