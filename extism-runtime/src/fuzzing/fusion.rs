use wasmparser::{Parser, Payload, Validator};

use crate::{
    artifact::ModuleSummary,
    fuse::{FEATURES, FuseError, Fused, Given, KernelMemory, MEMORY_MODULE, Options, fuse_with},
};

/// Fuses the kernel into a module in both ways, and with headroom for its memory. The output is valid exactly if the module is.
pub fn fusion(wasm: &[u8]) {
    let valid = validate(wasm);
    let summary = ModuleSummary::parse(wasm);
    if let Err(error) = &summary {
        assert!(valid.is_err(), "a valid module has no summary: {error}");
    }
    let import = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };
    for (memory, headroom) in [(KernelMemory::Define, 0), (KernelMemory::Define, 5), (import, 0)] {
        match fuse_with(wasm, Options { memory, given: Given::NONE, lift: true, headroom }) {
            Ok(fused) => {
                assert_eq!(valid, Ok(()), "an invalid module was fused");
                assert_eq!(validate(&fused.wasm), Ok(()), "the fused module is invalid");
                check_exports(&fused);
            }
            // Valid, but not as a plug-in.
            Err(FuseError::Full { .. } | FuseError::Reserved { .. } | FuseError::SharedMemory { .. }) => {}
            Err(error) => assert!(valid.is_err(), "a valid module was refused: {error}"),
        }
    }
}

fn validate(wasm: &[u8]) -> Result<(), String> {
    Validator::new_with_features(FEATURES).validate_all(wasm).map(drop).map_err(|error| error.to_string())
}

/// The added exports exist under the returned names.
fn check_exports(fused: &Fused) {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(&fused.wasm).map_while(Result::ok) {
        match payload {
            Payload::ExportSection(section) => names.extend(section.into_iter().flatten().map(|export| export.name)),
            Payload::StartSection { .. } => panic!("a start function runs before the host can bound it"),
            _ => {}
        }
    }
    for added in [&fused.memory_export, &fused.start].into_iter().flatten() {
        assert_eq!(names.iter().filter(|name| **name == added.as_str()).count(), 1, "{added}");
    }
}
