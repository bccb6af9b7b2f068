#![allow(missing_docs, unused_variables, clippy::missing_errors_doc)]
use std::{marker::PhantomData, sync::Arc};
use crate::{Error, host::IntoFunctions, CompiledPlugin, FromPlugin, Plugin, Source};

pub struct PluginBuilder<P = Plugin> { plugin: PhantomData<fn() -> P> }
impl PluginBuilder {
    pub fn new(source: impl Into<Source>) -> Self { unimplemented!() }
}
impl<P> PluginBuilder<P> {
    #[doc(hidden)]
    pub fn typed<Q>(self) -> PluginBuilder<Q> { PluginBuilder { plugin: PhantomData } }
    pub fn with_wasi(self, wasi: bool) -> Self { self }
    pub fn with_state<T: Send + Sync + 'static>(self, state: T) -> Self { self }
    pub fn with_shared_state<T: Send + Sync + 'static>(self, state: Arc<T>) -> Self { self }
    pub fn with_functions(self, functions: impl IntoFunctions) -> Self { self }
    pub fn with_name(self, name: impl Into<String>) -> Self { self }
    pub fn compile(self) -> Result<CompiledPlugin, Error> { unimplemented!() }
    pub fn build(self) -> Result<P, Error> where P: FromPlugin { unimplemented!() }
}
