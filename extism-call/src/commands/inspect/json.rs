//! The output of `--json`.

use extism_runtime::{ExternType, FuncType, ImportOrigin, Inspection, ModuleInfo, PdkEvidence};
use serde_json::{Value, json};

/// Formats the inspection as indented JSON, with a line break at the end.
pub(super) fn render(inspection: &Inspection) -> String {
    let host_functions = inspection.host_imports().map(|(module, import)| {
        let mut value = extern_type(&import.ty);
        value["module"] = json!(module.name);
        value["namespace"] = json!(import.namespace);
        value["name"] = json!(import.name);
        value
    });
    let value = json!({
        "plugin": inspection.plugin,
        "wasi": inspection.uses_wasi(),
        "needs": host_functions.collect::<Vec<_>>(),
        "modules": inspection.modules.iter().map(module).collect::<Vec<_>>(),
    });
    escaped(&format!("{value:#}\n"))
}

/// Escapes, in JSON's way, what a terminal would not show but act on: plug-ins choose names. Outside of strings, JSON has
/// only line feeds of that kind.
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

fn module(module: &ModuleInfo) -> Value {
    let exports = module.exports.iter().map(|export| {
        let mut value = extern_type(&export.ty);
        value["name"] = json!(export.name);
        value["callable"] = json!(export.is_callable());
        value
    });
    let imports = module.imports.iter().map(|import| {
        let mut value = extern_type(&import.ty);
        value["namespace"] = json!(import.namespace);
        value["name"] = json!(import.name);
        value["from"] = json!(origin(import.origin));
        value
    });
    let producers = module
        .producers
        .iter()
        .map(|producer| json!({ "field": producer.field, "name": producer.name, "version": producer.version }));
    let pdk = module.pdk.map(|pdk| {
        let certain = pdk.evidence == PdkEvidence::Names;
        let mut value = json!({ "language": pdk.language, "name": pdk.name, "certain": certain });
        if pdk.before_1_0 {
            value["before_1_0"] = json!(true);
        }
        value
    });
    json!({
        "name": module.name,
        "origin": module.origin,
        "bytes": module.size,
        "sha256": module.sha256,
        "initial_pages": module.initial_pages,
        "start": module.has_start,
        "pdk": pdk,
        "producers": producers.collect::<Vec<_>>(),
        "exports": exports.collect::<Vec<_>>(),
        "imports": imports.collect::<Vec<_>>(),
    })
}

fn origin(origin: ImportOrigin) -> &'static str {
    match origin {
        ImportOrigin::Runtime => "runtime",
        ImportOrigin::Wasi => "wasi",
        ImportOrigin::Module => "module",
        _ => "host",
    }
}

fn extern_type(ty: &ExternType) -> Value {
    match ty {
        ExternType::Func(FuncType { params, results, .. }) => {
            let names = |types: &[extism_runtime::ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>();
            json!({ "kind": "function", "params": names(params), "results": names(results) })
        }
        ExternType::Memory { minimum, maximum } => {
            json!({ "kind": "memory", "minimum": minimum, "maximum": maximum })
        }
        ExternType::Global { ty, mutable } => {
            json!({ "kind": "global", "type": ty.to_string(), "mutable": mutable })
        }
        other => json!({ "kind": other.to_string() }),
    }
}
