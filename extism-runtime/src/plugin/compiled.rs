#![allow(missing_docs, unused_variables, clippy::missing_errors_doc)]
use crate::{Error, Plugin};
#[derive(Clone, Debug)]
pub struct CompiledPlugin {}
impl CompiledPlugin {
    pub fn instantiate(&self) -> Result<Plugin, Error> { unimplemented!() }
}
