//! A case of `fixtures/conformance.json`: a plug-in with its configuration, and calls to one instance.

use std::{cell::RefCell, sync::Once};

use extism_runtime::{
    Engine, Error, Manifest, Plugin, PluginBuilder, Wasm,
    log::{LogLevel, set_log_callback},
};
use serde_json::{Value, json};

use crate::guest;

thread_local! {
    /// The log of this thread's plug-ins.
    static LOGGED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Collects a line `LEVEL text` for each message that plug-ins log on this thread, from now on.
fn listen() {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        set_log_callback(LogLevel::Trace, |record| {
            LOGGED.with_borrow_mut(|lines| lines.push(format!("{} {}", record.level, record.message)));
        });
    });
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub struct Case<'a> {
    pub name: &'a str,
    case: &'a Value,
    plugin: Plugin,
}

impl<'a> Case<'a> {
    /// The plug-in of a case; its last module is the main one unless the case names them.
    pub fn new(case: &'a Value, engine: &Engine) -> Self {
        Self::with_modules(case, engine, |file| Wasm::file(guest(file)))
    }

    /// The same, with other modules in place of the files.
    pub fn with_modules(case: &'a Value, engine: &Engine, mut module: impl FnMut(&str) -> Wasm) -> Self {
        listen();
        let files = case["modules"].as_array().unwrap();
        let wasm = files.iter().enumerate().map(|(index, file)| {
            let name = match case["names"].get(index) {
                Some(name) => text(name),
                None => "main",
            };
            module(text(file)).with_name(name)
        });
        let mut manifest = Manifest::new(wasm);
        if let Some(pages) = case["manifest"]["memory"]["max_pages"].as_u64() {
            manifest = manifest.with_memory_max(pages.try_into().unwrap());
        }
        for host in case["manifest"]["allowed_hosts"].as_array().into_iter().flatten() {
            manifest = manifest.with_allowed_host(text(host));
        }
        for (key, value) in case["config"].as_object().into_iter().flatten() {
            manifest = manifest.with_config_key(key, text(value));
        }
        let plugin = PluginBuilder::new(manifest).with_wasi(case["wasi"] == true).with_engine(engine).build().unwrap();
        Self { name: text(&case["name"]), case, plugin }
    }

    pub fn calls(&self) -> &'a [Value] {
        self.case["calls"].as_array().unwrap()
    }

    /// Makes a call; the result has the form that `record_official.py` writes.
    pub fn answer(&mut self, call: &Value, server: &str) -> Value {
        LOGGED.take();
        let is_text = self.case["text"] == true;
        let result = self.plugin.call::<_, Vec<u8>>(text(&call["export"]), input(call, server));
        let mut answer = match result {
            Ok(output) if is_text => json!({"text": String::from_utf8(output).unwrap()}),
            Ok(output) if output.len() < 200 => {
                json!({"output": output.iter().map(|byte| format!("{byte:02x}")).collect::<String>()})
            }
            Ok(output) => json!({"length": output.len(), "sum": output.iter().map(|b| u64::from(*b)).sum::<u64>()}),
            Err(error) => failure(&error),
        };
        if self.case["logs"] == true {
            answer["logs"] = LOGGED.take().iter().map(|line| line.replace(server, "{server}")).collect();
        }
        answer
    }
}

/// What a guest said of its failure; of other errors, that there was one.
fn failure(error: &Error) -> Value {
    match error {
        // The official runtime passes errors as C strings, which end at their first zero byte.
        Error::Guest { code, message, .. } => {
            json!({"failed": true, "code": code, "error": message.split('\0').next()})
        }
        Error::Trap { trap, .. } if trap.guest_error.is_some() => {
            json!({"failed": true, "code": -1, "error": trap.guest_error})
        }
        _ => json!({"failed": true}),
    }
}

fn input(call: &Value, server: &str) -> Vec<u8> {
    if let Some(size) = call["size"].as_u64() {
        return (0..size).map(|at| (at * 7 % 256) as u8).collect();
    }
    if let Some(hex) = call["hex"].as_str() {
        return (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    }
    call["input"].as_str().unwrap_or_default().replace("{server}", server).into_bytes()
}
