use std::{fmt, sync::Arc};

use datafusion::{
    arrow::datatypes::{DataType, Schema, SchemaRef},
    common::{Result, ScalarValue, internal_err, plan_err, tree_node::TreeNodeRecursion},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::EquivalenceProperties,
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PhysicalExpr, PlanProperties,
        execution_plan::{Boundedness, EmissionType},
        stream::RecordBatchStreamAdapter,
    },
};
use futures::TryStreamExt;

use super::read;
use crate::{Modules, spec::FunctionSpec};

/// Reads a table function's file: the plan that runs in the process that has the plug-in.
#[derive(Clone, Debug)]
pub struct PluginTableScan {
    spec: Arc<FunctionSpec>,
    modules: Modules,
    args: Vec<ScalarValue>,
    projection: Option<Vec<usize>>,
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
}

/// Returns the columns of a table function.
pub(super) fn schema(spec: &FunctionSpec) -> SchemaRef {
    match spec.returns.data_type() {
        DataType::Struct(fields) => Schema::new(fields).into(),
        DataType::List(rows) => match rows.data_type() {
            DataType::Struct(fields) => Schema::new(fields.clone()).into(),
            _ => Schema::empty().into(),
        },
        _ => Schema::empty().into(),
    }
}

impl PluginTableScan {
    /// Makes the plan that reads these columns of a table, all of them if there is no projection, and at most `limit` rows.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such column.
    pub fn new(
        spec: Arc<FunctionSpec>,
        modules: Modules,
        args: Vec<ScalarValue>,
        projection: Option<Vec<usize>>,
        limit: Option<usize>,
    ) -> Result<Self> {
        let schema = schema(&spec);
        let schema = match &projection {
            Some(columns) if columns.len() > schema.fields().len() => {
                return plan_err!(
                    "`{}` has {} columns, and {} are read",
                    spec.name,
                    schema.fields().len(),
                    columns.len()
                );
            }
            Some(columns) => Arc::new(schema.project(columns)?),
            None => schema,
        };
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Ok(Self { spec, modules, args, projection, limit, properties })
    }

    /// Returns what the function is.
    #[must_use]
    pub fn spec(&self) -> &FunctionSpec {
        &self.spec
    }

    /// Returns the function's arguments; the first is the file.
    #[must_use]
    pub fn args(&self) -> &[ScalarValue] {
        &self.args
    }

    /// Returns the columns that are read; all if `None`.
    #[must_use]
    pub fn projection(&self) -> Option<&[usize]> {
        self.projection.as_deref()
    }

    /// Returns how many rows are read at most.
    #[must_use]
    pub fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Returns the modules that it is called with.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.modules
    }
}

impl DisplayAs for PluginTableScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PluginTableScan: {}", self.spec.name)?;
        self.limit.map_or(Ok(()), |limit| write!(f, ", limit={limit}"))
    }
}

impl ExecutionPlan for PluginTableScan {
    fn name(&self) -> &'static str {
        "PluginTableScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        if children.is_empty() { Ok(self) } else { internal_err!("PluginTableScan has no children") }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        if partition != 0 {
            return internal_err!("PluginTableScan has one partition, and no partition {partition}");
        }
        let scan = self.clone();
        let rows = context.session_config().batch_size();
        let batches = async move {
            read::read(scan, rows).await.map(|batches| futures::stream::iter(batches.into_iter().map(Ok)))
        };
        let stream = futures::stream::once(batches).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream)))
    }
}
