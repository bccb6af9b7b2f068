//! Tests attributes and other parts of the trait's items that carry over to the client.

#![deny(deprecated, missing_docs)]

use extism_runtime::{Error, plugin_interface};

use crate::echo;

mod inner {
    //! Visibility.

    use extism_runtime::plugin_interface;

    /// For the whole crate.
    #[plugin_interface(name = EverywhereClient)]
    pub(crate) trait Everywhere {
        /// A call.
        fn f(&mut self) -> String;
    }

    /// For the parent.
    #[plugin_interface(name = "ParentClient")]
    pub(super) trait Parent {
        /// A call.
        fn f(&mut self) -> String;
    }
}

#[test]
fn clients_and_methods_are_as_visible_as_the_trait() {
    assert_eq!(inner::EverywhereClient::try_from(echo(&["f"])).unwrap().f().unwrap(), "");
    assert_eq!(inner::ParentClient::try_from(echo(&["f"])).unwrap().f().unwrap(), "");
}

#[plugin_interface]
trait Conditional {
    #[cfg(not(any()))]
    fn there(&mut self) -> String;
    #[cfg(any())]
    fn not_there(&mut self) -> String;
    #[cfg(not(any()))]
    #[export(name = "there")]
    fn either(&mut self) -> String;
    #[cfg(any())]
    fn either(&mut self, text: &str) -> String;
    #[cfg(any())]
    #[export(optional)]
    fn maybe(&mut self) -> Unknown;
    #[cfg(any())]
    fn default(&mut self) -> Unknown {}
}

#[test]
fn a_method_that_is_not_compiled_asks_for_no_export() {
    let mut plugin = ConditionalPlugin::try_from(echo(&["there"])).unwrap();
    assert_eq!(plugin.there().unwrap(), "");
    assert_eq!(plugin.either().unwrap(), "");
    assert_eq!(ConditionalPlugin::interface().methods.len(), 2);
}

#[deprecated = "use another"]
#[plugin_interface]
trait Old {
    #[deprecated = "use g"]
    fn f(&mut self) -> Result<String, Error>;
}

#[test]
#[expect(deprecated)]
fn deprecation_carries_over() {
    assert_eq!(OldPlugin::try_from(echo(&["f"])).unwrap().f().unwrap(), "");
}

#[plugin_interface]
#[allow(non_snake_case, non_camel_case_types)]
trait r#trait {
    fn r#match(&mut self, r#type: &str) -> Result<String, Error>;
    fn camelCase(&mut self, Text: &str) -> Result<String, Error>;
}

#[test]
fn raw_identifiers_are_exported_without_their_prefix() {
    let mut plugin = traitPlugin::try_from(echo(&["match", "camelCase"])).unwrap();
    assert_eq!(plugin.r#match("a").unwrap(), "a");
    assert_eq!(plugin.camelCase("a").unwrap(), "a");
}

trait Named {
    fn name(&self) -> String;
}

#[plugin_interface]
trait WithSupertraits: Named + Send + std::fmt::Debug
where
    Self: Sized,
{
    fn f(&mut self) -> Result<String, Error>;
    fn describe(&mut self) -> Result<String, Error> {
        Ok(self.name())
    }
}

impl Named for WithSupertraitsPlugin {
    fn name(&self) -> String {
        self.plugin().name().to_owned()
    }
}

#[test]
fn supertraits_are_for_the_program_to_implement() {
    assert_eq!(WithSupertraitsPlugin::try_from(echo(&["f"])).unwrap().describe().unwrap(), "echo");
}

#[test]
fn a_client_moves_between_threads() {
    let mut plugin = inner::EverywhereClient::try_from(echo(&["f"])).unwrap();
    assert_eq!(std::thread::spawn(move || plugin.f().unwrap()).join().unwrap(), "");
}
