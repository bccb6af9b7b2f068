//! The exports of an aggregate.

use std::{ops::Range, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, RecordBatch},
        buffer::NullBuffer,
    },
    common::{Result, ScalarValue},
};
use extism_runtime::Plugin;

use crate::{
    FunctionError, Modules,
    call::{BatchTime, Calls, Rows},
    columns::{Budget, Builder, Column, Inputs, array_header},
    ipc,
    scalar::batches::{batch, check},
    spec::{Call, FunctionSpec, Input, SqlType},
};

/// A column of states has at most 2 GiB.
const MOST_STATE_BYTES: u64 = i32::MAX as u64;

/// An aggregate's exports, whose calls have one instance for each batch.
#[derive(Clone, Debug)]
pub(super) struct Exports {
    spec: Arc<FunctionSpec>,
    modules: Modules,
    input: Input,
    names: Arc<Names>,
}

#[derive(Debug)]
struct Names {
    init: String,
    update: String,
    merge: String,
    finish: String,
}

/// The columns of a batch, from which rows go into states.
pub(super) enum Values<'s> {
    Lists(Inputs<'s>, usize),
    Arrow(RecordBatch),
}

/// The calls of one batch.
pub(super) struct Instance<'e, 'p> {
    exports: &'e Exports,
    plugin: &'p mut Plugin,
    time: &'p BatchTime,
    input: Vec<u8>,
}

impl Exports {
    pub(super) fn new(spec: Arc<FunctionSpec>, modules: Modules) -> Result<Self, FunctionError> {
        let Call::Aggregate { init, update, merge, finish, input } = spec.call.clone() else {
            return Err(FunctionError::plan(&spec.name, "it is no aggregate".to_owned()));
        };
        let names = Arc::new(Names { init, update, merge, finish });
        Ok(Self { spec, modules, input, names })
    }

    /// Returns an error if the states of an aggregate have too many bytes together.
    pub(super) fn check_states(&self, bytes: usize) -> Result<(), FunctionError> {
        let limit = self.modules.policy().max_state_bytes.min(MOST_STATE_BYTES);
        if bytes as u64 <= limit {
            return Ok(());
        }
        let problem = format!("its states have more than {limit} bytes (`ExecutorPolicy::with_max_state_bytes`)");
        Err(self.calls().wrong(&self.names.update, Rows::all(0), problem))
    }

    fn calls(&self) -> Calls<'_> {
        Calls { spec: &self.spec, modules: &self.modules }
    }

    /// Lends an instance for the calls of a batch.
    pub(super) fn with<T>(
        &self,
        calls: impl FnOnce(&mut Instance<'_, '_>) -> Result<T, FunctionError>,
    ) -> Result<T, FunctionError> {
        self.calls().with(|plugin, time| calls(&mut Instance { exports: self, plugin, time, input: Vec::new() }))
    }

    /// Returns the state of an empty group.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method's path has one pair of lifetimes, and `with` needs all"
    )]
    pub(super) fn init(&self) -> Result<Vec<u8>, FunctionError> {
        self.with(|instance| instance.init())
    }

    /// Returns in which rows there is a value for each column that has no null; the others are left out.
    pub(super) fn valid(&self, columns: &[ArrayRef]) -> Option<NullBuffer> {
        let refused = self.spec.arguments.iter().zip(columns).filter_map(|(argument, column)| match &argument.ty {
            SqlType::Value(ty) if !ty.nullable => column.logical_nulls().filter(|nulls| nulls.null_count() > 0),
            _ => None,
        });
        refused.reduce(|left, right| NullBuffer::union(Some(&left), Some(&right)).unwrap_or(left))
    }

    /// Reads the columns of a batch with this number of rows.
    pub(super) fn values(&self, columns: &[ArrayRef], rows: usize) -> Result<Values<'_>> {
        if self.input == Input::Arrow {
            return Ok(Values::Arrow(batch(self.calls(), columns.to_vec(), rows)?));
        }
        let columns = self.spec.arguments.iter().zip(columns);
        let columns = columns.map(|(argument, column)| Column::new(argument, column, false));
        Ok(Values::Lists(Inputs::new(columns.collect::<Result<_>>()?, self.input), rows))
    }
}

impl Instance<'_, '_> {
    /// Returns the state of an empty group.
    pub(super) fn init(&mut self) -> Result<Vec<u8>, FunctionError> {
        self.input.clear();
        self.call(&self.exports.names.init, Rows::all(0)).map(<[u8]>::to_vec)
    }

    /// Returns a state with some rows of a batch more.
    pub(super) fn update(
        &mut self,
        state: &[u8],
        values: &Values<'_>,
        rows: Range<usize>,
    ) -> Result<Vec<u8>, FunctionError> {
        let (name, of) = (&self.exports.names.update, values.rows());
        let here = Rows { first: rows.start, last: rows.end.saturating_sub(1), of };
        self.input.clear();
        let encoded = match values {
            Values::Lists(inputs, _) => {
                inputs.lists(state, rows, &mut self.input).map_err(|error| error.strip_backtrace())
            }
            Values::Arrow(batch) => frame(state, &mut self.input).and_then(|()| {
                ipc::write(&batch.slice(rows.start, rows.len()), &mut self.input).map_err(|error| error.to_string())
            }),
        };
        encoded.map_err(|problem| self.exports.calls().wrong(name, here, problem))?;
        self.call(name, here).map(<[u8]>::to_vec)
    }

    /// Returns the state of two groups together.
    pub(super) fn merge(&mut self, left: &[u8], right: &[u8], rows: Rows) -> Result<Vec<u8>, FunctionError> {
        let name = &self.exports.names.merge;
        self.input.clear();
        match self.exports.input {
            Input::Arrow => {
                frame(left, &mut self.input).map_err(|problem| self.exports.calls().wrong(name, rows, problem))?;
                self.input.extend_from_slice(right);
            }
            Input::Msgpack => {
                array_header(2, &mut self.input);
                self.input.extend_from_slice(left);
                self.input.extend_from_slice(right);
            }
            _ => {
                self.input.push(b'[');
                self.input.extend_from_slice(left);
                self.input.push(b',');
                self.input.extend_from_slice(right);
                self.input.push(b']');
            }
        }
        self.call(name, rows).map(<[u8]>::to_vec)
    }

    /// Appends the result of a group.
    pub(super) fn finish(&mut self, state: &[u8], results: &mut Results) -> Result<(), FunctionError> {
        let name = &self.exports.names.finish;
        self.input.clear();
        self.input.extend_from_slice(state);
        let (calls, returns) = (self.exports.calls(), &self.exports.spec.returns);
        let output = self.call(name, Rows::all(0))?;
        let appended = match (results, returns) {
            (Results::Values(builder, budget), SqlType::Value(ty)) => builder.append(ty, output, budget),
            (Results::Columns(columns, budget), returns) => ipc::read(output, budget.left()).and_then(|batch| {
                budget.take(output.len())?;
                columns.push(check(ipc::only_column(&batch)?, &returns.data_type(), 1)?);
                Ok(())
            }),
            (Results::Values(..), _) => Err("it is not a single value".to_owned()),
        };
        appended.map_err(|problem| calls.wrong(name, Rows::all(0), format_args!("the output: {problem}")))
    }

    fn call(&mut self, name: &str, rows: Rows) -> Result<&[u8], FunctionError> {
        let calls = self.exports.calls();
        if self.time.is_over() {
            return Err(calls.late(name, rows));
        }
        let output = self.plugin.call::<&[u8], &[u8]>(name, &self.input);
        output.map_err(|error| calls.failed(rows, &error))
    }
}

impl Values<'_> {
    fn rows(&self) -> usize {
        match self {
            Self::Lists(_, rows) => *rows,
            Self::Arrow(batch) => batch.num_rows(),
        }
    }
}

/// The results of groups.
pub(super) enum Results {
    Values(Box<Builder>, Budget),
    Columns(Vec<ArrayRef>, Budget),
}

impl Results {
    pub(super) fn new(exports: &Exports, groups: usize) -> Self {
        let budget = Budget::new(exports.modules.policy().max_result_bytes);
        match &exports.spec.returns {
            SqlType::Value(ty) => Self::Values(Box::new(Builder::new(&ty.shape, groups)), budget),
            SqlType::Column(_) => Self::Columns(Vec::with_capacity(groups), budget),
        }
    }

    pub(super) fn finish(self, exports: &Exports) -> Result<ArrayRef> {
        match self {
            Self::Values(builder, _) => builder.finish(),
            Self::Columns(columns, _) if columns.is_empty() => {
                Ok(ScalarValue::try_from(&exports.spec.returns.data_type())?.to_array_of_size(0)?)
            }
            Self::Columns(columns, _) => {
                let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
                Ok(datafusion::arrow::compute::concat(&columns)?)
            }
        }
    }
}

/// A state's length and the state.
fn frame(state: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let length = u32::try_from(state.len()).map_err(|_| "the state has more than 4 GiB".to_owned())?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(state);
    Ok(())
}
