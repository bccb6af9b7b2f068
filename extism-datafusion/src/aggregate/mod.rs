//! Aggregates.

mod accumulator;
mod exports;
mod groups;

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef},
    common::{Result, not_impl_err},
    logical_expr::{
        Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::format_state_name,
    },
};

use self::{accumulator::PluginAccumulator, exports::Exports, groups::PluginGroups};
use crate::{FunctionError, Modules, spec::FunctionSpec, types};

/// A plug-in's aggregate, as DataFusion calls it.
#[derive(Clone, Debug)]
pub struct PluginAggregate {
    spec: Arc<FunctionSpec>,
    modules: Modules,
    signature: Signature,
}

impl PluginAggregate {
    /// Makes the function. Its plug-in is fetched and compiled at its first batch.
    #[must_use]
    pub fn new(spec: FunctionSpec, modules: Modules) -> Self {
        let signature = Signature::user_defined(spec.volatility.into());
        Self { spec: Arc::new(spec), modules, signature }
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

    fn exports(&self, args: &AccumulatorArgs<'_>) -> Result<Exports> {
        if args.is_distinct {
            return not_impl_err!("`{}` is a plug-in's aggregate, which has no DISTINCT", self.spec.name);
        }
        Ok(Exports::new(Arc::clone(&self.spec), self.modules.clone())?)
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

    fn coerce_types(&self, actual: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types::coerce(&self.spec.arguments, actual)
            .map_err(|problems| FunctionError::Signature { function: self.spec.name.clone(), problems })?)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Field::new(format_state_name(args.name, "state"), DataType::Binary, false).into()])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(PluginAccumulator::new(self.exports(&args)?)))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(PluginGroups::new(self.exports(&args)?)))
    }
}
