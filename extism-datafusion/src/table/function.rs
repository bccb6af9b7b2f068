use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider},
    common::{Result, ScalarValue},
    logical_expr::Expr,
};

use super::PluginTable;
use crate::{
    FunctionError, Modules,
    spec::{Argument, FunctionSpec, SqlType},
    types::{self, Format, Shape, ValueType},
};

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

    fn refused(&self, problems: Vec<String>) -> FunctionError {
        FunctionError::Signature { function: self.spec.name.clone(), problems }
    }
}

impl TableFunctionImpl for PluginTableFunction {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let constant = |(index, expr): (usize, &Expr)| match expr {
            Expr::Literal(value, _) => Ok(value.clone()),
            other => Err(format!("argument {} is `{other}`, and has to be a constant", index + 1)),
        };
        let (values, problems): (Vec<_>, Vec<_>) =
            args.exprs().iter().enumerate().map(constant).partition(Result::is_ok);
        if !problems.is_empty() {
            return Err(self.refused(problems.into_iter().filter_map(Result::err).collect()).into());
        }
        let values: Vec<ScalarValue> = values.into_iter().filter_map(Result::ok).collect();
        // In SQL, the first argument is the file, and not its content.
        let mut arguments = self.spec.arguments.clone();
        if let Some(first) = arguments.first_mut() {
            let ty = ValueType { shape: Shape::Text, nullable: false, format: Format::Plain };
            *first = Argument { name: "file".to_owned(), ty: SqlType::Value(ty) };
        }
        let actual: Vec<DataType> = values.iter().map(ScalarValue::data_type).collect();
        let targets = types::coerce(&arguments, &actual).map_err(|problems| self.refused(problems))?;
        let cast = values.iter().zip(&targets).map(|(value, target)| value.cast_to(target));
        let values = cast.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(PluginTable::new(Arc::clone(&self.spec), self.modules.clone(), values)))
    }
}
