//! The work as a component, by `wit-bindgen`.

use std::sync::{Mutex, PoisonError};

use peers_functions::Counter;

mod bindings {
    wit_bindgen::generate!({ path: "work.wit", pub_export_macro: true });
}

static COUNTER: Mutex<Counter> = Mutex::new(Counter::new());

struct Component;

fn count(text: &str) -> peers_functions::Report {
    COUNTER.lock().unwrap_or_else(PoisonError::into_inner).count(text)
}

impl bindings::Guest for Component {
    fn empty() {}

    fn echo(input: Vec<u8>) -> Vec<u8> {
        peers_functions::echo(input)
    }

    fn consume(input: Vec<u8>) -> u64 {
        peers_functions::consume(&input)
    }

    fn count_vowels(text: String) -> bindings::Report {
        let peers_functions::Report { count, total, vowels } = count(&text);
        bindings::Report { count, total, vowels }
    }

    fn count_vowels_json(text: String) -> String {
        serde_json::to_string(&count(&text)).unwrap_or_default()
    }

    fn reflect(input: Vec<u8>) -> Vec<u8> {
        bindings::reflect(&input)
    }
}

bindings::export!(Component with_types_in bindings);
