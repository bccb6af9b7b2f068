//! Calls a function for each row.

use datafusion::{
    arrow::array::ArrayRef,
    common::Result,
    logical_expr::{ColumnarValue, ScalarFunctionArgs},
};

use crate::{
    call::{Calls, Rows},
    columns::{Budget, Builder, Column, Inputs},
    error::FunctionError,
    spec::{Argument, Input, SqlType},
};

/// Calls the export for each row that has a value for each argument, in one instance.
pub(super) fn call(
    calls: Calls<'_>,
    export: &str,
    input: Input,
    args: &ScalarFunctionArgs,
    rows: usize,
) -> Result<ArrayRef> {
    let SqlType::Value(returns) = &calls.spec.returns else {
        return Err(calls.wrong(export, Rows::all(rows), "the function returns no single values").into());
    };
    let inputs = inputs(&calls.spec.arguments, &args.args, input)?;
    let valid = inputs.valid(rows);
    let mut builder = Builder::new(&returns.shape, rows);
    let budget = Budget::new(calls.modules.policy().max_result_bytes);
    let built = calls.with(|plugin, time| {
        let function = plugin.export::<&[u8], &[u8]>(export).map_err(|error| calls.plugin(error))?;
        let mut encoded = Vec::new();
        for row in 0..rows {
            if valid.as_ref().is_some_and(|valid| valid.is_null(row)) {
                builder.append_null();
                continue;
            }
            if time.is_over() {
                return Err(calls.late(export, Rows::one(row, rows)));
            }
            let encoded = inputs.row(row, &mut encoded).map_err(|error| unencoded(calls, export, row, rows, &error))?;
            let output = function.call(plugin, encoded).map_err(|error| calls.failed(Rows::one(row, rows), &error))?;
            if let Err(problem) = builder.append(returns, output, &budget) {
                return Err(calls.wrong(export, Rows::one(row, rows), format_args!("the output: {problem}")));
            }
        }
        Ok(builder)
    });
    built?.finish()
}

#[cold]
fn unencoded(
    calls: Calls<'_>,
    export: &str,
    row: usize,
    rows: usize,
    error: &datafusion::error::DataFusionError,
) -> FunctionError {
    calls.wrong(export, Rows::one(row, rows), error.strip_backtrace())
}

fn inputs<'s>(arguments: &'s [Argument], values: &[ColumnarValue], input: Input) -> Result<Inputs<'s>> {
    let columns = arguments.iter().zip(values).map(|(argument, value)| match value {
        ColumnarValue::Array(array) => Column::new(argument, array, false),
        ColumnarValue::Scalar(scalar) => Column::new(argument, &scalar.to_array()?, true),
    });
    Ok(Inputs::new(columns.collect::<Result<_>>()?, input))
}
