//! Tests several arguments, and how they are encoded.

use extism_runtime::plugin_interface;
use serde::Serialize;

use crate::echo;

#[derive(Serialize)]
struct Point {
    x: i32,
}

#[plugin_interface]
trait Several {
    fn array(&mut self, name: &str, count: u32, point: &Point) -> String;
    #[export(args = "json-array")]
    fn array_of_one(&mut self, name: &str) -> String;
    #[export(args = "json-object")]
    fn object(&mut self, name: &str, r#type: Option<u8>, bytes: &[u8]) -> String;
    #[export(args = "json-object")]
    fn object_of_one(&mut self, name: String) -> String;
    #[export(args = "msgpack")]
    fn msgpack(&mut self, name: &str, count: u32) -> Vec<u8>;
    #[rustfmt::skip]
    #[expect(clippy::too_many_arguments, reason = "that is what is tested")]
    #[export(args = "msgpack")]
    fn sixteen(
        &mut self, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8,
        i: u8, j: u8, k: u8, l: u8, m: u8, n: u8, o: u8, p: &str,
    ) -> Vec<u8>;
}

fn several() -> SeveralPlugin {
    echo(&["array", "array_of_one", "object", "object_of_one", "msgpack", "sixteen"]).try_into().unwrap()
}

#[test]
fn several_arguments_are_a_json_array() {
    assert_eq!(several().array("a \"b\"", 3, &Point { x: -1 }).unwrap(), r#"["a \"b\"",3,{"x":-1}]"#);
}

#[test]
fn args_json_object_names_them() {
    assert_eq!(several().object("a", None, b"xy").unwrap(), r#"{"name":"a","type":null,"bytes":[120,121]}"#);
}

#[test]
fn args_holds_for_a_single_argument_too() {
    assert_eq!(several().array_of_one("a").unwrap(), r#"["a"]"#);
    assert_eq!(several().object_of_one("a".to_owned()).unwrap(), r#"{"name":"a"}"#);
}

#[test]
fn args_msgpack_is_a_messagepack_array() {
    assert_eq!(several().msgpack("ab", 300).unwrap(), [0x92, 0xa2, b'a', b'b', 0xcd, 0x01, 0x2c]);
    assert_eq!(
        several().sixteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, "p").unwrap(),
        [0xdc, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xa1, b'p']
    );
}

#[plugin_interface(codec = Msgpack)]
trait SeveralMsgpack {
    fn pair(&mut self, name: &str, count: u32) -> (String, u32);
    #[export(args = "json-object", codec = Json)]
    fn object(&mut self, name: &str, count: u32) -> serde_json::Value;
}

#[test]
fn several_arguments_follow_the_interfaces_codec_unless_the_method_says_otherwise() {
    let mut plugin = SeveralMsgpackPlugin::try_from(echo(&["pair", "object"])).unwrap();
    assert_eq!(plugin.pair("a", 1).unwrap(), ("a".to_owned(), 1));
    assert_eq!(plugin.object("a", 1).unwrap(), serde_json::json!({"name": "a", "count": 1}));
}
