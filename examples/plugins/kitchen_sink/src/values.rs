//! Input and output in each encoding.

use extism_pdk::{Error, FnResult, Json, Msgpack, plugin_fn};
use serde::{Deserialize, Serialize};

/// Bytes in, the same bytes out.
#[plugin_fn]
pub fn echo(bytes: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(bytes)
}

/// Ignores its input and sets no output.
#[unsafe(no_mangle)]
pub extern "C" fn nothing() {}

/// Text in, "Hello, TEXT!" out.
#[plugin_fn]
pub fn greet(name: String) -> FnResult<String> {
    Ok(format!("Hello, {name}!"))
}

/// Numbers with a name.
#[derive(Deserialize, Serialize)]
struct Numbers {
    /// Their name.
    name: String,
    /// In any order.
    values: Vec<i64>,
}

/// Their sum.
#[derive(Serialize)]
struct Sum {
    /// From the input.
    name: String,
    /// Wraps around.
    sum: i64,
}

impl From<Numbers> for Sum {
    fn from(numbers: Numbers) -> Self {
        let sum = numbers.values.into_iter().fold(0, i64::wrapping_add);
        Self {
            name: numbers.name,
            sum,
        }
    }
}

/// `{"name", "values"}` in, `{"name", "sum"}` out, as JSON.
#[plugin_fn]
pub fn sum_json(Json(numbers): Json<Numbers>) -> FnResult<Json<Sum>> {
    Ok(Json(numbers.into()))
}

/// The same as MessagePack; the answer is an array, `[name, sum]`, as is usual for its structs.
#[plugin_fn]
pub fn sum_msgpack(Msgpack(numbers): Msgpack<Numbers>) -> FnResult<Msgpack<Sum>> {
    Ok(Msgpack(numbers.into()))
}

/// Several arguments as one JSON array: `[text, times]` in, the text repeated out.
#[plugin_fn]
pub fn repeat(Json((text, times)): Json<(String, usize)>) -> FnResult<String> {
    Ok(text.repeat(times))
}

/// Two little-endian `f64`, 16 bytes, x and y of a point, in; out, in the same form, the point
/// mirrored at the diagonal.
#[plugin_fn]
pub fn mirror(point: Vec<u8>) -> FnResult<Vec<u8>> {
    if point.len() != 16 {
        return Err(Error::msg("a point has 16 bytes").into());
    }
    let (x, y) = point.split_at(8);
    Ok([y, x].concat())
}

/// A little-endian `i32` in, twice its value out.
#[plugin_fn]
pub fn double_i32(n: i32) -> FnResult<i32> {
    Ok(n.wrapping_mul(2))
}

/// A little-endian `i64` in, twice its value out.
#[plugin_fn]
pub fn double_i64(n: i64) -> FnResult<i64> {
    Ok(n.wrapping_mul(2))
}

/// A little-endian `f32` in, half its value out.
#[plugin_fn]
pub fn half_f32(n: f32) -> FnResult<f32> {
    Ok(n / 2.0)
}

/// A little-endian `f64` in, half its value out.
#[plugin_fn]
pub fn half_f64(n: f64) -> FnResult<f64> {
    Ok(n / 2.0)
}
