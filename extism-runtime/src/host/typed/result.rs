use std::slice;

use extism_codec::__private::{Number, Sink, WasmResult};

use super::{super::CurrentPlugin, argument::val_type};
use crate::{
    Encode,
    error::BoxError,
    value::{Val, ValType},
};

/// A result of a [`#[host_fn]`](macro@crate::host_fn) function: `()`, any [`Encode`] type, [`Scalar`](crate::host::Scalar) and tuples of
/// it, `Option`, and `Result` of these.
///
/// Compiler errors name this trait; programs implement [`Encode`] instead. Its items change without notice.
#[diagnostic::on_unimplemented(
    message = "a host function cannot return `{Self}`",
    label = "cannot be sent to the plug-in",
    note = "wrap it in a codec such as `Json<..>`, or put `#[derive(Encode)] #[codec(Json)]` on the type",
    note = "for raw WebAssembly values, return `Scalar<i32>`, `Scalar<i64>`, `Scalar<f32>`, `Scalar<f64>`, or a tuple of these",
    note = "in `Result<T, E>`, `T` is one of these, and `E` converts into `Box<dyn std::error::Error + Send + Sync>`"
)]
pub trait HostOutput {
    /// The WebAssembly results that it becomes.
    #[doc(hidden)]
    const RESULTS: &'static [ValType];

    /// Passes it to the plug-in.
    ///
    /// # Errors
    ///
    /// Returns an error if it is itself an error, cannot be encoded, or does not fit in the plug-in's memory.
    #[doc(hidden)]
    fn write_result(self, plugin: &mut CurrentPlugin<'_>, results: &mut [Val]) -> Result<(), BoxError>;
}

/// The most WebAssembly results that a function's type has.
const MOST: usize = 8;

/// A function's result as WebAssembly results.
trait Crossing: WasmResult {
    /// Their types, of which the first ones count.
    const TYPES: [ValType; MOST] = {
        let mut types = [ValType::PTR; MOST];
        let mut index = 0;
        while index < Self::KINDS.len() {
            types[index] = val_type(Self::KINDS[index]);
            index += 1;
        }
        types
    };
}

impl<T: WasmResult> Crossing for T {}

#[diagnostic::do_not_recommend]
impl<T: WasmResult> HostOutput for T {
    const RESULTS: &'static [ValType] = {
        let types: &'static [ValType; MOST] = &<T as Crossing>::TYPES;
        types.split_at(T::KINDS.len()).0
    };

    #[inline]
    fn write_result(self, plugin: &mut CurrentPlugin<'_>, results: &mut [Val]) -> Result<(), BoxError> {
        self.write(&mut Results { plugin, rest: results.iter_mut() })
    }
}

/// The results of a call that have no value yet.
struct Results<'r, 'p, 'c> {
    plugin: &'p mut CurrentPlugin<'c>,
    rest: slice::IterMut<'r, Val>,
}

impl Sink for Results<'_, '_, '_> {
    #[inline]
    fn value<T: Encode>(&mut self, value: T) -> Result<(), BoxError> {
        if let Some(result) = self.rest.next() {
            *result = self.plugin.put(value)?;
        }
        Ok(())
    }

    #[inline]
    fn number(&mut self, number: Number) {
        if let Some(result) = self.rest.next() {
            *result = match number {
                Number::I32(value) => Val::I32(value),
                Number::I64(value) => Val::I64(value),
                Number::F32(value) => Val::F32(value),
                Number::F64(value) => Val::F64(value),
            };
        }
    }
}
