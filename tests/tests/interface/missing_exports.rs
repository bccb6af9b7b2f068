//! Tests exports that a plug-in may lack.

use extism_runtime::{Error, Json, plugin_interface};

use crate::echo;

#[plugin_interface]
trait Optional {
    #[export(optional)]
    fn shout(&mut self, text: &str) -> String;
    #[export(optional)]
    fn borrowed(&mut self, text: &str) -> Result<&str, Error>;
    #[export(optional)]
    fn flat(&mut self, text: Option<&str>) -> Result<Option<String>, Error>;
    #[export(optional)]
    fn nothing(&mut self);
    #[export(optional, name = "r#type")]
    fn r#type(&mut self) -> Json<u8>;
}

#[test]
fn an_optional_export_gives_none_when_it_is_missing() {
    let mut plugin = OptionalPlugin::try_from(echo(&[])).unwrap();
    assert_eq!(plugin.shout("a").unwrap(), None);
    assert_eq!(plugin.borrowed("a").unwrap(), None);
    assert_eq!(plugin.flat(Some("a")).unwrap(), None);
    assert_eq!(plugin.nothing().unwrap(), None);
    assert_eq!(plugin.r#type().unwrap(), None);
    assert!(!plugin.has_shout() && !plugin.has_borrowed() && !plugin.has_flat() && !plugin.has_nothing());
    assert!(!plugin.has_type());
}

#[test]
fn an_optional_export_is_called_when_it_is_there() {
    let mut plugin = OptionalPlugin::try_from(echo(&["shout", "borrowed", "flat", "nothing", "r#type"])).unwrap();
    assert_eq!(plugin.shout("a").unwrap().as_deref(), Some("a"));
    assert_eq!(plugin.borrowed("a").unwrap(), Some("a"));
    assert_eq!(plugin.flat(Some("a")).unwrap().as_deref(), Some("a"));
    assert_eq!(plugin.flat(None).unwrap(), None);
    assert_eq!(plugin.nothing().unwrap(), Some(()));
    assert!(matches!(plugin.r#type(), Err(Error::Decode { .. })), "no bytes are no JSON");
    assert!(plugin.has_shout() && plugin.has_borrowed() && plugin.has_flat() && plugin.has_nothing());
    assert!(plugin.has_type());
}

#[test]
fn an_optional_export_of_a_wrong_signature_is_a_mismatch() {
    let error = OptionalPlugin::load(r#"(module (func (export "shout") (param i32)))"#).unwrap_err();
    assert!(matches!(&error, Error::Interface(error) if error.mismatches.len() == 1), "{error}");
}

#[plugin_interface]
trait Greeter {
    const GREETING: &str = "Hello";

    fn name(&mut self) -> Result<String, Error>;

    /// Greets.
    fn greet(&mut self, mut name: String) -> Result<String, Error> {
        if name.is_empty() {
            name = self.name()?;
        }
        Ok(format!("{}, {name}!", Self::GREETING))
    }

    fn pair<'a>(&'a mut self, left: &str, right: &str) -> Result<&'a str, Error> {
        let _ = (left, right);
        Ok("default")
    }
}

#[test]
fn a_default_body_runs_when_the_export_is_missing() {
    let mut plugin = GreeterPlugin::try_from(echo(&["name"])).unwrap();
    assert_eq!(plugin.greet("Ann".to_owned()).unwrap(), "Hello, Ann!");
    assert_eq!(plugin.greet(String::new()).unwrap(), "Hello, !");
    assert_eq!(plugin.pair("a", "b").unwrap(), "default");
}

#[test]
fn a_default_body_does_not_run_when_the_export_is_there() {
    let mut plugin = GreeterPlugin::try_from(echo(&["name", "greet", "pair"])).unwrap();
    assert_eq!(plugin.greet("Ann".to_owned()).unwrap(), "Ann");
    assert_eq!(plugin.pair("a", "b").unwrap(), r#"["a","b"]"#);
}

#[plugin_interface]
trait Plain {
    fn size(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        text.chars().map(|_| 1).sum()
    }
}

#[test]
fn a_default_body_need_not_return_a_result() {
    let mut plugin = PlainPlugin::try_from(echo(&[])).unwrap();
    assert_eq!(plugin.size("").unwrap(), 0);
    assert_eq!(plugin.size("abc").unwrap(), 3);
    let mut plugin = PlainPlugin::try_from(echo(&["size"])).unwrap();
    assert_eq!(plugin.size("\x01\0\0\0").unwrap(), 1);
}
