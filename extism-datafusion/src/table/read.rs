//! Reads a table.

use std::sync::Arc;

use bytes::Bytes;
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, BinaryArray, RecordBatch, StringArray, StructArray},
        compute::cast,
        datatypes::{DataType, FieldRef, Fields},
    },
    common::{Result, ScalarValue, exec_err, runtime::SpawnedTask},
};

use super::{PluginTableScan, file};
use crate::{
    call::Calls,
    columns::{Budget, Builder, Column, Inputs},
    ipc,
    spec::{Argument, Call, FunctionSpec, Input, SqlType},
    types::{Shape, ValueType, same, sql_name},
};

/// Reads a table, in batches of at most `rows` rows. The plug-in runs on a thread that may wait.
pub(super) async fn read(scan: PluginTableScan, rows: usize) -> Result<Vec<RecordBatch>> {
    let read = SpawnedTask::spawn_blocking(move || {
        let table = table(&scan)?;
        let table = match scan.projection() {
            Some(columns) => table.project(columns)?,
            None => table,
        };
        let wanted = scan.limit().map_or(table.num_rows(), |limit| limit.min(table.num_rows()));
        let rows = rows.max(1);
        Ok((0..wanted).step_by(rows).map(|first| table.slice(first, rows.min(wanted - first))).collect())
    });
    read.join().await.map_err(|error| datafusion::error::DataFusionError::External(Box::new(error)))?
}

fn table(scan: &PluginTableScan) -> Result<RecordBatch> {
    let calls = Calls { spec: scan.spec(), modules: scan.modules() };
    let Call::Table { export, input } = &calls.spec.call else {
        return exec_err!("`{}` is no table function", calls.spec.name);
    };
    // Before the file: a process that runs no plug-ins reads none.
    scan.modules().ready(&calls.spec.name, &calls.spec.module)?;
    let content = file::content(scan)?;
    let arrays = arrays(calls.spec, &content, scan.args())?;
    let inputs = inputs(calls.spec, &arrays, *input)?;
    let rows = calls.with(|plugin, _| {
        let mut encoded = Vec::new();
        let failed = |reason: String| file::unread(scan, reason);
        let wrong = |problem: &dyn std::fmt::Display| failed(calls.place(export, problem));
        let encoded = inputs.row(0, &mut encoded).map_err(|error| wrong(&error.strip_backtrace()))?;
        let output = plugin.call::<&[u8], &[u8]>(export, encoded).map_err(|error| failed(calls.reason(&error)))?;
        rows(calls, output).map_err(|problem| wrong(&format_args!("the output: {problem}")))
    })?;
    Ok(RecordBatch::from(rows))
}

/// The arguments of the export, with the content in place of the file.
fn arrays(spec: &FunctionSpec, content: &Bytes, args: &[ScalarValue]) -> Result<Vec<ArrayRef>> {
    let is_text = |argument: &Argument| matches!(&argument.ty, SqlType::Value(ValueType { shape: Shape::Text, .. }));
    let content: ArrayRef = if spec.arguments.first().is_some_and(is_text) {
        let Ok(text) = std::str::from_utf8(content) else {
            return exec_err!("function `{}`: the file is not UTF-8, and the plug-in takes text", spec.name);
        };
        Arc::new(StringArray::from_iter_values([text]))
    } else {
        Arc::new(BinaryArray::from_iter_values([content]))
    };
    if args.len() != spec.arguments.len() {
        return exec_err!("`{}` takes {} arguments, and the plan has {}", spec.name, spec.arguments.len(), args.len());
    }
    let others = args.iter().skip(1).map(ScalarValue::to_array);
    std::iter::once(Ok(content)).chain(others).collect()
}

fn inputs<'s>(spec: &'s FunctionSpec, arrays: &[ArrayRef], input: Input) -> Result<Inputs<'s>> {
    let columns = spec.arguments.iter().zip(arrays).map(|(argument, array)| Column::new(argument, array, true));
    let inputs = Inputs::new(columns.collect::<Result<_>>()?, input);
    if inputs.valid(1).is_some() {
        return exec_err!("function `{}`: an argument is null, and the plug-in's has no null", spec.name);
    }
    Ok(inputs)
}

/// The rows of batches that the plug-in returned, with the columns of this type.
fn batches(batch: &RecordBatch, data_type: &DataType) -> Result<StructArray, String> {
    let DataType::Struct(fields) = data_type else { return Err("it has no columns".to_owned()) };
    let (found, schema) = (batch.columns(), batch.schema());
    let names = schema.fields().iter().map(|field| field.name());
    let fits = |(field, column): (&FieldRef, &ArrayRef)| same(field.data_type(), column.data_type());
    if !names.eq(fields.iter().map(|field| field.name())) || !fields.iter().zip(found).all(fits) {
        return Err(format!("it has the columns {}, and not {}", columns(schema.fields()), columns(fields)));
    }
    let columns = fields.iter().zip(found).map(|(field, column)| cast(column, field.data_type()));
    let columns = columns.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    // The error is that there is a null where there cannot be one.
    StructArray::try_new(fields.clone(), columns, None).map_err(|error| error.to_string())
}

fn columns(fields: &Fields) -> String {
    let columns = fields.iter().map(|field| format!("{} {}", field.name(), sql_name(field.data_type())));
    format!("({})", columns.collect::<Vec<_>>().join(", "))
}

/// The rows that the plug-in returned.
fn rows(calls: Calls<'_>, output: &[u8]) -> Result<StructArray, String> {
    let max_bytes = calls.modules.policy().max_result_bytes;
    let returned: ArrayRef = match &calls.spec.returns {
        SqlType::Value(ty) => {
            let mut builder = Builder::new(&ty.shape, 1);
            builder.append(ty, output, &Budget::new(max_bytes))?;
            builder.finish().map_err(|error| error.strip_backtrace())?
        }
        SqlType::Column(data_type) => return batches(&ipc::read(output, max_bytes)?, data_type),
    };
    let rows = match returned.as_list_opt::<i32>() {
        Some(list) => Arc::clone(list.values()),
        None => returned,
    };
    let rows = rows.as_struct_opt().ok_or_else(|| "it has no columns".to_owned())?;
    if rows.null_count() > 0 {
        return Err("a row is null".to_owned());
    }
    Ok(rows.clone())
}
