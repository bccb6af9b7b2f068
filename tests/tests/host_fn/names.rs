//! Tests that a host function occupies only its own name, and is found wherever that name refers to it.

#![allow(dead_code)]

use std::env;

use extism_runtime::{Function, Json, host::DEFAULT_NAMESPACE, host_fn, host_fns};
use serde_json::json;

fn names<const N: usize>(functions: [Function; N]) -> [String; N] {
    functions.map(|function| match function.namespace() {
        DEFAULT_NAMESPACE => function.name().to_owned(),
        namespace => format!("{namespace}.{}", function.name()),
    })
}

/// Functions with the names of crates, modules, types and macros, which they use as well.
mod taken {
    use super::*;

    #[host_fn]
    pub(super) fn serde_json(text: &str) -> String {
        serde_json::to_string(text).unwrap()
    }

    #[host_fn]
    fn tracing(text: &str) {
        tracing::info!("{text}");
    }

    #[host_fn]
    pub fn env(name: String) -> Option<String> {
        let _ = env!("CARGO_PKG_NAME");
        env::var(name).ok()
    }

    #[host_fn]
    fn u32(value: u32) -> u32 {
        value
    }

    #[host_fn]
    fn str(value: &str) -> u32 {
        value.len() as u32
    }

    #[host_fn]
    fn std() -> std::string::String {
        std::string::String::new()
    }

    #[host_fn]
    fn core() {}

    #[host_fn]
    fn extism_runtime(_: extism_runtime::host::Scalar<i32>) {}

    #[allow(non_camel_case_types)]
    struct log_line {
        text: String,
    }

    #[host_fn]
    fn log_line(text: &str) -> String {
        log_line { text: text.to_owned() }.text
    }

    struct Record {
        text: String,
    }

    #[host_fn]
    #[allow(non_snake_case)]
    fn Record(text: String) -> String {
        Record { text }.text
    }

    #[host_fn]
    #[allow(non_snake_case)]
    fn String(text: String) -> String {
        text
    }

    type Text = String;

    #[host_fn]
    #[allow(non_snake_case)]
    fn Text(text: Text) -> Text {
        text
    }

    trait Greet {
        fn greet(&self) -> String;
    }

    impl Greet for u8 {
        fn greet(&self) -> String {
            self.to_string()
        }
    }

    #[host_fn]
    #[allow(non_snake_case)]
    fn Greet(number: u8) -> String {
        number.greet()
    }

    #[host_fn]
    fn vec() -> Vec<u8> {
        vec![1]
    }

    #[host_fn]
    fn format(number: u8) -> String {
        format!("{number}")
    }

    #[host_fn]
    fn test() {}

    #[host_fn]
    fn path() {}

    #[host_fn]
    fn doc() {}

    #[host_fn]
    fn link() {}

    #[host_fn]
    #[inline]
    fn inline() {}

    #[host_fn]
    fn rustfmt() {}

    #[test]
    fn the_program_goes_on_using_its_own() {
        let functions = host_fns![
            serde_json,
            tracing,
            env,
            u32,
            str,
            std,
            core,
            extism_runtime,
            log_line,
            Record,
            String,
            Text,
            Greet,
            vec,
            format,
            test,
            path,
            doc,
            link,
            inline,
            rustfmt
        ];
        assert_eq!(
            names(functions).join(" "),
            "serde_json tracing env u32 str std core extism_runtime log_line Record String Text Greet vec format test path doc link inline rustfmt"
        );
        assert_eq!(serde_json("a"), r#""a""#);
        assert_eq!(env("CARGO_PKG_NAME".to_owned()).as_deref(), Some("extism-tests"));
        assert_eq!((u32(5), str("ab")), (5, 2));
        assert_eq!(
            (log_line("a"), Record("b".to_owned()), Greet(1), format(2)),
            ("a".into(), "b".into(), "1".into(), "2".into())
        );
    }
}

/// Modules named like their items.
mod kv_read {
    #[extism_runtime::host_fn(namespace = "kv")]
    pub fn kv_read(key: &str) -> String {
        key.to_owned()
    }

    #[extism_runtime::host_fn(name = "kv-write")]
    pub(crate) fn kv_write<'k>(key: &'k str, value: std::borrow::Cow<'k, [u8]>) {
        let _ = (key, value);
    }
}

pub use self::kv_read::kv_read;

mod renaming {
    pub(crate) use super::kv_read::{kv_read as read, kv_write as put};
    pub(super) mod again {
        pub(crate) use super::read as get;
    }
}

mod everything {
    pub(super) use super::kv_read::*;
}

#[test]
fn a_function_is_found_through_imports_of_all_kinds() {
    use everything::*;
    use renaming::{again::get, put};

    let functions = host_fns![
        kv_read,
        self::kv_read,
        crate::names::kv_read::kv_read,
        kv_read::kv_write,
        kv_write,
        renaming::read,
        put,
        get,
        renaming::again::get,
        everything::kv_write,
    ];
    assert_eq!(
        names(functions),
        [
            "kv.kv_read",
            "kv.kv_read",
            "kv.kv_read",
            "kv-write",
            "kv-write",
            "kv.kv_read",
            "kv-write",
            "kv.kv_read",
            "kv.kv_read",
            "kv-write"
        ]
    );
}

mod levels {
    //! Functions with the names of macros that the module imports.

    use tracing::{event, info};

    #[extism_runtime::host_fn]
    pub(super) fn info(text: &str) {
        info!("{text}");
    }

    // Not listed: under this name, `host_fns!` would find the other macro.
    #[extism_runtime::host_fn]
    pub fn event(text: &str) {
        event!(tracing::Level::INFO, "{text}");
    }

    #[test]
    fn they_are_found_all_the_same() {
        info("a");
        event("a");
        assert_eq!(super::names(extism_runtime::host_fns![info, self::info]), ["info", "info"]);
    }
}

#[test]
fn functions_may_be_local_and_share_their_names_with_others() {
    #[host_fn]
    fn u32(number: u32) -> u32 {
        number
    }
    #[host_fn(name = "kv-read")]
    fn kv_length(json: Json<Vec<&str>>) -> u32 {
        let Json(texts) = json;
        self::u32_of(texts.len())
    }
    let first = names(host_fns![u32, kv_length, taken::serde_json, taken::env, levels::info]);
    assert_eq!(first, ["u32", "kv-read", "serde_json", "env", "info"]);
    assert_eq!(json!(kv_length(Json(vec!["a"]))), json!(1));
    assert!(env::var("CARGO").is_ok());
}

fn u32_of(length: usize) -> u32 {
    length as u32
}

macro_rules! getter {
    ($module:ident) => {
        mod $module {
            #[extism_runtime::host_fn(namespace = "same")]
            pub(super) fn get(text: &str) -> String {
                text.to_owned()
            }
        }
    };
}

getter!(one);
getter!(two);

#[test]
fn functions_of_the_same_text_are_different_ones() {
    use one::get;
    assert_eq!(names(host_fns![get, two::get]), ["same.get", "same.get"]);
}

#[host_fn]
#[cfg(unix)]
fn conditional() -> &'static str {
    "unix"
}

#[host_fn]
#[cfg(not(unix))]
fn conditional() -> Scalar<i32> {
    Scalar(1)
}

#[test]
fn of_two_under_conditions_the_one_that_is_there_is_listed() {
    assert_eq!(names(host_fns![conditional]), ["conditional"]);
}
