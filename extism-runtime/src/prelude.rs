//! The names that most programs with plug-ins use: `use extism_runtime::prelude::*;`
//!
//! It contains only names that are unlikely to mean something else in the same file. Import the others
//! explicitly where you need them: [`Error`](crate::Error), [`Json`](crate::Json), [`State`](crate::State)
//! and [`Function`](crate::Function), which also exist in other crates.
//!
//! ```
//! use extism_runtime::{Error, Json, prelude::*};
//! ```

pub use crate::{
    CompiledPlugin, CurrentPlugin, Decode, Encode, Manifest, Plugin, PluginBuilder, PluginInterface, Wasm, host_fn,
    host_fns, plugin_interface,
};
