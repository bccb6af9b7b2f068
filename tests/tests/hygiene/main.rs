//! Tests that expansions use full paths, so that they work where nothing is imported, not even the language's prelude.
#![no_implicit_prelude]

mod asynchronous;
mod shared;

/// Uses only full paths.
mod bare {
    #[::extism_runtime::plugin_interface]
    pub(crate) trait Bare {
        fn plain(&mut self);
        fn text(&mut self, text: &str) -> ::std::string::String;
        fn many(&mut self, a: u8, b: &str) -> ::std::string::String;
        #[export(optional)]
        fn optional(&mut self) -> ::core::result::Result<::core::option::Option<u8>, ::extism_runtime::Error>;
        #[export(codec = Json)]
        fn json(&mut self, number: u8) -> u8;
        fn default(&mut self, text: &str) -> u64 {
            text.len() as u64
        }
    }

    #[::extism_runtime::plugin_interface(on_error = "panic")]
    pub(crate) trait Panicking {
        fn text(&mut self, text: &str) -> ::std::string::String;
    }

    #[::extism_runtime::host_fn]
    pub(crate) fn shout(state: ::extism_runtime::State<u8>, text: &str) -> ::std::string::String {
        let _ = state;
        text.to_uppercase()
    }

    #[::extism_runtime::host_fn]
    pub(crate) fn plugin(plugin: &mut ::extism_runtime::CurrentPlugin<'_>, value: ::extism_runtime::host::Scalar<i32>) {
        let _ = (plugin, value);
    }

    pub(crate) struct Set;

    #[::extism_runtime::host_fn]
    impl Set {
        fn whisper(&self, text: &str) -> ::std::string::String {
            text.to_lowercase()
        }
    }

    #[derive(::serde::Serialize, ::serde::Deserialize, ::extism_runtime::Encode, ::extism_runtime::Decode)]
    #[codec(Json)]
    pub(crate) struct Document<'d, T> {
        pub(crate) text: &'d str,
        pub(crate) more: T,
    }
}

/// A plug-in whose exports return their input, and which imports the functions that `bare` provides.
fn plugin() -> ::extism_runtime::PluginBuilder {
    plugin_of(::extism_runtime::host_fns![bare::shout, bare::plugin]).with_functions(bare::Set)
}

/// The same plug-in, with these functions and without `whisper`.
fn plugin_of(functions: [::extism_runtime::Function; 2]) -> ::extism_runtime::PluginBuilder {
    ::extism_runtime::PluginBuilder::new(
        r#"(module
            (import "extism:host/env" "input_length" (func $length (result i64)))
            (import "extism:host/env" "input_offset" (func $offset (result i64)))
            (import "extism:host/env" "output_set" (func $set (param i64 i64)))
            (import "extism:host/user" "shout" (func (param i64) (result i64)))
            (import "extism:host/user" "plugin" (func (param i32)))
            (import "extism:host/user" "whisper" (func (param i64) (result i64)))
            (func (export "plain") (export "text") (export "many") (export "json")
                (call $set (call $offset) (call $length))))"#,
    )
    .with_state(1_u8)
    .with_functions(functions)
}

#[::core::prelude::v1::test]
fn nothing_needs_to_be_in_scope() {
    use ::core::{assert, assert_eq, convert::TryFrom, option::Option::None, result::Result::Ok};

    let mut bare = bare::BarePlugin::try_from(plugin().build().unwrap()).unwrap();
    assert!(bare.plain().is_ok());
    assert_eq!(bare.text("a").unwrap(), "a");
    assert_eq!(bare.many(1, "b").unwrap(), r#"[1,"b"]"#);
    assert!(::core::matches!(bare.optional(), Ok(None)));
    assert_eq!(bare.json(5).unwrap(), 5);
    assert_eq!(bare.default("abc").unwrap(), 3);
    assert_eq!(bare.with_context(1).text("a").unwrap(), "a");
    let mut panicking = plugin().typed::<bare::PanickingPlugin>().build().unwrap();
    assert_eq!(panicking.text("a"), "a");
    let bytes = ::extism_runtime::codec::to_vec(&bare::Document { text: "a", more: 1 }).unwrap();
    assert_eq!(bytes, br#"{"text":"a","more":1}"#);
    let document: bare::Document<'_, u8> = ::extism_runtime::Decode::decode(&bytes).unwrap();
    assert_eq!((document.text, document.more), ("a", 1));
}

/// Types with the names of those that the expansions use.
#[allow(dead_code, non_camel_case_types)]
mod shadowed {
    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct Error;
    pub(crate) struct Plugin;
    pub(crate) struct PluginBuilder;
    pub(crate) struct Vec;
    pub(crate) struct Box;
    pub(crate) struct Arc;
    pub(crate) struct Source;
    pub(crate) struct Interface;
    pub(crate) struct State;
    pub(crate) struct str_;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) trait TryFrom {}
    pub(crate) trait Into {}
    pub(crate) trait Send {}
    pub(crate) trait Encode {}
    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod extism_runtime {}

    /// One of the program's own types.
    #[derive(
        ::core::fmt::Debug,
        ::core::cmp::PartialEq,
        ::serde::Serialize,
        ::serde::Deserialize,
        ::extism_runtime::Encode,
        ::extism_runtime::Decode,
    )]
    #[codec(Json)]
    pub(crate) struct String(pub(crate) u8);

    #[::extism_runtime::plugin_interface]
    pub(crate) trait Shadowed {
        fn text(&mut self, text: &String) -> String;
        #[export(optional)]
        fn missing(&mut self, text: &String) -> String;
        fn many(&mut self, a: u8, b: &String) -> ::serde_json::Value;
        fn fallback(&mut self) -> ::core::result::Result<String, ::extism_runtime::Error> {
            ::core::result::Result::Ok(String(9))
        }
    }

    #[::extism_runtime::host_fn]
    pub(crate) fn shout(text: String) -> String {
        text
    }

    pub(crate) struct Value;

    #[::extism_runtime::host_fn]
    impl Value {
        fn whisper(&self, text: String) -> ::core::result::Result<String, ::std::string::String> {
            match text.0 {
                0 => ::core::result::Result::Err(::std::string::String::new()),
                _ => ::core::result::Result::Ok(text),
            }
        }
    }

    pub(crate) fn functions() -> ([::extism_runtime::Function; 1], Value) {
        (::extism_runtime::host_fns![shout], Value)
    }
}

#[::core::prelude::v1::test]
fn names_of_the_programs_own_do_not_get_in_the_way() {
    use ::core::assert_eq;
    use shadowed::{ShadowedPlugin, String};

    let mut plugin = plugin().typed::<ShadowedPlugin>().build().unwrap();
    assert_eq!(plugin.text(&String(5)).unwrap(), String(5));
    assert_eq!(plugin.missing(&String(5)).unwrap(), ::core::option::Option::None);
    assert_eq!(plugin.many(1, &String(2)).unwrap(), ::serde_json::json!([1, 2]));
    assert_eq!(plugin.fallback().unwrap(), String(9));
    let (shout, value) = shadowed::functions();
    assert_eq!(shout[0].name(), "shout");
    assert_eq!(::extism_runtime::host::IntoFunctions::into_functions(value)[0].name(), "whisper");
}

#[::core::prelude::v1::test]
fn everything_may_be_inside_a_function() {
    use ::core::{assert_eq, convert::TryFrom};

    struct Local(u8);

    impl ::extism_runtime::Encode for Local {
        fn encode(
            &self,
            out: &mut ::extism_runtime::codec::Writer<'_>,
        ) -> ::core::result::Result<(), ::extism_runtime::codec::CodecError> {
            out.put(&[self.0]);
            ::core::result::Result::Ok(())
        }
    }

    #[::extism_runtime::plugin_interface]
    trait Inside {
        fn text(&mut self, local: Local) -> ::core::result::Result<u8, ::extism_runtime::Error>;
    }

    #[::extism_runtime::host_fn]
    fn inside(local: u8) -> Local {
        Local(local)
    }

    let mut plugin = InsidePlugin::try_from(plugin().build().unwrap()).unwrap();
    assert_eq!(plugin.text(Local(5)).unwrap(), 5);
    assert_eq!(::extism_runtime::host_fns![inside][0].name(), "inside");
}

/// Items that a macro generates, from its own pieces and pieces that it is passed.
macro_rules! interface {
    ($name:ident as $client:ident { $method:ident($argument:ident: $ty:ty) -> $result:ty; } $function:ident $body:block) => {
        #[::extism_runtime::plugin_interface(name = $client)]
        pub(crate) trait $name {
            fn $method(&mut self, $argument: $ty) -> $result;
            fn text(&mut self, text: &str) -> ::core::result::Result<::std::string::String, ::extism_runtime::Error>;
            fn many(
                &mut self,
                text: &str,
                $argument: $ty,
            ) -> ::core::result::Result<::std::string::String, ::extism_runtime::Error> {
                let copy = ::std::string::ToString::to_string(&$argument);
                self.text(&(copy + text))
            }
            fn missing(&mut self, $argument: $ty) -> $result {
                let _ = $argument;
                $body
            }
        }

        #[::extism_runtime::host_fn]
        pub(crate) fn $function($argument: $ty, own: ::std::string::String) -> $ty {
            let _ = own;
            $argument
        }

        impl $client {
            pub(crate) fn functions() -> [::extism_runtime::Function; 1] {
                ::extism_runtime::host_fns![$function]
            }
        }
    };
}

interface! {
    Made as MadeClient { json(number: u8) -> ::core::result::Result<u8, ::extism_runtime::Error>; }
    made {
        let missing = 77;
        ::core::result::Result::Ok(missing)
    }
}

macro_rules! pass_on {
    ($item:item) => {
        #[::extism_runtime::plugin_interface]
        $item
    };
}

pass_on! {
    trait PassedOn {
        fn text(&mut self, text: &str) -> ::std::string::String;
    }
}

#[::core::prelude::v1::test]
fn everything_may_come_out_of_a_macro() {
    use ::core::{assert_eq, convert::TryFrom};

    let mut made = MadeClient::try_from(plugin().build().unwrap()).unwrap();
    assert_eq!(made.json(5).unwrap(), 5);
    assert_eq!(made.many("b", 5).unwrap(), r#"["b",5]"#);
    assert_eq!(made.missing(5).unwrap(), 77);
    assert_eq!(::std::string::ToString::to_string(MadeClient::functions()[0].ty()), "(i64, i64) -> i64");
    let mut passed_on = PassedOnPlugin::try_from(plugin().build().unwrap()).unwrap();
    assert_eq!(passed_on.text("a").unwrap(), "a");
}
