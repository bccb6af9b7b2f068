//! Makes functions of plug-ins.

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use extism_runtime::{PluginInterface, Source};

use crate::{FunctionError, Modules, PluginTableFunction};

/// Makes functions of plug-ins' exports. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PluginStore {
    modules: Modules,
}

impl PluginStore {
    /// Creates a store whose functions are called with these modules, under their policy.
    #[must_use]
    pub fn new(modules: Modules) -> Self {
        Self { modules }
    }

    /// Returns the modules.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.modules
    }

    /// Makes a function of rows of the method of a typed interface with this name.
    ///
    /// # Errors
    ///
    /// Returns an error that lists everything that is wrong.
    pub fn udf<C: PluginInterface>(&self, name: &str, source: impl Into<Source>) -> Result<ScalarUDF, FunctionError> {
        let _ = (name, source.into());
        todo!()
    }

    /// Makes an aggregate of the methods `{name}_init`, `{name}_update`, `{name}_merge` and `{name}_finish`.
    ///
    /// # Errors
    ///
    /// Returns an error that lists everything that is wrong.
    pub fn udaf<C: PluginInterface>(
        &self,
        name: &str,
        source: impl Into<Source>,
    ) -> Result<AggregateUDF, FunctionError> {
        let _ = (name, source.into());
        todo!()
    }

    /// Makes a table function of the method with this name.
    ///
    /// # Errors
    ///
    /// Returns an error that lists everything that is wrong.
    pub fn udtf<C: PluginInterface>(
        &self,
        name: &str,
        source: impl Into<Source>,
    ) -> Result<Arc<PluginTableFunction>, FunctionError> {
        let _ = (name, source.into());
        todo!()
    }
}
