//! Lends an instance for a batch, and says what failed.

use std::fmt;

use extism_runtime::{Error, Plugin};

use crate::{FunctionError, Modules, spec::FunctionSpec, text::bounded, watchdog::Watch};

/// Some rows of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The first of them, counted from 0.
    pub first: usize,
    /// The last of them.
    pub last: usize,
    /// How many rows the batch has.
    pub of: usize,
}

impl Rows {
    /// One row.
    pub(crate) fn one(row: usize, of: usize) -> Self {
        Self { first: row, last: row, of }
    }

    /// The whole batch; of 0 rows, what belongs to a group and to no batch.
    pub(crate) fn all(of: usize) -> Self {
        Self { first: 0, last: of.saturating_sub(1), of }
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { of: 0, .. } => f.write_str("the state of a group"),
            Self { first, last, of } if first == last => write!(f, "row {first} of a batch of {of}"),
            Self { first, last, of } => write!(f, "rows {first} to {last} of a batch of {of}"),
        }
    }
}

/// Calls of a function's exports for one batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calls<'s> {
    pub(crate) spec: &'s FunctionSpec,
    pub(crate) modules: &'s Modules,
}

/// The time that the calls of a batch have together. `None` if it is endless.
#[derive(Debug)]
pub(crate) struct BatchTime(Option<Watch>);

impl BatchTime {
    /// Whether it is over.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.0.as_ref().is_some_and(Watch::is_late)
    }
}

impl Calls<'_> {
    /// Lends an instance to a function. The time of the batch is limited, whatever the calls take each.
    pub(crate) fn with<T>(
        self,
        calls: impl FnOnce(&mut Plugin, &BatchTime) -> Result<T, FunctionError>,
    ) -> Result<T, FunctionError> {
        let Self { spec, modules } = self;
        let ready = modules.ready(&spec.name, &spec.module)?;
        let lent = ready.pool(spec.keeps_state).with_plugin(|plugin| {
            let watch = modules.watchdog().watch(plugin.cancel_handle(), modules.policy().batch_timeout);
            Ok::<_, Failed>(calls(plugin, &BatchTime(watch))?)
        });
        lent.map_err(|failed| match failed {
            Failed::Function(error) => error,
            Failed::Plugin(error) => self.plugin(error),
        })
    }

    /// An error before a call.
    pub(crate) fn plugin(self, error: Error) -> FunctionError {
        FunctionError::Plugin { function: self.spec.name.clone(), error: Box::new(error) }
    }

    /// A failed call.
    #[cold]
    pub(crate) fn failed(self, rows: Rows, error: &Error) -> FunctionError {
        FunctionError::Call { function: self.spec.name.clone(), rows, reason: self.reason(error) }
    }

    /// A call whose output is wrong.
    #[cold]
    pub(crate) fn wrong(self, export: &str, rows: Rows, what: impl fmt::Display) -> FunctionError {
        FunctionError::Call { function: self.spec.name.clone(), rows, reason: self.place(export, what) }
    }

    /// What is wrong, with the place.
    #[cold]
    pub(crate) fn place(self, export: &str, what: impl fmt::Display) -> String {
        bounded(format_args!("plug-in `{}`, export `{export}`: {what}", self.spec.module.name))
    }

    /// The time of the batch is over before a call of this export.
    #[cold]
    pub(crate) fn late(self, export: &str, rows: Rows) -> FunctionError {
        self.wrong(export, rows, self.took_too_long())
    }

    fn took_too_long(self) -> String {
        let limit = self.modules.policy().batch_timeout;
        format!("the calls of the batch took more than {limit:?} (`ExecutorPolicy::with_batch_timeout`)")
    }

    /// What the runtime says, but with the options of this crate.
    #[cold]
    pub(crate) fn reason(self, error: &Error) -> String {
        match error {
            Error::Timeout { at, limit, .. } => {
                format!("{at}: timed out after {limit:?} (`ExecutorPolicy::with_timeout`)")
            }
            Error::Cancelled { at, .. } => format!("{at}: {}", self.took_too_long()),
            Error::OutOfFuel { at, limit, .. } => {
                format!("{at}: out of fuel: the limit is {limit} units (`ExecutorPolicy::with_fuel`)")
            }
            Error::OutOfMemory { at, detail, .. } => {
                format!("{at}: out of memory: {detail} (`ExecutorPolicy::with_max_pages`)")
            }
            Error::OutputTooLarge { at, length, limit, .. } => format!(
                "{at}: the output has {length} bytes, and the limit is {limit} (`ExecutorPolicy::with_max_output_bytes`)"
            ),
            Error::LogTooLong { at, limit, .. } => {
                format!("{at}: it logged more than {limit} bytes (`ExecutorPolicy::with_max_log_bytes`)")
            }
            other => bounded(other),
        }
    }
}

/// What ended a loan.
enum Failed {
    Function(FunctionError),
    Plugin(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Plugin(error)
    }
}

impl From<FunctionError> for Failed {
    fn from(error: FunctionError) -> Self {
        Self::Function(error)
    }
}
