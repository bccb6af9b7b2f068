use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    codec::{Base64, Decode, Encode, Json, to_vec},
    display,
};

/// Decodes the input with each codec. A decoded value is encoded again, and the encoding decodes to a value
/// with the same encoding.
pub fn codecs(input: &[u8]) {
    round_trip::<String>(input);
    round_trip::<Vec<u8>>(input);
    round_trip::<[u8; 12]>(input);
    round_trip::<bool>(input);
    round_trip::<u8>(input);
    round_trip::<i16>(input);
    round_trip::<u32>(input);
    round_trip::<f64>(input);
    round_trip::<i128>(input);
    round_trip::<Option<u64>>(input);
    round_trip::<Base64<Vec<u8>>>(input);
    round_trip::<Base64<Base64<String>>>(input);
    round_trip::<Json<Value>>(input);
    round_trip::<Value>(input);
    round_trip::<Json<BTreeMap<String, Vec<Option<f64>>>>>(input);
    #[cfg(feature = "raw")]
    round_trip::<crate::codec::Raw<[u16; 3]>>(input);
    #[cfg(feature = "msgpack")]
    {
        round_trip::<crate::codec::Msgpack<Value>>(input);
        round_trip::<crate::codec::Msgpack<(String, Vec<u32>, BTreeMap<String, bool>)>>(input);
    }
    #[cfg(feature = "prost")]
    {
        round_trip::<crate::codec::Prost<String>>(input);
        round_trip::<crate::codec::Prost<Vec<u8>>>(input);
        round_trip::<crate::codec::Prost<f64>>(input);
    }
    let _ = (<&str>::decode(input), Json::<&str>::decode(input), <()>::decode(input));
    show(input);
}

fn round_trip<T: Encode + for<'a> Decode<'a>>(input: &[u8]) {
    let Ok(value) = T::decode(input) else { return };
    let Ok(bytes) = to_vec(&value) else { return };
    let again = T::decode(&bytes).unwrap_or_else(|error| panic!("{input:?} becomes {bytes:?}: {error}"));
    assert_eq!(to_vec(&again).expect("it was encoded before"), bytes);
}

/// Checks that names and texts can be printed to a terminal, whatever they contain.
fn show(input: &[u8]) {
    let text = display::lossy(input);
    let (name, text) = (display::name(&text).to_string(), display::text(&text).to_string());
    assert!(!name.contains(char::is_control) && name.chars().count() < 10 * 300 + 30, "{name:?}");
    assert!(text.chars().all(|char| !char.is_control() || matches!(char, '\n' | '\t')), "{text:?}");
}
