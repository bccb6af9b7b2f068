use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    arrow::datatypes::SchemaRef,
    catalog::{Session, TableProvider},
    common::{Result, ScalarValue},
    logical_expr::{Expr, TableType},
    physical_plan::ExecutionPlan,
};

use super::PluginTableScan;
use crate::{Modules, spec::FunctionSpec};

/// What a table function returns for its arguments: a file that is read when a query runs.
#[derive(Clone, Debug)]
pub struct PluginTable {
    spec: Arc<FunctionSpec>,
    modules: Modules,
    args: Vec<ScalarValue>,
    schema: SchemaRef,
}

impl PluginTable {
    /// Makes the table of a function and its arguments, the first of which is the file.
    #[must_use]
    pub fn new(spec: Arc<FunctionSpec>, modules: Modules, args: Vec<ScalarValue>) -> Self {
        let schema = super::scan::schema(&spec);
        Self { spec, modules, args, schema }
    }

    /// Returns what the function is.
    #[must_use]
    pub fn spec(&self) -> &FunctionSpec {
        &self.spec
    }

    /// Returns the arguments; the first is the file.
    #[must_use]
    pub fn args(&self) -> &[ScalarValue] {
        &self.args
    }

    /// Returns the modules that it is called with.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.modules
    }
}

#[async_trait]
impl TableProvider for PluginTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (spec, modules, args) = (Arc::clone(&self.spec), self.modules.clone(), self.args.clone());
        Ok(Arc::new(PluginTableScan::new(spec, modules, args, projection.cloned(), limit)?))
    }
}
