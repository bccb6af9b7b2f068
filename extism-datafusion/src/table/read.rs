//! Reads a table.

use datafusion::{arrow::array::RecordBatch, common::Result};

use super::PluginTableScan;

/// Reads a table, in batches of at most `rows` rows.
pub(super) async fn read(scan: PluginTableScan, rows: usize) -> Result<Vec<RecordBatch>> {
    let _ = (scan, rows);
    todo!()
}
