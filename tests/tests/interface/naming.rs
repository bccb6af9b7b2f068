//! Tests names of exports and arguments, and modules created by a build script.

use extism_runtime::{interface::Encoding, plugin_interface};

use crate::echo;

#[plugin_interface(rename_all = "camelCase", args = "json-object")]
trait Camel {
    fn count_all_vowels(&mut self, the_text: &str, r#type: u8) -> String;
    fn one_argument(&mut self, the_text: &str) -> String;
    fn none_at_all(&mut self) -> String;
    #[export(name = "kept_as_it_is", args = "json-array")]
    fn renamed_by_hand(&mut self, some_text: &str) -> String;
}

#[test]
fn rename_all_renames_exports_and_the_keys_of_arguments() {
    let exports = ["countAllVowels", "oneArgument", "noneAtAll", "kept_as_it_is"];
    let mut client = CamelPlugin::try_from(echo(&exports)).unwrap();
    assert_eq!(client.count_all_vowels("ab", 3).unwrap(), r#"{"theText":"ab","type":3}"#);
    assert_eq!(client.one_argument("ab").unwrap(), r#"{"theText":"ab"}"#);
    assert_eq!(client.none_at_all().unwrap(), "");
    assert_eq!(client.renamed_by_hand("ab").unwrap(), r#"["ab"]"#);
}

#[test]
fn the_data_of_an_interface_has_the_names_that_a_plugins_author_sees() {
    let interface = CamelPlugin::interface();
    let method = &interface.methods[0];
    assert_eq!((&*method.name, &*method.export), ("count_all_vowels", "countAllVowels"));
    assert_eq!((&*method.arguments[0].name, method.encoding), ("theText", Encoding::JsonObject));
}

macro_rules! cases {
    ($($module:ident $case:literal $export:literal;)*) => {$(
        mod $module {
            #[extism_runtime::plugin_interface(rename_all = $case)]
            pub(super) trait Names {
                fn two_words(&mut self) -> String;
            }
        }
    )*

        #[test]
        fn all_of_serdes_cases_are_there() {
            $(assert_eq!($module::NamesPlugin::interface().methods[0].export, $export, "{}", $case);)*
        }
    };
}

cases! {
    lower "lowercase" "two_words";
    upper "UPPERCASE" "TWO_WORDS";
    pascal "PascalCase" "TwoWords";
    camel "camelCase" "twoWords";
    snake "snake_case" "two_words";
    screaming "SCREAMING_SNAKE_CASE" "TWO_WORDS";
    kebab "kebab-case" "two-words";
    screaming_kebab "SCREAMING-KEBAB-CASE" "TWO-WORDS";
}

#[plugin_interface(wasm = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/plugins/kitchen_sink.wasm"))]
trait ByConcat {
    fn greet(&mut self, name: &str) -> String;
}

#[plugin_interface(wasm = "$CARGO_MANIFEST_DIR/../examples/plugins/kitchen_sink.wasm")]
trait ByVariable {
    fn greet(&mut self, name: &str) -> String;
}

#[plugin_interface(wasm = "$OUT_DIR/echo.wasm")]
trait Built {
    fn echo(&mut self, text: &str) -> String;
}

#[plugin_interface(wasm = concat!(env!("OUT_DIR"), "/echo.wasm"))]
trait BuiltByConcat {
    fn echo(&mut self, text: &str) -> String;
}

#[test]
fn a_modules_path_may_have_variables_in_it() {
    assert_eq!(ByConcatPlugin::embedded().build().unwrap().greet("a").unwrap(), "Hello, a!");
    assert_eq!(ByVariablePlugin::embedded().build().unwrap().greet("a").unwrap(), "Hello, a!");
    assert_eq!(BuiltPlugin::embedded().build().unwrap().echo("a").unwrap(), "a");
    assert_eq!(BuiltByConcatPlugin::embedded().build().unwrap().echo("a").unwrap(), "a");
}
