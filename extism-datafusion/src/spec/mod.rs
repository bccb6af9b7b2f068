//! What a function is, as data: without an engine, and the same in every process.

mod check;

use std::path::PathBuf;

use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef, Fields},
    logical_expr::Volatility as SqlVolatility,
};
use serde::{Deserialize, Serialize};

use crate::{error::FunctionError, types::ValueType};

/// The version of the data that this crate writes. Other versions are not read.
pub const VERSION: u32 = 1;

/// A function of a plug-in: its SQL signature, how its exports are called, and where its module is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FunctionSpec {
    /// The function's name in SQL.
    pub name: String,
    /// The module that has the exports.
    pub module: ModuleRef,
    /// The arguments, in SQL's order.
    pub arguments: Vec<Argument>,
    /// The result. A table function returns [`Shape::Struct`](crate::types::Shape::Struct)s or an Arrow struct: its rows.
    pub returns: SqlType,
    /// How it is called.
    pub call: Call,
    /// Whether the same arguments give the same result.
    pub volatility: Volatility,
    /// Whether the plug-in's memory and variables are kept from one batch to the next. Then the result may depend on how
    /// the rows are partitioned.
    pub keeps_state: bool,
}

/// A module, by its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModuleRef {
    /// The SHA-256 of the module's bytes.
    pub sha256: [u8; 32],
    /// The module's size in bytes.
    pub size: u64,
    /// The name of the plug-in in errors: that of its file without the extension.
    pub name: String,
    /// Where the module can be fetched.
    pub at: Location,
}

/// Where a module can be fetched. What is fetched is only used if it has the hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Location {
    /// In the [`Modules`](crate::Modules) of the process, to which [`provide`](crate::Modules::provide) gave it. A plan
    /// that is sent carries the bytes with it.
    Inline,
    /// A URL of an object store.
    Url(String),
    /// A file of each machine.
    File(PathBuf),
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Argument {
    /// The argument's name.
    pub name: String,
    /// Its type.
    pub ty: SqlType,
}

/// The type of an argument or a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SqlType {
    /// A value that is encoded by itself, as typed interfaces do.
    Value(ValueType),
    /// A column of this Arrow type, in Arrow IPC, which may have nulls.
    Column(DataType),
}

/// How a function's exports are called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Call {
    /// For each row.
    Rows {
        /// The export.
        export: String,
        /// How the arguments become its input.
        input: Input,
    },
    /// For each batch: it gets a record batch of the arguments, and returns one column with as many rows.
    Batches {
        /// The export.
        export: String,
    },
    /// For each batch, with a state.
    Aggregate {
        /// Returns the state of an empty group.
        init: String,
        /// Takes a state and a batch of the arguments, and returns the new state.
        update: String,
        /// Takes two states, and returns their sum.
        merge: String,
        /// Takes a state, and returns the result.
        finish: String,
        /// How the arguments of `update` and `merge` become their input.
        input: Input,
    },
    /// Once, with the content of a file. The first SQL argument is the file's path or URL.
    Table {
        /// The export.
        export: String,
        /// How the content and the other arguments become its input.
        input: Input,
    },
}

/// How several arguments become an export's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Input {
    /// No argument: no bytes. One argument: its own bytes.
    Direct,
    /// A JSON array.
    JsonArray,
    /// A JSON object with the arguments' names as keys.
    JsonObject,
    /// A MessagePack array.
    Msgpack,
    /// Arrow IPC. With a state, the state comes first: its length in bytes, as a little-endian `u32`, then its bytes.
    Arrow,
}

/// Whether a function gives the same result for the same arguments; see DataFusion's
/// [`Volatility`](datafusion::logical_expr::Volatility).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Volatility {
    /// Always.
    Immutable,
    /// Within a query.
    Stable,
    /// Never: it is called for each row, and not at plan time.
    Volatile,
}

impl From<Volatility> for SqlVolatility {
    fn from(volatility: Volatility) -> Self {
        match volatility {
            Volatility::Immutable => Self::Immutable,
            Volatility::Stable => Self::Stable,
            Volatility::Volatile => Self::Volatile,
        }
    }
}

impl From<SqlVolatility> for Volatility {
    fn from(volatility: SqlVolatility) -> Self {
        match volatility {
            SqlVolatility::Immutable => Self::Immutable,
            SqlVolatility::Stable => Self::Stable,
            SqlVolatility::Volatile => Self::Volatile,
        }
    }
}

impl SqlType {
    /// Returns the type in SQL.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        match self {
            Self::Value(value) => value.data_type(),
            Self::Column(data_type) => data_type.clone(),
        }
    }

    /// Returns whether there may be nulls.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        match self {
            Self::Value(value) => value.nullable,
            Self::Column(_) => true,
        }
    }

    /// Returns it as a field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> FieldRef {
        Field::new(name, self.data_type(), self.is_nullable()).into()
    }
}

impl FunctionSpec {
    /// Returns the arguments as fields.
    #[must_use]
    pub fn fields(&self) -> Fields {
        self.arguments.iter().map(|argument| argument.ty.field(&argument.name)).collect()
    }

    /// Returns the names of all exports that are called.
    #[must_use]
    pub fn exports(&self) -> Vec<&str> {
        match &self.call {
            Call::Rows { export, .. } | Call::Batches { export } | Call::Table { export, .. } => vec![export],
            Call::Aggregate { init, update, merge, finish, .. } => vec![init, update, merge, finish],
        }
    }

    /// Writes it as JSON, with its [`VERSION`].
    ///
    /// # Errors
    ///
    /// Returns an error if a path is not UTF-8.
    pub fn to_json(&self) -> Result<Vec<u8>, FunctionError> {
        serde_json::to_vec(&Versioned { version: VERSION, function: self })
            .map_err(|error| FunctionError::plan(&self.name, format!("cannot be written: {error}")))
    }

    /// Reads JSON that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// Returns an error if another version wrote it, or it is no function that can be called: it may come from somebody who
    /// is not trusted, so that its size is limited, too.
    pub fn from_json(json: &[u8]) -> Result<Self, FunctionError> {
        if json.len() > check::MAX_JSON {
            return Err(FunctionError::NotASpec { reason: format!("it has more than {} bytes", check::MAX_JSON) });
        }
        let not_read = |error: serde_json::Error| FunctionError::NotASpec { reason: error.to_string() };
        let Version { version } = serde_json::from_slice(json).map_err(not_read)?;
        if version != VERSION {
            return Err(FunctionError::Version { version });
        }
        let Versioned { function, .. } = serde_json::from_slice::<Versioned<Self>>(json).map_err(not_read)?;
        function.check().map_err(|reason| FunctionError::NotASpec { reason })?;
        Ok(function)
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned<F> {
    version: u32,
    function: F,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}
