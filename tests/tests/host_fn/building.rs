//! Tests mistakes that are found when the plug-in is built.

use std::sync::Mutex;

use extism_runtime::{Error, PluginBuilder, State, error::LinkProblem, host::Scalar, host_fn, host_fns};

use crate::importing;

mod storage {
    //! A host function of another module.

    use extism_runtime::host_fn;

    #[host_fn]
    pub(crate) fn kv_read(key: String) -> String {
        key
    }
}

struct KvStore;

#[host_fn]
fn kv_write(store: State<KvStore>, other: State<Vec<u8>>, key: String) {
    let _ = (store, other, key);
}

#[host_fn(name = "not an identifier", namespace = "env")]
fn named(value: Scalar<i32>) -> Scalar<i64> {
    Scalar(value.0.into())
}

#[host_fn]
#[deprecated]
fn old() {}

#[host_fn]
fn r#loop() {}

#[test]
fn name_namespace_and_signature_come_from_the_function_or_from_the_attribute() {
    let functions = host_fns![storage::kv_read, self::kv_write, named, old, r#loop,];
    let signatures =
        functions.map(|function| format!("{}.{} {}", function.namespace(), function.name(), function.ty()));
    assert_eq!(
        signatures,
        [
            "extism:host/user.kv_read (i64) -> i64",
            "extism:host/user.kv_write (i64) -> ()",
            "env.not an identifier (i32) -> i64",
            "extism:host/user.old () -> ()",
            "extism:host/user.loop () -> ()",
        ]
    );
    assert_eq!(host_fns![].len(), 0);
}

#[test]
fn importing_a_function_imports_what_makes_it_registrable() {
    use storage::kv_read;
    assert_eq!(kv_read(String::new()), "");
    assert_eq!(host_fns![kv_read][0].name(), "kv_read");
}

#[test]
fn all_that_does_not_fit_is_reported_in_one_error() {
    let imports = [("kv_read", "(param i64 i64) (result i64)"), ("kv_write", "(param i64)"), ("fetch", "(param i64)")];
    let error = PluginBuilder::new(importing(&imports, ""))
        .with_name("wrong")
        .with_functions(host_fns![storage::kv_read, kv_write])
        .build()
        .unwrap_err();
    let Error::Link(error) = error else { panic!("another error: {error}") };
    let text = error.to_string();
    assert!(
        text.contains(
            "imports `extism:host/user`.`kv_read` as (i64, i64) -> i64, but the provided function has (i64) -> i64"
        ),
        "{text}"
    );
    assert!(text.contains("imports `extism:host/user`.`fetch` (i64) -> (), which nothing provides"), "{text}");
    let states: Vec<_> = error
        .problems
        .iter()
        .filter_map(|problem| match problem {
            LinkProblem::MissingState { function, state, .. } => Some((function.as_str(), *state)),
            _ => None,
        })
        .collect();
    assert_eq!(states, [("kv_write", "host_fn::building::KvStore"), ("kv_write", "alloc::vec::Vec<u8>")]);
    assert_eq!(error.problems.len(), 4, "{text}");
}

#[host_fn]
fn count(count: State<Mutex<u32>>, names: State<Vec<String>>) {
    let _ = (count, names);
}

#[test]
fn of_a_missing_state_the_nearest_that_was_given_is_named() {
    let error = PluginBuilder::new(importing(&[], ""))
        .with_state(Mutex::new(5_i32))
        .with_state(5_u8)
        .with_functions(host_fns![count])
        .build()
        .unwrap_err();
    let Error::Link(error) = error else { panic!("another error: {error}") };
    let mutex = std::any::type_name::<Mutex<i32>>();
    assert_eq!(error.states, [mutex, "u8"]);
    let text = error.to_string();
    assert!(text.contains("set it with `.with_state(..)`; did you mean `Mutex<i32>`, which was set?"), "{text}");
    assert!(
        text.contains(&format!(
            "Vec<alloc::string::String>>`, which was not set; set it with `.with_state(..)`; these were set: \
             `{mutex}`, `u8`"
        )),
        "{text}"
    );
}
