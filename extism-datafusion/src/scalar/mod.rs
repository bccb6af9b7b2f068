//! Functions of rows, and of batches.

pub(crate) mod batches;
mod rows;

use std::hash::{Hash, Hasher};

use datafusion::{
    arrow::{
        array::new_empty_array,
        datatypes::{DataType, Field, FieldRef},
    },
    common::{Result, ScalarValue, exec_err, internal_err},
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature},
};

use crate::{
    FunctionError, Modules,
    call::Calls,
    spec::{Call, FunctionSpec, SqlType, Volatility},
    types,
};

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

impl PluginScalar {
    /// A plan that was sent says itself with what it calls the function, and what it expects.
    fn check(&self, args: &ScalarFunctionArgs) -> Result<()> {
        let (arguments, returns) = (self.spec.arguments.len(), self.spec.returns.data_type());
        if args.args.len() != arguments {
            return exec_err!("`{}` takes {arguments} arguments, and the plan has {}", self.spec.name, args.args.len());
        }
        if *args.return_field.data_type() != returns {
            let expected = args.return_field.data_type();
            return exec_err!("`{}` returns {returns}, and the plan expects {expected}", self.spec.name);
        }
        Ok(())
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

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let returns = &self.spec.returns;
        // A null for an argument that has no null gives null.
        let refuses_null = |ty: &SqlType| matches!(ty, SqlType::Value(value) if !value.nullable);
        let by_argument = self
            .spec
            .arguments
            .iter()
            .zip(args.arg_fields)
            .any(|(argument, field)| field.is_nullable() && refuses_null(&argument.ty));
        Ok(Field::new(self.name(), returns.data_type(), returns.is_nullable() || by_argument).into())
    }

    fn coerce_types(&self, actual: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types::coerce(&self.spec.arguments, actual)
            .map_err(|problems| FunctionError::Signature { function: self.spec.name.clone(), problems })?)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        self.check(&args)?;
        // The result is the same in all rows, and may be needed at plan time.
        let constant = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)))
            && self.spec.volatility != Volatility::Volatile;
        let rows = if constant { 1 } else { args.number_rows };
        if rows == 0 {
            return Ok(ColumnarValue::Array(new_empty_array(&self.spec.returns.data_type())));
        }
        let calls = Calls { spec: &self.spec, modules: &self.modules };
        let column = match &self.spec.call {
            Call::Rows { export, input } => rows::call(calls, export, *input, &args, rows)?,
            Call::Batches { export } => batches::call(calls, export, &args, rows)?,
            Call::Aggregate { .. } | Call::Table { .. } => {
                return internal_err!("`{}` is no function of rows or batches", self.spec.name);
            }
        };
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&column, 0)?));
        }
        Ok(ColumnarValue::Array(column))
    }
}
