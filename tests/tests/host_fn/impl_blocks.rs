//! `#[host_fn]` on `impl` blocks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use extism_runtime::{
    CurrentPlugin, State,
    host::{IntoFunctions, Scalar},
    host_fn,
};

use crate::{passing_on, passing_on_to};

#[derive(Default)]
struct Kv {
    values: Mutex<HashMap<String, String>>,
    name: String,
}

#[host_fn]
impl Kv {
    const LIMIT: usize = 10;

    fn kv_read(&self, key: &str) -> Option<String> {
        self.values.lock().unwrap().get(key).cloned()
    }

    /// Takes `key=value`.
    #[host_fn(name = "kv-write")]
    #[expect(clippy::needless_lifetimes, reason = "that is what is tested")]
    pub(crate) fn kv_write<'k>(&self, plugin: &CurrentPlugin<'_>, pair: &'k str) -> Result<String, String> {
        assert_eq!(plugin.export_name(), "f");
        let (key, value) = pair.split_once('=').ok_or("no `=`")?;
        if value.len() > Self::LIMIT {
            return Err(self.refusal());
        }
        Ok(self.values.lock().unwrap().insert(key.to_owned(), value.to_owned()).unwrap_or_default())
    }

    #[host_fn(namespace = "env")]
    fn name(self: &Self) -> &str {
        &self.name
    }

    fn r#match(&self, _: State<String>) -> Scalar<i32> {
        Scalar(1)
    }

    #[cfg(any())]
    fn not_there(&self) -> Unknown {}

    #[deprecated]
    fn old(&self) {}

    #[host_fn(skip)]
    fn refusal(&self) -> String {
        format!("{} takes {} bytes", self.name, Self::LIMIT)
    }

    #[host_fn(skip)]
    #[must_use]
    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}

fn signatures(functions: &[extism_runtime::Function]) -> Vec<String> {
    functions.iter().map(|function| format!("{}.{} {}", function.namespace(), function.name(), function.ty())).collect()
}

#[test]
fn the_methods_of_a_value_are_host_functions() {
    assert_eq!(
        signatures(&Kv::default().into_functions()),
        [
            "extism:host/user.kv_read (i64) -> i64",
            "extism:host/user.kv-write (i64) -> i64",
            "env.name () -> i64",
            "extism:host/user.match () -> i32",
            "extism:host/user.old () -> ()",
        ]
    );
}

#[test]
fn they_share_the_value() {
    let kv = Arc::new(Kv::named("store"));
    let mut writer = passing_on("kv-write").with_state(String::new()).with_functions(Arc::clone(&kv)).build().unwrap();
    let mut reader = passing_on("kv_read").with_state(String::new()).with_functions(Arc::clone(&kv)).build().unwrap();
    assert_eq!(writer.call::<_, &str>("f", "a=1").unwrap(), "");
    assert_eq!(writer.call::<_, &str>("f", "a=2").unwrap(), "1");
    assert_eq!(reader.call::<_, &str>("f", "a").unwrap(), "2");
    assert_eq!(reader.call::<_, Option<&str>>("f", "b").unwrap(), None);
    assert_eq!(kv.kv_read("a").as_deref(), Some("2"));
    let error = writer.call::<_, ()>("f", "a=12345678901").unwrap_err();
    assert!(error.to_string().ends_with("store takes 10 bytes"), "{error}");
}

/// A source of texts.
trait Source: Send + Sync + 'static {
    fn text(&self) -> String;
}

struct Fixed(&'static str);

impl Source for Fixed {
    fn text(&self) -> String {
        self.0.to_owned()
    }
}

struct Texts<S>(S);

#[host_fn(namespace = "texts")]
impl<S: Source> Texts<S> {
    fn text(&self, suffix: &str) -> String {
        self.0.text() + suffix
    }

    #[host_fn(namespace = "extism:host/user")]
    fn same_text(&self, suffix: String) -> String {
        self.text(&suffix)
    }
}

#[test]
fn the_type_may_be_generic() {
    let texts = Texts(Fixed("Hello"));
    assert_eq!(signatures(&Texts(Fixed("")).into_functions())[0], "texts.text (i64) -> i64");
    assert_eq!(passing_on_to("same_text", texts).call::<_, &str>("f", "!").unwrap(), "Hello!");
}

/// A type whose host functions are in several blocks.
#[derive(Default)]
struct Parts(Mutex<Vec<String>>);

#[host_fn]
impl Parts {
    fn first(&self) {}
}

#[host_fn(part = 3, namespace = "third")]
impl Parts {
    fn third(&self) {}
}

#[host_fn(part = 2)]
impl Parts {
    fn second(&self, text: &str) -> u32 {
        let mut texts = self.0.lock().unwrap();
        texts.push(text.to_owned());
        texts.len() as u32
    }
}

#[host_fn(part = 2)]
impl<S: Source> Texts<S> {
    fn length(&self) -> Scalar<i32> {
        Scalar(self.0.text().len() as i32)
    }
}

#[test]
fn a_type_may_have_several_blocks() {
    let parts = Arc::new(Parts::default());
    assert_eq!(
        signatures(&Arc::clone(&parts).into_functions()),
        ["extism:host/user.first () -> ()", "extism:host/user.second (i64) -> i64", "third.third () -> ()"]
    );
    let mut plugin = passing_on_to("second", Arc::clone(&parts));
    assert_eq!(plugin.call::<_, u32>("f", "a").unwrap(), 1);
    assert_eq!(*parts.0.lock().unwrap(), ["a"]);
    assert_eq!(
        signatures(&Texts(Fixed("")).into_functions()),
        ["texts.text (i64) -> i64", "extism:host/user.same_text (i64) -> i64", "extism:host/user.length () -> i32"]
    );
}

struct Conditions;

#[host_fn]
impl Conditions {
    #[cfg_attr(all(), host_fn(skip))]
    fn skipped(&self) -> Vec<&Self> {
        Vec::new()
    }

    #[cfg_attr(any(), host_fn(skip))]
    fn not_skipped(&self) {}

    #[cfg_attr(all(), host_fn(name = "other", namespace = "env"), inline)]
    fn renamed(&self) {}

    #[cfg_attr(any(), host_fn(name = "other"))]
    fn not_renamed(&self) {}

    fn arguments(
        &self,
        #[cfg(any())] absent: Unknown,
        #[cfg(not(any()))] present: &str,
        #[cfg(any())] last: u8,
    ) -> String {
        present.to_owned()
    }
}

#[test]
fn conditions_hold_for_options_and_arguments() {
    assert_eq!(
        signatures(&Conditions.into_functions()),
        [
            "extism:host/user.not_skipped () -> ()",
            "env.other () -> ()",
            "extism:host/user.not_renamed () -> ()",
            "extism:host/user.arguments (i64) -> i64",
        ]
    );
    assert!(Conditions.skipped().is_empty());
    assert_eq!(passing_on_to("arguments", Conditions).call::<_, &str>("f", "a").unwrap(), "a");
}
