//! Tests the client as an implementation of the trait, and `on_error = "panic"`.

use extism_runtime::{Error, plugin_interface};

use crate::{echo, says};

#[plugin_interface]
trait Counter {
    const STEP: usize = 2;

    fn count(&mut self, text: &str) -> Result<String, Error>;
    fn pick<T>(&mut self, bytes: &[u8]) -> Result<Picked<T>, Error>
    where
        T: From<Vec<u8>> + Default;
}

#[derive(Debug, PartialEq)]
struct Picked<T>(T);

impl<T: From<Vec<u8>>> extism_runtime::Decode<'_> for Picked<T> {
    fn decode(bytes: &[u8]) -> Result<Self, extism_runtime::codec::CodecError> {
        Ok(Self(bytes.to_vec().into()))
    }
}

/// A counter without a plug-in, for tests of code that uses counters.
#[derive(Default)]
struct Mock {
    asked: Vec<String>,
}

impl Counter for Mock {
    fn count(&mut self, text: &str) -> Result<String, Error> {
        self.asked.push(text.to_owned());
        Ok(text.to_owned())
    }

    fn pick<T>(&mut self, _: &[u8]) -> Result<Picked<T>, Error>
    where
        T: From<Vec<u8>> + Default,
    {
        Ok(Picked(T::default()))
    }
}

fn count_twice<C: Counter>(counter: &mut C) -> Result<String, Error> {
    let first = counter.count("one")?;
    Ok(format!("{first} {} {}", counter.count("two")?, C::STEP))
}

#[test]
fn one_generic_function_runs_over_the_client_and_over_a_mock() {
    let mut plugin = CounterPlugin::try_from(echo(&["count", "pick"])).unwrap();
    let mut mock = Mock::default();
    assert_eq!(count_twice(&mut plugin).unwrap(), "one two 2");
    assert_eq!(count_twice(&mut mock).unwrap(), "one two 2");
    assert_eq!(mock.asked, ["one", "two"]);
    assert_eq!(Counter::pick::<Vec<u8>>(&mut plugin, b"ab").unwrap(), Picked(b"ab".to_vec()));
}

#[plugin_interface(on_error = "panic")]
trait Exn {
    fn f(&mut self) -> String;
    fn fail(&mut self) -> String;
    #[export(name = "fail")]
    fn checked(&mut self) -> Result<String, Error>;
    #[export(optional)]
    fn missing(&mut self) -> Option<String>;
    fn missing_too(&mut self) -> String {
        format!("{} anyway", self.f())
    }
}

fn f_of(exn: &mut impl Exn) -> String {
    exn.f()
}

#[test]
fn a_panicking_interface_has_the_traits_own_signatures() {
    let mut plugin = ExnPlugin::try_from(says("text")).unwrap();
    let text: String = plugin.f();
    assert_eq!(text, "text");
    assert_eq!(f_of(&mut plugin), "text");
    assert_eq!(plugin.missing(), None);
    assert!(!plugin.has_missing());
    assert_eq!(plugin.missing_too(), "text anyway");
    assert!(matches!(plugin.checked(), Err(Error::Guest { .. })));
}

#[test]
#[should_panic = "plug-in `says`, export `fail`: text (code 3)"]
fn a_panicking_interface_panics_with_the_errors_text() {
    ExnPlugin::try_from(says("text")).unwrap().fail();
}
