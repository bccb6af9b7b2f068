//! What is checked of a function that comes from elsewhere.

use super::{Argument, Call, FunctionSpec, Input, SqlType};
use crate::types::{Format, Shape, ValueType, column};

/// The most bytes of a function as JSON.
pub(super) const MAX_JSON: usize = 1 << 20;

/// The most bytes of a name.
const MAX_NAME: usize = 1024;

/// The most arguments of a function.
const MAX_ARGUMENTS: usize = 1024;

impl FunctionSpec {
    /// Checks that the function can be one; the error says why it cannot.
    pub(super) fn check(&self) -> Result<(), String> {
        let names = self.exports().into_iter().chain([self.name.as_str(), self.module.name.as_str()]);
        names.chain(self.arguments.iter().map(|argument| argument.name.as_str())).try_for_each(name)?;
        if self.arguments.len() > MAX_ARGUMENTS {
            return Err(format!("it has more than {MAX_ARGUMENTS} arguments"));
        }
        self.arguments.iter().map(|argument| &argument.ty).chain([&self.returns]).try_for_each(sql_type)?;
        if self.is_called_with_its_types() {
            Ok(())
        } else {
            Err("its arguments and its result are not of the kind that its exports are called with".to_owned())
        }
    }

    /// Whether single values go to exports of values, and columns to those of columns.
    fn is_called_with_its_types(&self) -> bool {
        let are_values = self.arguments.iter().all(Argument::is_value) && self.returns.is_value();
        let are_columns = !self.arguments.iter().any(Argument::is_value) && !self.returns.is_value();
        match &self.call {
            Call::Rows { input: Input::Direct, .. } => are_values && self.arguments.len() <= 1,
            Call::Rows { input, .. } => are_values && *input != Input::Arrow,
            Call::Batches { .. } | Call::Aggregate { input: Input::Arrow, .. } => are_columns,
            Call::Aggregate { input, .. } => are_values && matches!(input, Input::JsonArray | Input::Msgpack),
            // The content of the file is a value, even if the rows are columns.
            Call::Table { input, .. } => {
                let is_direct = *input != Input::Direct || self.arguments.len() == 1;
                let takes_values = !self.arguments.is_empty() && self.arguments.iter().all(Argument::is_value);
                takes_values && is_direct && *input != Input::Arrow && self.returns.has_columns()
            }
        }
    }
}

impl Argument {
    fn is_value(&self) -> bool {
        self.ty.is_value()
    }
}

impl SqlType {
    fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Whether it is the rows of a table.
    fn has_columns(&self) -> bool {
        match self {
            Self::Value(ValueType { shape: Shape::List(rows), .. }) => matches!(rows.shape, Shape::Struct(_)),
            Self::Value(_) => false,
            Self::Column(data_type) => matches!(data_type, datafusion::arrow::datatypes::DataType::Struct(_)),
        }
    }
}

fn name(name: &str) -> Result<(), String> {
    match name.len() {
        0 => Err("a name is empty".to_owned()),
        1..=MAX_NAME => Ok(()),
        bytes => Err(format!("a name has {bytes} bytes, and at most {MAX_NAME} are read")),
    }
}

fn sql_type(ty: &SqlType) -> Result<(), String> {
    if let SqlType::Value(ValueType { format, .. }) = ty {
        formats(format)?;
    }
    // A value's type is that of a column.
    column::check(&ty.data_type())
}

fn formats(format: &Format) -> Result<(), String> {
    let mut depth = 0;
    let mut format = format;
    while let Format::Base64(inner) | Format::Optional(inner) = format {
        (format, depth) = (inner, depth + 1);
    }
    if depth <= 8 { Ok(()) } else { Err("a format has too many parts".to_owned()) }
}
