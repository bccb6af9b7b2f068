//! `#[host_fn]` on `impl` blocks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use extism_runtime::{CurrentPlugin, IntoFunctions, State, Value, host_fn};

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
        assert_eq!(plugin.export(), "f");
        let (key, value) = pair.split_once('=').ok_or("no `=`")?;
        if value.len() > Self::LIMIT {
            return Err(self.refusal());
        }
        Ok(self.values.lock().unwrap().insert(key.to_owned(), value.to_owned()).unwrap_or_default())
    }

    #[host_fn(namespace = "env")]
    fn name(&self) -> &str {
        &self.name
    }

    fn r#match(&self, _: State<String>) -> Value<i32> {
        Value(1)
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
