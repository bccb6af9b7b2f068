//! The functions, in plug-ins and in native Rust.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray},
        datatypes::{DataType, Field, FieldRef, Float64Type},
    },
    common::Result as SqlResult,
    logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf},
    prelude::SessionContext,
};
use extism_datafusion::{ArrowIpc, PluginStore};
use extism_runtime::{Json, Source, prelude::*};

use crate::Result;

/// The folder of the modules.
pub(crate) const PLUGINS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins");

/// A function of rows, in `plugins/rows_rust`.
#[plugin_interface]
pub(crate) trait Scores {
    /// The number of the text's vowels, times the weight.
    #[export(args = "msgpack")]
    fn score(&mut self, text: &str, weight: f64) -> f64;
}

/// An aggregate, in the same plug-in.
#[plugin_interface]
pub(crate) trait Mean {
    /// No number yet.
    fn mean_init(&mut self) -> Json<(f64, u64)>;
    /// Some numbers more.
    fn mean_update(&mut self, state: (f64, u64), values: Vec<f64>) -> Json<(f64, u64)>;
    /// Two groups together.
    fn mean_merge(&mut self, left: (f64, u64), right: (f64, u64)) -> Json<(f64, u64)>;
    /// The mean; null if there was no number.
    fn mean_finish(&mut self, state: Json<(f64, u64)>) -> Option<f64>;
}

/// Functions of batches, in `plugins/columns_rust` and `plugins/columns.c`.
#[plugin_interface(codec = ArrowIpc)]
pub(crate) trait Columns {
    /// The number of the text's vowels, times the weight.
    fn score(&mut self, columns: RecordBatch) -> ArrayRef;
    /// The text in upper case.
    fn shout(&mut self, columns: RecordBatch) -> ArrayRef;
}

/// Registers the functions of the plug-ins: of rows, of batches, and an aggregate.
pub(crate) fn of_plugins(context: &SessionContext, store: &PluginStore) -> Result<()> {
    let rows = format!("{PLUGINS}/rows_rust.wasm");
    context.register_udf(store.udf::<ScoresPlugin>("score", rows.as_str())?);
    context.register_udaf(store.udaf::<MeanPlugin>("mean", rows.as_str())?);
    let text = [field("text", DataType::Utf8)];
    let columns = format!("{PLUGINS}/columns_c.wasm");
    context.register_udf(store.batch_udf::<ColumnsPlugin>("shout", columns, text, DataType::Utf8)?);
    Ok(())
}

/// The function `score` of a module, under a name: of rows, or of batches.
pub(crate) fn score(store: &PluginStore, name: &str, module: impl Into<Source>, of_rows: bool) -> Result<ScalarUDF> {
    let store = store.clone().with_sql_name(name);
    if of_rows {
        return Ok(store.udf::<ScoresPlugin>("score", module)?);
    }
    let arguments = [field("text", DataType::Utf8), field("weight", DataType::Float64)];
    Ok(store.batch_udf::<ColumnsPlugin>("score", module, arguments, DataType::Float64)?)
}

fn field(name: &str, data_type: DataType) -> FieldRef {
    Field::new(name, data_type, true).into()
}

/// Registers the same functions in native Rust; DataFusion has a `mean`.
pub(crate) fn native(context: &SessionContext) {
    let types = |types: &[DataType]| types.to_vec();
    let score = |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        Ok(ColumnarValue::Array(native_score(&arrays)))
    };
    let shout = |arguments: &[ColumnarValue]| -> SqlResult<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let texts = arrays[0].as_string::<i32>().iter();
        let loud = texts.map(|text| text.map(str::to_uppercase)).collect::<StringArray>();
        Ok(ColumnarValue::Array(Arc::new(loud)))
    };
    let (text, number, pure) = (DataType::Utf8, DataType::Float64, Volatility::Immutable);
    let arguments = types(&[text.clone(), number.clone()]);
    context.register_udf(create_udf("score", arguments, number, pure, Arc::new(score)));
    context.register_udf(create_udf("shout", types(std::slice::from_ref(&text)), text, pure, Arc::new(shout)));
}

fn native_score(arrays: &[ArrayRef]) -> ArrayRef {
    let weights = arrays[1].as_primitive::<Float64Type>().iter();
    let scores = arrays[0].as_string::<i32>().iter().zip(weights).map(|(text, weight)| {
        let vowels: u32 = text?.chars().map(|letter| u32::from("aeiouAEIOU".contains(letter))).sum();
        Some(f64::from(vowels) * weight?)
    });
    Arc::new(scores.collect::<Float64Array>())
}
