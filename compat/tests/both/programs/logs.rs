//! A program that collects what plug-ins log.

use std::sync::{Arc, Mutex};

use extism::*;

use super::{Output, guest};

pub(crate) fn run(out: &mut Output) {
    let lines = Arc::new(Mutex::new(String::new()));
    let keep = Arc::clone(&lines);
    set_log_callback(move |line: &str| keep.lock().unwrap().push_str(line), "extism::pdk=info").unwrap();
    let mut plugin = Plugin::new(guest("kitchen_sink.wasm"), [], true).unwrap();
    let level = plugin.call::<_, String>("log_text", "hello").unwrap();
    say!(out, "level {level}");
    let id = plugin.id.to_string();
    for line in lines.lock().unwrap().lines() {
        // Without the time.
        let rest = line.trim_start().split_once(char::is_whitespace).map_or(line, |(_, rest)| rest);
        say!(out, "{}", rest.trim_start().replace(&id, "ID"));
    }
    say!(out, "{}", set_log_callback(|_: &str| {}, "info").is_err());
}
