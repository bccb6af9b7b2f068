use std::fmt;

/// The kind of host that a module was built for, as its imports show, if it is not this runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuiltFor {
    /// JavaScript, through `wasm-bindgen`, which Rust crates use for browsers.
    WasmBindgen,
    /// JavaScript, through Go's `GOOS=js`.
    GoJs,
    /// JavaScript, through AssemblyScript's bindings, such as `Date` and `Math`.
    AssemblyScriptJs,
    /// JavaScript, through Emscripten.
    Emscripten,
    /// WASI before preview 1: `wasi_unstable`.
    WasiUnstable,
    /// WASI preview 2, whose interfaces only components import.
    WasiPreview2,
    /// WASIX, Wasmer's extension of WASI.
    Wasix,
    /// WASI threads.
    WasiThreads,
    /// Dynamic linking with another module, which provides its memory and table (a "side module").
    DynamicLinking,
}

/// Imports that C linkers add to modules that another module is meant to load.
const OF_A_LOADER: [&str; 5] =
    ["memory", "__indirect_function_table", "__stack_pointer", "__memory_base", "__table_base"];

/// Prefixes of the names that AssemblyScript's library uses for JavaScript's objects.
const OF_JAVASCRIPT: [&str; 10] = [
    "Date.",
    "Math.",
    "Object.",
    "Reflect.",
    "String.",
    "console.",
    "crypto.",
    "document.",
    "performance.",
    "process.",
];

/// Prefixes of the names in Emscripten's library.
const OF_EMSCRIPTEN: [&str; 6] = ["emscripten_", "_emscripten", "__syscall_", "invoke_", "__cxa_", "_embind_"];

impl BuiltFor {
    /// Returns what a module with this import was built for.
    pub(crate) fn of(namespace: &str, name: &str) -> Option<Self> {
        let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        let built_for = match namespace {
            "wasi_unstable" => Self::WasiUnstable,
            "gojs" | "go" => Self::GoJs,
            "wbg" => Self::WasmBindgen,
            "wasi" => Self::WasiThreads,
            "GOT.mem" | "GOT.func" => Self::DynamicLinking,
            _ if namespace.starts_with("__wbindgen_") || namespace.ends_with("_bg.js") => Self::WasmBindgen,
            _ if namespace.starts_with("wasi:") || namespace.starts_with("cm32p2|") => Self::WasiPreview2,
            _ if namespace.starts_with("wasix_") => Self::Wasix,
            "env" if begins(&["__wbindgen_", "__wbg_"]) => Self::WasmBindgen,
            "env" if begins(&["syscall/js."]) => Self::GoJs,
            "env" if begins(&OF_JAVASCRIPT) => Self::AssemblyScriptJs,
            "env" if begins(&OF_EMSCRIPTEN) => Self::Emscripten,
            "env" if OF_A_LOADER.contains(&name) => Self::DynamicLinking,
            _ => return None,
        };
        Some(built_for)
    }

    /// Describes the host that the module was built for.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::WasmBindgen => "the module was built by wasm-bindgen for a JavaScript host",
            Self::GoJs => "the module was built by Go for a JavaScript host",
            Self::AssemblyScriptJs => "the module uses JavaScript objects through AssemblyScript's bindings",
            Self::Emscripten => "the module was built by Emscripten for a JavaScript host",
            Self::WasiUnstable => "the module was built for a version of WASI before preview 1",
            Self::WasiPreview2 => "the module was built for WASI preview 2, as part of a component",
            Self::Wasix => "the module was built for WASIX",
            Self::WasiThreads => "the module starts threads",
            Self::DynamicLinking => "the module was built for dynamic linking with another module",
        }
    }

    /// Returns the remedy.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::WasmBindgen => {
                "build it without its crates' browser features (such as `js`, `wasm_js` and `wasmbind`), or for the \
                 target wasm32-wasip1"
            }
            Self::GoJs => {
                "build it with GOOS=wasip1 and -buildmode=c-shared, or with TinyGo for the target wasip1, instead of \
                 GOOS=js"
            }
            Self::AssemblyScriptJs => {
                "use the PDK's functions or host functions instead, or replace them with asc's option --use"
            }
            Self::Emscripten => "build it with wasi-sdk, or with -sSTANDALONE_WASM",
            Self::WasiUnstable => "build it with a newer compiler, for WASI preview 1",
            Self::WasiPreview2 => "build it for the target wasm32-wasip1 instead of wasm32-wasip2",
            Self::Wasix => "build it for the target wasm32-wasip1",
            Self::WasiThreads => "build it without threads: for wasm32-wasip1 instead of wasm32-wasip1-threads",
            Self::DynamicLinking => {
                "build it with a memory and a table of its own: without --import-memory (asc: --importMemory), --shared and \
                 -sSIDE_MODULE"
            }
        }
    }
}

impl fmt::Display for BuiltFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.advice())
    }
}
