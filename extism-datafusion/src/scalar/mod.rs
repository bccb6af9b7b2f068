//! Functions of rows, and of batches.

use std::hash::{Hash, Hasher};

use datafusion::{
    arrow::datatypes::DataType,
    common::Result,
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature},
};

use crate::{Modules, spec::FunctionSpec};

/// A plug-in's function of rows or of batches, as DataFusion calls it.
#[derive(Clone, Debug)]
pub struct PluginScalar {
    spec: FunctionSpec,
    modules: Modules,
    signature: Signature,
}

impl PluginScalar {
    /// Makes the function. Its plug-in is fetched and compiled at its first batch.
    #[must_use]
    pub fn new(spec: FunctionSpec, modules: Modules) -> Self {
        let signature = Signature::user_defined(spec.volatility.into());
        Self { spec, modules, signature }
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

impl PartialEq for PluginScalar {
    fn eq(&self, other: &Self) -> bool {
        self.spec == other.spec
    }
}

impl Eq for PluginScalar {}

impl Hash for PluginScalar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.spec.hash(state);
    }
}

impl ScalarUDFImpl for PluginScalar {
    fn name(&self) -> &str {
        &self.spec.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.spec.returns.data_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let _ = args;
        todo!()
    }
}
