//! The states of many groups: one instance serves all of a batch.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, BinaryArray, BooleanArray, UInt64Array},
        compute::take,
    },
    common::{Result, cast::as_binary_array},
    logical_expr::{EmitTo, GroupsAccumulator},
};

use super::exports::{Exports, Results};
use crate::call::Rows;

/// The states of groups, by their number.
#[derive(Debug)]
pub(super) struct PluginGroups {
    exports: Exports,
    states: Vec<Vec<u8>>,
    /// The state of an empty group.
    empty: Option<Vec<u8>>,
}

impl PluginGroups {
    pub(super) fn new(exports: Exports) -> Self {
        Self { exports, states: Vec::new(), empty: None }
    }

    /// Adds groups until there is this number of them.
    fn grow(&mut self, groups: usize) -> Result<()> {
        if self.states.len() < groups {
            let empty = self.empty()?.to_vec();
            self.states.resize(groups, empty);
        }
        Ok(())
    }

    fn empty(&mut self) -> Result<&[u8]> {
        if self.empty.is_none() {
            self.empty = Some(self.exports.init()?);
        }
        Ok(self.empty.as_deref().unwrap_or_default())
    }

    fn emit(&mut self, emit_to: EmitTo) -> Vec<Vec<u8>> {
        emit_to.take_needed(&mut self.states)
    }
}

impl GroupsAccumulator for PluginGroups {
    fn update_batch(
        &mut self,
        columns: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.grow(total)?;
        let valid = self.exports.valid(columns);
        let passes = |row: usize| {
            filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
                && valid.as_ref().is_none_or(|valid| valid.is_valid(row))
        };
        // The rows by group, in their order within each.
        let mut order: Vec<(usize, usize)> = groups.iter().copied().zip(0..).filter(|(_, row)| passes(*row)).collect();
        order.sort_unstable();
        if order.is_empty() {
            return Ok(());
        }
        let indices: UInt64Array = order.iter().map(|(_, row)| *row as u64).collect();
        let sorted = columns.iter().map(|column| take(column, &indices, None)).collect::<Result<Vec<_>, _>>()?;
        let values = self.exports.values(&sorted, order.len())?;
        let states = &mut self.states;
        self.exports.with(|instance| {
            let mut first = 0;
            for rows in order.chunk_by(|left, right| left.0 == right.0) {
                if let Some(state) = rows.first().and_then(|(group, _)| states.get_mut(*group)) {
                    *state = instance.update(state, &values, first..first + rows.len())?;
                }
                first += rows.len();
            }
            Ok(())
        })?;
        Ok(())
    }

    fn merge_batch(&mut self, columns: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total)?;
        let Some(others) = columns.first() else { return Ok(()) };
        let others = as_binary_array(others)?;
        let states = &mut self.states;
        self.exports.with(|instance| {
            for (row, (group, other)) in groups.iter().zip(others).enumerate() {
                if let (Some(state), Some(other)) = (states.get_mut(*group), other) {
                    *state = instance.merge(state, other, Rows::one(row, groups.len()))?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let states = self.emit(emit_to);
        let mut results = Results::new(&self.exports, states.len());
        self.exports.with(|instance| states.iter().try_for_each(|state| instance.finish(state, &mut results)))?;
        results.finish(&self.exports)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let states = self.emit(emit_to);
        Ok(vec![Arc::new(BinaryArray::from_iter_values(states))])
    }

    fn convert_to_state(&self, columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut each = Self::new(self.exports.clone());
        let rows = columns.first().map_or(0, Array::len);
        let groups: Vec<usize> = (0..rows).collect();
        each.update_batch(columns, &groups, filter, rows)?;
        each.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        self.states.iter().map(Vec::capacity).sum::<usize>() + self.states.capacity() * size_of::<Vec<u8>>()
    }
}
