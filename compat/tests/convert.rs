//! The codec `Convert` of `extism-runtime` in attributes, for crates whose types have the traits of `extism-convert`.

use extism_convert::{FromBytes, ToBytes};
use extism_runtime::{PluginBuilder, host, host_fn, host_fns, plugin_interface};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, ToBytes, FromBytes)]
#[encoding(extism_convert::Json)]
struct Numbers {
    name: String,
    values: Vec<i64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToBytes, FromBytes)]
#[encoding(extism_convert::Json)]
struct Sum {
    name: String,
    sum: i64,
}

#[plugin_interface(codec = Convert)]
trait Sink {
    fn sum_json(&mut self, numbers: Numbers) -> Sum;
    fn greet(&mut self, name: String) -> Result<String, extism_runtime::Error>;
    #[export(codec = Json, name = "sum_json")]
    fn in_json(&mut self, numbers: &Numbers) -> Sum;
}

#[test]
fn an_interface_has_it_for_types_that_name_none() {
    let mut sink = SinkPlugin::load(extism_tests::guest("kitchen_sink.wasm")).unwrap();
    let numbers = || Numbers { name: "three".to_owned(), values: vec![1, 2, 3] };
    let sum = Sum { name: "three".to_owned(), sum: 6 };
    assert_eq!(sink.sum_json(numbers()).unwrap(), sum);
    assert_eq!(sink.in_json(&numbers()).unwrap(), sum);
    assert_eq!(sink.greet("Ann".to_owned()).unwrap(), "Hello, Ann!");
}

#[host_fn(codec = Convert)]
fn reflect(sum: Sum) -> Sum {
    Sum { sum: -sum.sum, ..sum }
}

#[test]
fn a_host_function_has_it_too() {
    let module = extism_tests::guest("reflect.wasm");
    let mut plugin = PluginBuilder::new(module).with_functions(host_fns![reflect]).build().unwrap();
    let text: String = plugin.call("reflect", r#"{"name": "a", "sum": 2}"#).unwrap();
    assert_eq!(text, r#"{"name":"a","sum":-2}"#);
    // What is in it is known to the type alone.
    assert_eq!(host::interface_of("R", host_fns![reflect]).methods[0].output.format, None);
}

/// The plug-in's side of it, which the compiler checks here.
#[allow(dead_code, reason = "plug-ins are called by exports, which the host does not have")]
mod plug_in {
    use super::{FromBytes, ToBytes};
    use extism_guest::{export_plugin, host_interface, plugin_interface};

    #[derive(serde::Serialize, serde::Deserialize, ToBytes, FromBytes)]
    #[encoding(extism_convert::Json)]
    pub(super) struct Point {
        x: i32,
    }

    #[host_interface(codec = Convert)]
    pub(super) trait Plane {
        fn mirrored(&self, point: Point) -> Point;
    }

    #[plugin_interface(codec = Convert)]
    pub(super) trait Mover {
        fn moved(&mut self, point: Point) -> Result<Point, extism_guest::Error>;
    }

    #[derive(Default)]
    pub(super) struct Right;

    #[export_plugin]
    impl Mover for Right {
        fn moved(&mut self, point: Point) -> Result<Point, extism_guest::Error> {
            Ok(Point { x: point.x + 1 })
        }
    }
}
