//! Calls a function for each batch.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, RecordBatch, RecordBatchOptions},
        compute::cast,
        datatypes::{DataType, Schema},
    },
    common::Result,
    logical_expr::ScalarFunctionArgs,
};

use crate::{
    ArrowIpc,
    call::{Calls, Rows},
    ipc,
    types::{same, sql_name},
};

/// Calls the export with a batch of the arguments.
pub(super) fn call(calls: Calls<'_>, export: &str, args: &ScalarFunctionArgs, rows: usize) -> Result<ArrayRef> {
    let columns = args.args.iter().map(|value| value.to_array(rows)).collect::<Result<Vec<_>>>()?;
    let batch = batch(calls, columns, rows)?;
    let data_type = calls.spec.returns.data_type();
    let output = calls.with(|plugin, _| {
        let function = plugin.export::<ArrowIpc<&RecordBatch>, &[u8]>(export).map_err(|error| calls.plugin(error))?;
        let output = function.call(plugin, ArrowIpc(&batch)).map_err(|error| calls.failed(Rows::all(rows), &error))?;
        let column =
            ipc::read(output, calls.modules.policy().max_result_bytes).and_then(|batch| ipc::only_column(&batch));
        column
            .and_then(|column| check(column, &data_type, rows))
            .map_err(|problem| calls.wrong(export, Rows::all(rows), problem))
    });
    Ok(output?)
}

/// Puts a function's arguments into a batch.
pub(crate) fn batch(calls: Calls<'_>, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let schema = Arc::new(Schema::new(calls.spec.fields()));
    let columns = columns.into_iter().zip(schema.fields()).map(|(column, field)| {
        if column.data_type() == field.data_type() { Ok(column) } else { Ok(cast(&column, field.data_type())?) }
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)
}

/// Checks that a column has a value for each row, of the type that the function returns.
pub(crate) fn check(column: ArrayRef, data_type: &DataType, rows: usize) -> Result<ArrayRef, String> {
    if column.len() != rows {
        let few = if column.len() < rows { "too few" } else { "too many" };
        return Err(format!("the output has {few} rows: {} for {rows}", column.len()));
    }
    if column.data_type() == data_type {
        return Ok(column);
    }
    if same(column.data_type(), data_type) {
        return cast(&column, data_type).map_err(|error| error.to_string());
    }
    Err(format!("the output is {}, and the function returns {}", sql_name(column.data_type()), sql_name(data_type)))
}
