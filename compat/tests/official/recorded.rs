//! The calls of `tests/fixtures/conformance.json`, compared with what the official runtime 1.41 returned for them:
//! outputs, codes and texts of errors. Calls that need the recorded HTTP server are left to the runtime's own tests.

use extism::{Manifest, Plugin, PluginBuilder, runtime};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Case {
    name: String,
    modules: Vec<String>,
    names: Option<Vec<String>>,
    #[serde(default)]
    manifest: Map<String, Value>,
    #[serde(default)]
    config: Map<String, Value>,
    #[serde(default)]
    wasi: bool,
    #[serde(default)]
    text: bool,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    export: String,
    input: Option<String>,
    hex: Option<String>,
    size: Option<usize>,
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Call {
    fn data(&self) -> Vec<u8> {
        match (&self.hex, self.size) {
            (Some(hex), _) => {
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
            }
            (None, Some(size)) => (0..size).map(|index| (index * 7 % 256) as u8).collect(),
            (None, None) => self.input.clone().unwrap_or_default().into_bytes(),
        }
    }

    fn needs_a_server(&self) -> bool {
        self.input.as_ref().is_some_and(|input| input.contains("{server}"))
    }
}

impl Case {
    fn plugin(&self) -> Plugin {
        let last = self.modules.len() - 1;
        let module = |(index, module): (usize, &String)| {
            let stem = module.split('.').next().unwrap();
            let name = match &self.names {
                Some(names) => names[index].as_str(),
                None if index == last => "main",
                None => stem,
            };
            json!({"path": format!("{}/../examples/plugins/{module}", env!("CARGO_MANIFEST_DIR")), "name": name})
        };
        let modules: Vec<_> = self.modules.iter().enumerate().map(module).collect();
        let mut manifest = json!({"wasm": modules, "config": self.config});
        manifest.as_object_mut().unwrap().extend(self.manifest.clone());
        let manifest: Manifest = serde_json::from_value(manifest).unwrap();
        PluginBuilder::new(manifest).with_wasi(self.wasi).with_http_response_headers(true).build().unwrap()
    }

    /// What our runtime returns, in the form of the recorded answers.
    fn answer(&self, plugin: &mut Plugin, call: &Call, recorded: &Value) -> Value {
        let data = call.data();
        if recorded.get("code").is_some() && recorded.get("error").is_none() {
            let error = plugin.call::<&[u8], Vec<u8>>(&call.export, &data).unwrap_err();
            let code = match extism::runtime_error(&error) {
                // The plug-in has freed its error, which the official crate then does not find.
                Some(runtime::Error::Guest { code, .. }) => *code,
                _ => error.to_string().strip_prefix("Returned non-zero exit code: ").unwrap().parse().unwrap(),
            };
            return json!({"failed": true, "code": code});
        }
        match plugin.call_get_error_code::<&[u8], Vec<u8>>(&call.export, &data) {
            Ok(output) if self.text => json!({"text": String::from_utf8(output).unwrap()}),
            Ok(output) if output.len() >= 200 => {
                json!({"length": output.len(), "sum": output.iter().map(|byte| u64::from(*byte)).sum::<u64>()})
            }
            Ok(output) => json!({"output": hex(&output)}),
            Err((error, code)) if recorded.get("error").is_some() => {
                // The answers were recorded through C strings, which may be no text.
                let mut error = error.root_cause().to_string();
                if error.starts_with("unable to load error message from memory") {
                    error = String::from_utf8_lossy(plugin.as_runtime().last_error().unwrap()).into_owned();
                }
                json!({"failed": true, "code": code, "error": error.split('\0').next()})
            }
            Err(_) => json!({"failed": true}),
        }
    }
}

#[test]
fn calls_return_what_the_official_crate_returned() {
    let recorded = fixture("official.json");
    let cases: Vec<Case> = serde_json::from_value(fixture("conformance.json")).unwrap();
    let (mut compared, mut differences) = (0, Vec::new());
    for case in cases.iter().filter(|case| !case.calls.iter().any(Call::needs_a_server)) {
        let mut plugin = case.plugin();
        for (call, recorded) in case.calls.iter().zip(recorded["answers"][&case.name].as_array().unwrap()) {
            let mut expected = recorded.clone();
            expected.as_object_mut().unwrap().remove("logs");
            let answer = case.answer(&mut plugin, call, &expected);
            compared += 1;
            if answer != expected {
                differences.push(format!("{}, {}: {answer}\n  instead of {expected}", case.name, call.export));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(compared > 100, "only {compared} calls were compared");
}
