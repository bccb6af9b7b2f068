//! The state of one group.

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, BooleanArray},
        compute::filter,
    },
    common::{Result, ScalarValue, cast::as_binary_array},
    logical_expr::Accumulator,
};

use super::exports::{Exports, Results};
use crate::call::Rows;

/// The state of one group.
#[derive(Debug)]
pub(super) struct PluginAccumulator {
    exports: Exports,
    /// `None` before the first batch.
    state: Option<Vec<u8>>,
}

impl PluginAccumulator {
    pub(super) fn new(exports: Exports) -> Self {
        Self { exports, state: None }
    }

    fn current(&mut self) -> Result<Vec<u8>> {
        match self.state.take() {
            Some(state) => Ok(state),
            None => Ok(self.exports.init()?),
        }
    }
}

impl Accumulator for PluginAccumulator {
    fn update_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let mut columns = columns.to_vec();
        if let Some(valid) = self.exports.valid(&columns) {
            let valid = BooleanArray::new(valid.into_inner(), None);
            for column in &mut columns {
                *column = filter(column, &valid)?;
            }
        }
        let rows = columns.first().map_or(0, Array::len);
        if rows == 0 {
            return Ok(());
        }
        let values = self.exports.values(&columns, rows)?;
        let state = self.state.as_deref();
        let state = self.exports.with(|instance| {
            let empty = if state.is_none() { Some(instance.init()?) } else { None };
            instance.update(state.or(empty.as_deref()).unwrap_or_default(), &values, 0..rows)
        })?;
        self.exports.check_states(state.len())?;
        self.state = Some(state);
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(states) = states.first() else { return Ok(()) };
        let states = as_binary_array(states)?;
        let mut merged = self.state.clone();
        let merged = self.exports.with(|instance| {
            for (row, state) in states.iter().flatten().enumerate() {
                merged = Some(match &merged {
                    None => state.to_vec(),
                    Some(merged) => instance.merge(merged, state, Rows::one(row, states.len()))?,
                });
            }
            Ok(merged)
        })?;
        self.exports.check_states(merged.as_ref().map_or(0, Vec::len))?;
        self.state = merged;
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.current()?))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let state = self.current()?;
        let mut results = Results::new(&self.exports, 1);
        self.exports.with(|instance| instance.finish(&state, &mut results))?;
        self.state = Some(state);
        ScalarValue::try_from_array(&results.finish(&self.exports)?, 0)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.state.as_ref().map_or(0, Vec::capacity)
    }
}
