use wasmparser::WasmFeatures;

/// The proposals that a plug-in may use: those that wasmtime enables on its own, with the features that
/// this crate builds it with, and wide arithmetic, which the official runtime has too. Components are refused
/// with an error of their own.
pub(crate) const FEATURES: WasmFeatures =
    WasmFeatures::WASM3.difference(WasmFeatures::THREADS).union(WasmFeatures::WIDE_ARITHMETIC);
