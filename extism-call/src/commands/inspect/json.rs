//! The output of `--json`.

use extism_runtime::inspect::Inspection;
use serde_json::json;

/// Formats the inspection as indented JSON, with a line break at the end.
pub(super) fn render(inspection: &Inspection) -> String {
    escaped(&format!("{:#}\n", json!(inspection)))
}

/// Escapes, as JSON does, characters on which a terminal would act instead of showing them, because plug-ins
/// choose names. Outside of strings, line feeds are the only such characters in JSON.
fn escaped(json: &str) -> String {
    use std::fmt::Write as _;

    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        if char != '\n' && extism_runtime::__private::is_unsafe(char) {
            // Writing to a string does not fail. All of these characters have four digits.
            let _ = write!(out, "\\u{:04x}", u32::from(char));
        } else {
            out.push(char);
        }
    }
    out
}
