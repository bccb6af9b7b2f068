#![allow(missing_docs, unused_variables, clippy::missing_errors_doc)]
use std::sync::Arc;
use crate::{Error, host::IntoFunctions, CompiledPlugin, Plugin, Source};

pub struct PluginBuilder {}
impl PluginBuilder {
    pub fn new(source: impl Into<Source>) -> Self { unimplemented!() }
    pub fn with_wasi(self, wasi: bool) -> Self { self }
    pub fn with_state<T: Send + Sync + 'static>(self, state: T) -> Self { self }
    pub fn with_shared_state<T: Send + Sync + 'static>(self, state: Arc<T>) -> Self { self }
    pub fn with_functions(self, functions: impl IntoFunctions) -> Self { self }
    pub fn with_name(self, name: impl Into<String>) -> Self { self }
    pub fn compile(self) -> Result<CompiledPlugin, Error> { unimplemented!() }
    pub fn build(self) -> Result<Plugin, Error> { unimplemented!() }
}
