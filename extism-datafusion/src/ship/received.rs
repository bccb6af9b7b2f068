use std::sync::Arc;

use datafusion::{
    common::Result,
    logical_expr::{AggregateUDF, ScalarUDF},
};

use super::wire::TableContent;
use crate::{
    FunctionError, FunctionSpec, Modules, PluginAggregate, PluginScalar, PluginTable, PluginTableScan, spec::Call,
};

/// A function or a table that came with a plan.
pub(super) struct Received {
    pub(super) function: FunctionSpec,
    pub(super) table: Option<TableContent>,
    pub(super) modules: Modules,
}

impl Received {
    /// Returns it as a function of rows or of batches, which the plan calls by this name.
    pub(super) fn scalar(self, name: &str) -> Result<Arc<ScalarUDF>> {
        let right = matches!(self.function.call, Call::Rows { .. } | Call::Batches { .. });
        self.expect(right, name, "a function of rows")?;
        Ok(Arc::new(PluginScalar::new(self.function, self.modules).into()))
    }

    /// Returns it as an aggregate, which the plan calls by this name.
    pub(super) fn aggregate(self, name: &str) -> Result<Arc<AggregateUDF>> {
        self.expect(matches!(self.function.call, Call::Aggregate { .. }), name, "an aggregate")?;
        Ok(Arc::new(PluginAggregate::new(self.function, self.modules).into()))
    }

    /// Returns it as a table.
    pub(super) fn provider(self) -> Result<PluginTable> {
        let (function, modules, table) = self.table()?;
        Ok(PluginTable::new(function, modules, table.args))
    }

    /// Returns it as the plan that reads a table.
    pub(super) fn scan(self) -> Result<PluginTableScan> {
        let (function, modules, TableContent { args, projection, limit }) = self.table()?;
        PluginTableScan::new(function, modules, args, projection, limit)
    }

    fn table(self) -> Result<(Arc<FunctionSpec>, Modules, TableContent)> {
        let Self { function, table, modules } = self;
        match (table, &function.call) {
            (Some(table), Call::Table { .. }) => Ok((Arc::new(function), modules, table)),
            _ => Err(not_that(&function.name, "a table").into()),
        }
    }

    fn expect(&self, right: bool, name: &str, what: &str) -> Result<(), FunctionError> {
        if right && self.table.is_none() && self.function.name == name { Ok(()) } else { Err(not_that(name, what)) }
    }
}

fn not_that(name: &str, what: &str) -> FunctionError {
    FunctionError::NotASpec { reason: format!("`{name}` is not {what}") }
}
