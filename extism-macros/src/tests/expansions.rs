//! Snapshots of expansions. `UPDATE_EXPECT=1 cargo test -p extism-macros` updates them; read the diff.

use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;

use super::tokens;
use crate::common::Side;

#[track_caller]
fn check(expansion: TokenStream, expected: &ExpectFile) {
    let file = syn2::parse2(expansion).expect("the expansion is Rust");
    expected.assert_eq(&without_ids(&prettyplease::unparse(&file)));
}

/// Replaces the numbers of host functions by `ID`, because they depend on the package's path.
fn without_ids(text: &str) -> String {
    let is_id = |word: &&str| match word.strip_suffix("u64") {
        Some(number) => number.bytes().all(|byte| byte.is_ascii_digit()),
        None => word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit()),
    };
    let mut ids: Vec<_> = text.split(|other: char| !other.is_ascii_alphanumeric()).filter(is_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().fold(text.to_owned(), |text, id| text.replace(id, "ID"))
}

#[test]
fn interface() {
    let item = "
        /// Counts vowels.
        pub trait VowelCounter {
            /// Counts the vowels of `text`.
            ///
            /// # Examples
            ///
            /// None yet.
            fn count_vowels(&mut self, text: &str) -> Json<Report>;
        }
    ";
    check(crate::interface::expand(Side::Host, tokens(""), tokens(item)), &expect_file!["snapshots/interface.rs"]);
}

#[test]
fn interface_of_results() {
    let item = r#"
        #[deprecated = "use `Greeter2`"]
        trait Greeter: Send {
            const LIMIT: usize = 5;
            #[cfg(unix)]
            #[export(name = "greet-all", args = "json-object")]
            fn greet<T: Serialize>(&mut self, names: &[T], r#loud: bool) -> Result<String, Box<dyn Error>>;
            #[export(optional)]
            fn version(&mut self) -> Result<Option<u32>, Error>;
            fn farewell<'a>(&'a mut self, mut name: String) -> Result<&'a str> {
                self.greet(&[name], false);
                Ok("bye")
            }
        }
    "#;
    let options = "name = Greetings, codec = Msgpack, crate = renamed::runtime";
    check(
        crate::interface::expand(Side::Host, tokens(options), tokens(item)),
        &expect_file!["snapshots/interface_of_results.rs"],
    );
}

#[test]
fn interface_that_panics() {
    let item = "
        trait Exn {
            fn shout(&mut self, text: &str) -> &str;
            #[export(optional)]
            fn version(&mut self) -> Option<u32>;
        }
    ";
    let options = r#"on_error = "panic""#;
    check(
        crate::interface::expand(Side::Host, tokens(options), tokens(item)),
        &expect_file!["snapshots/interface_that_panics.rs"],
    );
}

#[test]
fn interface_of_async_methods() {
    let item = "
        trait Greeter {
            async fn greet(&mut self, name: &str) -> Result<&str, AppError>;
            async fn version(&mut self) -> AppVersion;
            async fn farewell(&mut self, mut name: String) -> Result<String, Error> {
                name.push('!');
                self.greet(&name).await
            }
            fn plain(&mut self);
        }
    ";
    check(
        crate::interface::expand(Side::Host, tokens(""), tokens(item)),
        &expect_file!["snapshots/interface_of_async_methods.rs"],
    );
}

#[test]
fn shared_interface() {
    let item = "
        pub trait Greeter: Base {
            fn greet(&self, name: &str) -> Result<String, Error>;
            async fn version(&self) -> AppResult<u32>;
            #[export(optional)]
            fn missing(&self) -> Result<Option<u32>, Error>;
        }
    ";
    let options = "extends(BasePlugin, OtherPlugin)";
    check(
        crate::interface::expand(Side::Host, tokens(options), tokens(item)),
        &expect_file!["snapshots/shared_interface.rs"],
    );
}

#[test]
fn interface_with_mistakes() {
    let item = "
        trait Greeter {
            fn greet(&self, (first, last): (String, String)) -> Result<String, Error>;
            async fn leave();
        }
    ";
    let options = "unknown = 1";
    check(
        crate::interface::expand(Side::Host, tokens(options), tokens(item)),
        &expect_file!["snapshots/interface_with_mistakes.rs"],
    );
}

#[test]
fn host_function() {
    let item = "
        pub fn kv_read<'k>(store: State<KvStore>, key: &'k str, count: Scalar<i32>) -> Result<Vec<u8>, Error> {
            store.get(key, count)
        }
    ";
    check(crate::host_fn::expand(tokens(""), tokens(item)), &expect_file!["snapshots/host_function.rs"]);
}

#[test]
fn host_function_with_the_plugin() {
    let item = "fn remember(plugin: &mut CurrentPlugin<'_>, key: String) { plugin.set_var(&key, b\"\") }";
    let options = r#"name = "remember-me", namespace = "env""#;
    check(
        crate::host_fn::expand(tokens(options), tokens(item)),
        &expect_file!["snapshots/host_function_with_the_plugin.rs"],
    );
}

#[test]
fn async_host_function() {
    let item = "
        pub async fn kv_read(store: State<KvStore>, key: &str) -> Result<Vec<u8>, Error> { store.get(key).await }
    ";
    check(crate::host_fn::expand(tokens(""), tokens(item)), &expect_file!["snapshots/async_host_function.rs"]);
}

#[test]
fn host_functions_of_an_impl() {
    let item = r#"
        impl<S: Storage> Kv<S> {
            fn kv_read(&self, key: String) -> Vec<u8> { self.0.get(key) }
            #[cfg(unix)]
            #[host_fn(name = "write")]
            fn kv_write(&self, key: String, value: Vec<u8>) {}
            #[host_fn(skip)]
            fn new(storage: S) -> Self { Self(storage) }
        }
    "#;
    check(crate::host_fn::expand(tokens(""), tokens(item)), &expect_file!["snapshots/host_functions_of_an_impl.rs"]);
}

#[test]
fn host_function_with_mistakes() {
    let item = "async fn kv_read<T>(key: T) -> String { String::new() }";
    check(crate::host_fn::expand(tokens(""), tokens(item)), &expect_file!["snapshots/host_function_with_mistakes.rs"]);
}

#[test]
fn list_of_host_functions() {
    let list = crate::host_fns::expand(tokens("[::extism_runtime::__private] kv_read, storage::kv_write"));
    let constant = quote::quote!(const LIST: () = #list;);
    check(constant, &expect_file!["snapshots/list_of_host_functions.rs"]);
}

#[test]
fn derived_codecs() {
    let item = "#[codec(Json)] struct Page<'p, T> where T: Clone { text: &'p str, more: T }";
    let encode = crate::codec::expand_encode(Side::Host, tokens(item));
    let decode = crate::codec::expand_decode(Side::Host, tokens(item));
    check(quote::quote!(#encode #decode), &expect_file!["snapshots/derived_codecs.rs"]);
}

#[test]
fn derived_codecs_without_references() {
    let item = "#[codec(Prost)] struct Page;";
    let encode = crate::codec::expand_encode(Side::Host, tokens(item));
    let decode = crate::codec::expand_decode(Side::Host, tokens(item));
    check(quote::quote!(#encode #decode), &expect_file!["snapshots/derived_codecs_without_references.rs"]);
}

/// An interface whose expansions differ most between the sides.
const BOTH_SIDES: &str = "
    /// Counts vowels.
    pub trait VowelCounter {
        /// Counts the vowels of `text`.
        fn count_vowels(&mut self, text: &str) -> Result<Json<Report>, CountError>;
    }
";

/// Functions of a host.
const HOST_INTERFACE: &str = "
    /// A shop.
    pub trait Shop {
        /// The price of an article.
        fn price(&self, sku: &str) -> Option<u64>;
    }
";

#[test]
fn interface_of_a_plugin() {
    let expansion = crate::interface::expand(Side::Wasm, tokens(""), tokens(BOTH_SIDES));
    check(expansion, &expect_file!["snapshots/interface_of_a_plugin.rs"]);
}

#[test]
fn host_interface() {
    let expansion = crate::host_interface::expand(Side::Host, tokens(""), tokens(HOST_INTERFACE));
    check(expansion, &expect_file!["snapshots/host_interface.rs"]);
}

#[test]
fn host_interface_of_a_plugin() {
    let expansion = crate::host_interface::expand(Side::Wasm, tokens(""), tokens(HOST_INTERFACE));
    check(expansion, &expect_file!["snapshots/host_interface_of_a_plugin.rs"]);
}

#[test]
fn an_interface_in_a_plug_in() {
    let item = r#"
        /// Counts vowels.
        trait VowelCounter {
            /// Counts the vowels of `text`.
            fn count_vowels(&mut self, text: &str, letters: &[char]) -> Result<Json<Report>, Error>;
            #[export(optional, name = "describe")]
            async fn description(&mut self) -> String;
        }
    "#;
    let expansion = crate::interface::expand(Side::Guest, tokens(r#"rename_all = "camelCase""#), tokens(item));
    let text = expansion.to_string();
    for found in
        ["fn __extism_export_0", "fn __extism_export_1", "enum VowelCounterPlugin", "\"countVowels\"", "\"describe\""]
    {
        assert!(text.contains(found), "no {found} in {text}");
    }
    assert!(!text.contains("extism_runtime"), "{text}");
}
