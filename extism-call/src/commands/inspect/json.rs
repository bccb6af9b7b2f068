//! The output of `--json`.

use extism_runtime::inspect::Inspection;
use serde_json::json;

/// Formats the inspection as indented JSON, with a line break at the end.
pub(super) fn render(inspection: &Inspection) -> String {
    format!("{:#}\n", json!(inspection))
}
