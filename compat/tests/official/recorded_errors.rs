//! The texts and codes of `tests/fixtures/errors.json`, recorded from the official runtime 1.41: of plug-ins that cannot be
//! built, and of calls that fail.

use extism::{Error, Plugin};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    builds: Vec<Build>,
    calls: Vec<Calls>,
}

#[derive(Deserialize)]
struct Build {
    name: String,
    /// A module or a manifest.
    text: String,
    /// The root cause.
    error: Option<String>,
}

#[derive(Deserialize)]
struct Calls {
    text: String,
    wasi: bool,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    export: String,
    /// The start of the input, which is repeated up to its length.
    input: String,
    repeat: usize,
    code: i32,
    /// The plug-in's own error, or the first line of the error.
    error: Option<String>,
}

fn recorded() -> Recorded {
    let path = format!("{}/../tests/fixtures/errors.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Whether an error is what was recorded: the root cause, or the first line of the text.
fn is(error: &Error, recorded: &str) -> bool {
    error.root_cause().to_string() == recorded || error.to_string().lines().next() == Some(recorded)
}

#[test]
fn plug_ins_that_cannot_be_built_have_the_texts_that_programs_know() {
    for build in recorded().builds {
        let error = Plugin::new(build.text.as_str(), [], false).err().map(|error| error.root_cause().to_string());
        assert_eq!(error, build.error, "{}", build.name);
    }
}

#[test]
fn calls_that_fail_have_the_texts_and_codes_that_programs_know() {
    let plugins = format!("{}/../examples/plugins", env!("CARGO_MANIFEST_DIR"));
    for case in recorded().calls {
        let text = case.text.replace("{plugins}", &plugins);
        let mut plugin = Plugin::new(text.as_str(), [], case.wasi).unwrap();
        for call in case.calls {
            let input: String = call.input.chars().cycle().take(call.repeat).collect();
            let result = plugin.call_get_error_code::<_, Vec<u8>>(&call.export, &input);
            let said = match (&result, &call.error) {
                (Ok(_), None) if call.code == 0 => true,
                // A code without an error is a success here, and an error of `call`.
                (Ok(_), None) => plugin
                    .call::<_, ()>(&call.export, &input)
                    .is_err_and(|error| error.to_string() == format!("Returned non-zero exit code: {}", call.code)),
                (Err((error, code)), Some(recorded)) => *code == call.code && is(error, recorded),
                _ => false,
            };
            assert!(said, "{}: {result:?}\n  instead of {} {:?}", call.export, call.code, call.error);
        }
    }
}
