/// A number that plug-in and host pass as it is: an argument or a result of a host function that is the WebAssembly
/// value `i32`, `i64`, `f32` or `f64` itself, not the handle of a block that holds its bytes.
///
/// In the host's dynamic functions, `Val` is such a value whose type is only known when the program runs. `Raw<T>` is a
/// codec: a value's bytes, in a block.
///
/// ```
/// use extism_codec::Scalar;
///
/// // With `#[host_fn]`, plug-ins import this as `(i32, i32) -> i64`.
/// fn add(left: Scalar<i32>, right: Scalar<i32>) -> Scalar<i64> {
///     Scalar(i64::from(left.0) + i64::from(right.0))
/// }
///
/// assert_eq!(add(Scalar(1), Scalar(2)), Scalar(3));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scalar<T>(pub T);
