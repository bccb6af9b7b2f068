//! Rust that is made of an interface, and the interface of that Rust: the same.

use expect_test::expect_file;
use extism_interface::{Description, Interface, Wire, rust};
use serde_json::Value;

use super::{everything, small};

/// What the compiler reads of `fixtures/formats`.
#[allow(dead_code, reason = "only its interfaces are used")]
mod generated {
    pub(super) mod everything {
        include!("../../fixtures/formats/everything.rs");
    }
    pub(super) mod example_shop {
        include!("../../fixtures/formats/example_shop.rs");
    }
    pub(super) mod sides {
        include!("../../fixtures/formats/sides.rs");
    }
    pub(super) mod small {
        include!("../../fixtures/formats/small.rs");
    }
}

/// The interfaces of these clients and sets of host functions, in a module.
macro_rules! interfaces {
    ($($module:ident)::+ { $($client:ident),+ $(,)? }) => {{
        use $($module)::+::{$($client),+};

        [$($client::interface()),+].map(Clone::clone)
    }};
}

/// Checks that interfaces become the Rust in a file, and that they come out of that again.
macro_rules! check {
    ($file:literal, $($original:ident)::+, $generated:ident { $($client:ident),+ $(,)? }) => {{
        let original = interfaces!($($original)::+ { $($client),+ });
        let source = rust::write(&Description::new(original.clone()));
        expect_file![concat!("../../fixtures/formats/", $file)].assert_eq(&source);
        let again = interfaces!(generated::$generated { $($client),+ });
        (original, again)
    }};
}

#[test]
fn types_of_every_kind_survive() {
    let (original, again) = check!("everything.rs", everything, everything { EverythingPlugin, GivenFunctions });
    assert_eq!(as_written(again), as_written(original));
}

/// Also the texts of their types are the same.
#[test]
fn the_shop_of_the_examples_survives() {
    let (original, again) = check!("example_shop.rs", shop_interface, example_shop { DiscountsPlugin, ShopFunctions });
    assert_eq!(again, original);
}

#[test]
fn the_other_examples_survive() {
    let (original, again) = check!(
        "small.rs",
        small,
        small { VowelCounterPlugin, ReflectorPlugin, ClientPlugin, ShouterPlugin, GreeterPlugin }
    );
    assert_eq!(as_written(again), as_written(original));
}

/// Most of its types have no schemas.
#[test]
fn methods_of_every_kind_survive() {
    let (original, again) = check!(
        "sides.rs",
        sides_interface,
        sides {
            PlainPlugin,
            SeveralPlugin,
            NamedPlugin,
            PackedPlugin,
            CodedPlugin,
            OptionalPlugin,
            DerivedPlugin,
            AsynchronousPlugin,
            FailuresPlugin,
            HostFunctions,
            AsksPlugin,
        }
    );
    assert_eq!(as_written(again), as_written(original));
}

/// Interfaces without what Rust writes differently: the texts of types, and whether the attribute or a type names the
/// codec. A type of which nothing is known becomes one that allows everything.
fn as_written<const N: usize>(mut interfaces: [Interface; N]) -> [Interface; N] {
    let wire = |wire: &mut Wire| wire.schema = wire.schema.take().filter(|schema| *schema != Value::Bool(true));
    for method in interfaces.iter_mut().flat_map(|interface| interface.methods.to_mut()) {
        (method.result, method.codec) = ("".into(), None);
        wire(&mut method.output);
        for argument in method.arguments.to_mut() {
            argument.ty = "".into();
            wire(&mut argument.wire);
        }
    }
    interfaces
}
