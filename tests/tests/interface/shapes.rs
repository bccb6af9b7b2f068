//! Tests arguments and results of every shape.

use extism_runtime::{Error, Json, plugin_interface};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{echo, says};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[plugin_interface]
trait Shapes {
    fn nothing(&mut self);
    fn unit(&mut self) -> ();
    fn owned(&mut self, text: String) -> String;
    fn borrowed(&mut self, text: &str) -> &str;
    fn bytes(&mut self, bytes: &[u8]) -> &[u8];
    fn json(&mut self, point: Json<&Point>) -> Json<Point>;
    fn number(&mut self, number: i64) -> i64;
    fn maybe(&mut self, number: Option<u8>) -> Option<u8>;
    fn named_lifetime<'a>(&'a mut self, text: &str) -> &'a str;
    fn generic<T: DeserializeOwned>(&mut self, text: &str) -> Json<T>;
    fn sized<const N: usize>(&mut self, bytes: [u8; N]) -> [u8; N];
}

fn shapes() -> ShapesPlugin {
    let exports = [
        "nothing",
        "unit",
        "owned",
        "borrowed",
        "bytes",
        "json",
        "number",
        "maybe",
        "named_lifetime",
        "generic",
        "sized",
    ];
    echo(&exports).try_into().unwrap()
}

#[test]
fn arguments_and_results_go_through_their_codecs() {
    let mut shapes = shapes();
    shapes.nothing().unwrap();
    shapes.unit().unwrap();
    assert_eq!(shapes.owned("text".to_owned()).unwrap(), "text");
    assert_eq!(shapes.bytes(&[1, 2, 255]).unwrap(), [1, 2, 255]);
    assert_eq!(shapes.json(Json(&Point { x: 1, y: 2 })).unwrap(), Json(Point { x: 1, y: 2 }));
    assert_eq!(shapes.number(-5).unwrap(), -5);
    assert_eq!(shapes.maybe(Some(7)).unwrap(), Some(7));
    assert_eq!(shapes.maybe(None).unwrap(), None);
    assert_eq!(shapes.sized([1, 2, 3]).unwrap(), [1, 2, 3]);
}

#[test]
fn a_borrowed_result_lies_in_the_plugins_memory_and_is_bound_to_the_plugin_alone() {
    let mut shapes = shapes();
    let text = "Hello".to_owned();
    let shout = shapes.borrowed(&text).unwrap();
    assert_ne!(shout.as_ptr(), text.as_ptr());
    drop(text);
    assert_eq!(shout, "Hello");
    assert_eq!(shapes.named_lifetime(&String::from("again")).unwrap(), "again");
}

#[test]
fn a_generic_method_returns_what_is_asked_for() {
    let mut shapes = shapes();
    assert_eq!(shapes.generic::<u32>("5").unwrap(), Json(5));
    let Json(words): Json<Vec<String>> = shapes.generic(r#"["a", "b"]"#).unwrap();
    assert_eq!(words, ["a", "b"]);
}

#[test]
fn calls_of_a_borrowed_shape_allocate_nothing() {
    let mut shapes = shapes();
    shapes.borrowed("the first call makes the instance ready").unwrap();
    let allocations = allocation_counter::measure(|| {
        assert_eq!(shapes.borrowed("Hello").unwrap(), "Hello");
    });
    assert_eq!(allocations.count_total, 0);
}

/// One of the program's own errors.
#[derive(Debug)]
struct MyError(String);

impl From<Error> for MyError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

type MyResult<T = String> = Result<T, MyError>;

mod aliased {
    use super::MyError;

    pub(super) type Result<T = String> = std::result::Result<T, MyError>;
}

#[plugin_interface]
trait Failing {
    fn fail(&mut self) -> Result<String, MyError>;
    #[export(name = "fail")]
    fn boxed(&mut self) -> Result<String, Box<dyn std::error::Error + Send + Sync>>;
    #[export(name = "fail")]
    fn aliased(&mut self) -> aliased::Result;
    #[export(name = "f")]
    fn succeeds(&mut self) -> aliased::Result<&str>;
    #[export(name = "fail")]
    fn plain(&mut self) -> String;
}

#[test]
fn a_result_of_ones_own_gets_the_error_converted() {
    let mut failing = FailingPlugin::try_from(says("no luck")).unwrap();
    let text = "plug-in `says`, export `fail`: no luck (code 3)";
    let result: MyResult = failing.fail();
    assert_eq!(result.unwrap_err().0, text);
    assert_eq!(failing.boxed().unwrap_err().to_string(), text);
    assert_eq!(failing.aliased().unwrap_err().0, text);
    assert_eq!(failing.succeeds().unwrap(), "no luck");
    let Error::Guest { code, message, .. } = failing.plain().unwrap_err() else { panic!("another error") };
    assert_eq!((code, &*message), (3, "no luck"));
}
