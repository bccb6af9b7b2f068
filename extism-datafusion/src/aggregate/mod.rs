//! Aggregates.

use std::hash::{Hash, Hasher};

use datafusion::{
    arrow::datatypes::DataType,
    common::Result,
    logical_expr::{Accumulator, AggregateUDFImpl, Signature, function::AccumulatorArgs},
};

use crate::{Modules, spec::FunctionSpec};

/// A plug-in's aggregate, as DataFusion calls it.
#[derive(Clone, Debug)]
pub struct PluginAggregate {
    spec: FunctionSpec,
    modules: Modules,
    signature: Signature,
}

impl PluginAggregate {
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

impl PartialEq for PluginAggregate {
    fn eq(&self, other: &Self) -> bool {
        self.spec == other.spec
    }
}

impl Eq for PluginAggregate {}

impl Hash for PluginAggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.spec.hash(state);
    }
}

impl AggregateUDFImpl for PluginAggregate {
    fn name(&self) -> &str {
        &self.spec.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.spec.returns.data_type())
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let _ = args;
        todo!()
    }
}
