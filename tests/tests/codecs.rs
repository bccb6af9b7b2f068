//! Tests round trips through each codec in the table of the documentation of `codec`.

use std::{borrow::Cow, fmt::Debug, sync::Arc};

use extism_runtime::{
    Decode, Encode, Json,
    codec::{Base64, Msgpack, Prost, Raw, to_vec},
};
use serde::{Deserialize, Serialize};

#[track_caller]
fn round_trip<'a, I, O>(value: I, bytes: &'a [u8], back: O)
where
    I: Encode,
    O: Decode<'a> + PartialEq + Debug,
{
    assert_eq!(to_vec(&value).unwrap(), bytes);
    assert_eq!(O::decode(bytes).unwrap(), back);
}

#[test]
fn text() {
    round_trip("häuser", "häuser".as_bytes(), "häuser");
    round_trip("a".to_owned(), b"a", "a".to_owned());
    round_trip(Cow::Borrowed("a"), b"a", Cow::Borrowed("a"));
    round_trip(Arc::<str>::from("a"), b"a", Box::<str>::from("a"));
    assert!(<&str>::decode(b"\xff").is_err());
}

#[test]
fn bytes_owned_and_borrowed() {
    round_trip(vec![0, 255_u8], &[0, 255], vec![0, 255_u8]);
    round_trip(&[1_u8, 2][..], &[1, 2], &[1_u8, 2][..]);
    round_trip([1_u8, 2, 3], &[1, 2, 3], [1_u8, 2, 3]);
    let error = <[u8; 4]>::decode(&[1, 2]).unwrap_err();
    assert_eq!(error.to_string(), "expected 4 bytes, got 2");
    let source = [1_u8, 2, 3];
    assert_eq!(<&[u8]>::decode(&source).unwrap().as_ptr(), source.as_ptr(), "borrowed, not copied");
}

#[test]
fn numbers_are_little_endian() {
    round_trip(0x0102_i32, &[2, 1, 0, 0], 0x0102_i32);
    round_trip(-2_i64, &[254, 255, 255, 255, 255, 255, 255, 255], -2_i64);
    round_trip(7_u8, &[7], 7_u8);
    round_trip(1.5_f32, &1.5_f32.to_le_bytes(), 1.5_f32);
    round_trip(-0.1_f64, &(-0.1_f64).to_le_bytes(), -0.1_f64);
    round_trip(u128::MAX - 1, &(u128::MAX - 1).to_le_bytes(), u128::MAX - 1);
    assert_eq!(u32::decode(&[1]).unwrap_err().to_string(), "expected 4 bytes for u32, got 1");
}

#[test]
fn unit_bool_and_option() {
    round_trip((), b"", ());
    round_trip(true, &[1], true);
    round_trip(false, &[0], false);
    assert!(bool::decode(&[]).is_err());
    round_trip(None::<&str>, b"", None::<&str>);
    round_trip(Some("x"), b"x", Some("x"));
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    name: String,
}

fn point() -> Point {
    Point { x: -1, name: "p".into() }
}

#[test]
fn json() {
    round_trip(Json(point()), br#"{"x":-1,"name":"p"}"#, Json(point()));
    round_trip(serde_json::json!([1, null]), b"[1,null]", serde_json::json!([1, null]));
    let Json(borrowed) = Json::<&str>::decode(b"\"no escapes\"").unwrap();
    assert_eq!(borrowed, "no escapes");
    // Without care, the nearest number but one is read: https://github.com/serde-rs/json/issues/707
    let float = b"1.2345678901274569e+29";
    round_trip(Json(1.234_567_890_127_456_9e29), float, Json(1.234_567_890_127_456_9e29));
    let error = Json::<Point>::decode(b"{\"x\":").unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
}

#[test]
fn msgpack_is_positional_and_reads_maps_too() {
    round_trip(Msgpack(point()), b"\x92\xff\xa1p", Msgpack(point()));
    let Msgpack(from_map) = Msgpack::<Point>::decode(b"\x82\xa1x\xff\xa4name\xa1p").unwrap();
    assert_eq!(from_map, point());
}

#[derive(Clone, PartialEq, prost::Message)]
struct Message {
    #[prost(string, tag = "1")]
    text: String,
}

#[test]
fn protocol_buffers() {
    let message = Message { text: "hi".into() };
    round_trip(Prost(message.clone()), b"\x0a\x02hi", Prost(message));
}

#[test]
fn base64_of_any_codec() {
    round_trip(Base64("ab?"), b"YWI/", Base64("ab?".to_owned()));
    round_trip(Base64(Json(point())), b"eyJ4IjotMSwibmFtZSI6InAifQ==", Base64(Json(point())));
    assert!(Base64::<String>::decode(b"not base64!").is_err());
}

#[derive(Clone, Copy, Debug, PartialEq, bytemuck::NoUninit, bytemuck::AnyBitPattern)]
#[repr(C)]
struct Pair {
    a: u16,
    b: u16,
}

#[test]
fn raw_memory_at_any_alignment() {
    round_trip(Raw(Pair { a: 1, b: 2 }), &[1, 0, 2, 0], Raw(Pair { a: 1, b: 2 }));
    let bytes = [9, 1, 0, 2, 0];
    assert_eq!(Raw::<Pair>::decode(&bytes[1..]).unwrap().0, Pair { a: 1, b: 2 });
    assert_eq!(Raw::<Pair>::decode(&bytes).unwrap_err().to_string(), "expected 4 bytes, got 5");
}
