use std::fmt;

/// What a module was built for, according to its imports, if that is a host of another kind than this runtime.
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
    /// Loading beside another module, whose memory and table it shares (a "side module").
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

    /// Returns what it was built for.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::WasmBindgen => "the module is built for JavaScript by wasm-bindgen",
            Self::GoJs => "the module is built for JavaScript by Go",
            Self::AssemblyScriptJs => "the module uses JavaScript's objects, which AssemblyScript has bindings for",
            Self::Emscripten => "the module is built for JavaScript by Emscripten",
            Self::WasiUnstable => "the module is built for a WASI from before preview 1",
            Self::WasiPreview2 => "the module is built for WASI preview 2, as part of a component",
            Self::Wasix => "the module is built for WASIX",
            Self::WasiThreads => "the module starts threads",
            Self::DynamicLinking => "the module is built to be loaded beside another one",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::WasmBindgen => {
                "build it without the crates' features for browsers (such as `js`, `wasm_js` and `wasmbind`), or for the \
                 target wasm32-wasip1"
            }
            Self::GoJs => {
                "build it with GOOS=wasip1 and -buildmode=c-shared, or by TinyGo for the target wasip1, instead of GOOS=js"
            }
            Self::AssemblyScriptJs => {
                "use the PDK's functions or host functions in their place, or replace them by asc's option --use"
            }
            Self::Emscripten => "build it by wasi-sdk, or with -sSTANDALONE_WASM",
            Self::WasiUnstable => "build it by a newer compiler, for WASI preview 1",
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
