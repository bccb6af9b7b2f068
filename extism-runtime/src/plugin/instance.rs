#![allow(missing_docs, unused_variables, clippy::missing_errors_doc)]
use std::any::Any;
use super::{Export, RawExport};
use crate::{CancelHandle, Decode, Encode, Error, Source};

#[derive(Debug)]
pub struct Plugin {}

impl Plugin {
    pub fn new(source: impl Into<Source>) -> Result<Self, Error> { unimplemented!() }
    pub fn call<'p, I: Encode, O: Decode<'p>>(&'p mut self, name: &str, input: I) -> Result<O, Error> { unimplemented!() }
    pub fn call_with_context<'p, I: Encode, O: Decode<'p>, C: Any + Send>(&'p mut self, name: &str, input: I, context: C) -> Result<O, Error> { unimplemented!() }
    pub fn export<I, O>(&self, name: &str) -> Result<Export<I, O>, Error> { unimplemented!() }
    pub fn function_exists(&self, name: &str) -> bool { unimplemented!() }
    pub fn id(&self) -> uuid::Uuid { unimplemented!() }
    pub fn name(&self) -> &str { unimplemented!() }
    pub fn cancel_handle(&self) -> CancelHandle { unimplemented!() }

    /// For generated code: finds an interface's exports, all or (optional ones) none, reporting all mismatches.
    #[doc(hidden)]
    pub fn resolve(&self, interface: &str, exports: &[(&str, /* optional */ bool)]) -> Result<Vec<Option<RawExport>>, Error> { unimplemented!() }
    /// For generated code: sets the context of the calls that follow, and gives the one before.
    #[doc(hidden)]
    pub fn swap_context(&mut self, context: Option<Box<dyn Any + Send>>) -> Option<Box<dyn Any + Send>> { unimplemented!() }
    #[doc(hidden)]
    pub fn call_raw<'p, I: Encode, O: Decode<'p>>(&'p mut self, export: RawExport, input: I) -> Result<O, Error> { unimplemented!() }
    /// Sets the context that the NEXT call's host functions see.
    #[doc(hidden)]
    pub fn call_raw_with_context<'p, I: Encode, O: Decode<'p>>(&'p mut self, export: RawExport, input: I, context: Box<dyn Any + Send>) -> Result<O, Error> { unimplemented!() }
}
