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
use crate::{FunctionError, call::Rows};

/// The states of groups, by their number.
#[derive(Debug)]
pub(super) struct PluginGroups {
    exports: Exports,
    /// `None` is the state of an empty group.
    states: Vec<Option<Vec<u8>>>,
    /// Of all states.
    bytes: usize,
    empty: Option<Vec<u8>>,
}

impl PluginGroups {
    pub(super) fn new(exports: Exports) -> Self {
        Self { exports, states: Vec::new(), bytes: 0, empty: None }
    }

    /// Adds groups until there is this number of them. Returns the state of an empty one.
    fn grow(&mut self, groups: usize) -> Result<&[u8]> {
        if self.states.len() < groups {
            self.states.resize(groups, None);
        }
        if self.empty.is_none() {
            self.empty = Some(self.exports.init()?);
        }
        Ok(self.empty.as_deref().unwrap_or_default())
    }

    /// Takes the states of the first groups, or of all.
    fn emit(&mut self, emit_to: EmitTo) -> Vec<Option<Vec<u8>>> {
        let states = emit_to.take_needed(&mut self.states);
        self.bytes -= states.iter().flatten().map(Vec::len).sum::<usize>();
        states
    }
}

/// Replaces a group's state, and counts the bytes of all.
fn replace(
    exports: &Exports,
    place: &mut Option<Vec<u8>>,
    state: Vec<u8>,
    bytes: &mut usize,
) -> std::result::Result<(), FunctionError> {
    *bytes = *bytes - place.as_ref().map_or(0, Vec::len) + state.len();
    *place = Some(state);
    exports.check_states(*bytes)
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
        let (exports, states, bytes) = (&self.exports, &mut self.states, &mut self.bytes);
        let empty = self.empty.as_deref().unwrap_or_default();
        exports.with(|instance| {
            let mut first = 0;
            for rows in order.chunk_by(|left, right| left.0 == right.0) {
                if let Some(state) = rows.first().and_then(|(group, _)| states.get_mut(*group)) {
                    let before = state.as_deref().unwrap_or(empty);
                    let after = instance.update(before, &values, first..first + rows.len())?;
                    replace(exports, state, after, bytes)?;
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
        let (exports, states, bytes) = (&self.exports, &mut self.states, &mut self.bytes);
        let empty = self.empty.as_deref().unwrap_or_default();
        exports.with(|instance| {
            for (row, (group, other)) in groups.iter().zip(others).enumerate() {
                if let (Some(state), Some(other)) = (states.get_mut(*group), other) {
                    let before = state.as_deref().unwrap_or(empty);
                    let after = instance.merge(before, other, Rows::one(row, groups.len()))?;
                    replace(exports, state, after, bytes)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let empty = self.grow(0)?.to_vec();
        let states = self.emit(emit_to);
        let mut results = Results::new(&self.exports, states.len());
        self.exports.with(|instance| {
            let mut states = states.iter().map(|state| state.as_deref().unwrap_or(&empty));
            states.try_for_each(|state| instance.finish(state, &mut results))
        })?;
        results.finish(&self.exports)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let empty = self.grow(0)?.to_vec();
        let states = self.emit(emit_to);
        let states = states.iter().map(|state| state.as_deref().unwrap_or(&empty));
        self.exports.check_states(states.clone().map(<[u8]>::len).fold(0, usize::saturating_add))?;
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
        self.bytes + self.states.capacity() * size_of::<Option<Vec<u8>>>()
    }
}
