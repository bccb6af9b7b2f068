//! Which SQL types an argument takes, and what they are cast to.

use datafusion::arrow::datatypes::DataType;

use super::{Shape, sql_name};
use crate::spec::{Argument, SqlType};

/// Returns the types that the arguments are cast to before the call; the error lists all that do not fit.
///
/// Numbers are cast to numbers if none is lost but by its value being out of range, which is an error of the query; dates
/// to timestamps; nothing to or from text, except that a struct also takes its JSON.
pub(crate) fn coerce(arguments: &[Argument], actual: &[DataType]) -> Result<Vec<DataType>, Vec<String>> {
    if arguments.len() != actual.len() {
        let list: Vec<String> = arguments
            .iter()
            .map(|argument| format!("{} {}", argument.name, sql_name(&argument.ty.data_type())))
            .collect();
        let (wanted, list) = (arguments.len(), list.join(", "));
        return Err(vec![format!("takes {} ({list}), and gets {}", count(wanted), actual.len())]);
    }
    let mut problems = Vec::new();
    let mut targets = Vec::with_capacity(actual.len());
    for (index, (argument, actual)) in arguments.iter().zip(actual).enumerate() {
        match target(&argument.ty, actual) {
            Some(target) => targets.push(target),
            None => problems.push(format!(
                "argument {} (`{}`) is {}, and cannot be made of {}",
                index + 1,
                argument.name,
                sql_name(&argument.ty.data_type()),
                sql_name(actual)
            )),
        }
    }
    if problems.is_empty() { Ok(targets) } else { Err(problems) }
}

fn count(arguments: usize) -> String {
    match arguments {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        several => format!("{several} arguments"),
    }
}

/// The type that this argument is cast to.
fn target(ty: &SqlType, actual: &DataType) -> Option<DataType> {
    let wanted = ty.data_type();
    let actual = match actual {
        DataType::Dictionary(_, values) => values,
        DataType::RunEndEncoded(_, values) => values.data_type(),
        other => other,
    };
    if *actual == wanted || *actual == DataType::Null {
        return Some(wanted);
    }
    match ty {
        // These are read as they are.
        SqlType::Value(value) if is_text(actual) && takes_text(&value.shape) => Some(actual.clone()),
        SqlType::Value(value) if is_bytes(actual) && value.shape == Shape::Bytes => Some(actual.clone()),
        _ => casts(actual, &wanted).then_some(wanted),
    }
}

/// Whether these are texts.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn is_bytes(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

/// Text as it is, or as JSON.
fn takes_text(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Json | Shape::Struct(_) | Shape::List(_))
}

fn casts(from: &DataType, to: &DataType) -> bool {
    let decimal = matches!(
        from,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..)
    );
    match to {
        _ if is_text(to) => is_text(from),
        _ if is_bytes(to) => is_bytes(from) || matches!(from, DataType::FixedSizeBinary(_)),
        _ if to.is_integer() => from.is_integer(),
        DataType::Float32 | DataType::Float64 => from.is_numeric() || decimal,
        DataType::Date32 => matches!(from, DataType::Date64),
        DataType::Time64(_) => matches!(from, DataType::Time32(_) | DataType::Time64(_)),
        DataType::Timestamp(..) => matches!(from, DataType::Timestamp(..) | DataType::Date32 | DataType::Date64),
        DataType::List(to) => match from {
            DataType::List(from)
            | DataType::LargeList(from)
            | DataType::ListView(from)
            | DataType::LargeListView(from)
            | DataType::FixedSizeList(from, _) => fits(from.data_type(), to.data_type()),
            _ => false,
        },
        DataType::Struct(to) => match from {
            DataType::Struct(from) => {
                from.len() == to.len()
                    && from
                        .iter()
                        .zip(to)
                        .all(|(from, to)| from.name() == to.name() && fits(from.data_type(), to.data_type()))
            }
            _ => false,
        },
        _ => false,
    }
}

fn fits(from: &DataType, to: &DataType) -> bool {
    from == to || *from == DataType::Null || casts(from, to)
}
