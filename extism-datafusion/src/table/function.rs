use std::sync::Arc;

use datafusion::{
    catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider},
    common::Result,
};

use crate::{Modules, spec::FunctionSpec};

/// A plug-in's table function: `SELECT * FROM read_log('server.log')`.
#[derive(Clone, Debug)]
pub struct PluginTableFunction {
    spec: Arc<FunctionSpec>,
    modules: Modules,
}

impl PluginTableFunction {
    /// Makes the function. Its plug-in is fetched and compiled when a table is read.
    #[must_use]
    pub fn new(spec: FunctionSpec, modules: Modules) -> Self {
        Self { spec: Arc::new(spec), modules }
    }

    /// Returns what the function is.
    #[must_use]
    pub fn spec(&self) -> &FunctionSpec {
        &self.spec
    }

    /// Returns the modules that it is called with.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.modules
    }
}

impl TableFunctionImpl for PluginTableFunction {
    fn call_with_args(&self, args: TableFunctionArgs<'_>) -> Result<Arc<dyn TableProvider>> {
        let _ = args;
        todo!()
    }
}
