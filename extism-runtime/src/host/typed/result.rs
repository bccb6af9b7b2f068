use super::super::{CurrentPlugin, Scalar};
use crate::{
    Encode,
    error::BoxError,
    value::{Val, ValType},
};

/// A result of a [`#[host_fn]`](macro@crate::host_fn) function: `()`, any [`Encode`] type, [`Scalar`] and tuples of
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

#[diagnostic::do_not_recommend]
impl<T: Encode> HostOutput for T {
    const RESULTS: &'static [ValType] = if T::IS_UNIT { &[] } else { &[ValType::PTR] };

    #[inline]
    fn write_result(self, plugin: &mut CurrentPlugin<'_>, results: &mut [Val]) -> Result<(), BoxError> {
        if let Some(result) = results.first_mut() {
            *result = plugin.put(self)?;
        }
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: HostOutput, E: Into<BoxError>> HostOutput for Result<T, E> {
    const RESULTS: &'static [ValType] = T::RESULTS;

    #[inline]
    fn write_result(self, plugin: &mut CurrentPlugin<'_>, results: &mut [Val]) -> Result<(), BoxError> {
        self.map_err(Into::into)?.write_result(plugin, results)
    }
}

/// A raw WebAssembly value, or none, which is 0.
pub trait RawResult {
    const TYPE: ValType;

    fn into_val(self) -> Val;
}

macro_rules! raw_results {
    ($($ty:ident: $variant:ident;)*) => {$(
        impl RawResult for Scalar<$ty> {
            const TYPE: ValType = ValType::$variant;

            fn into_val(self) -> Val {
                Val::$variant(self.0)
            }
        }

        raw_results!(@result Scalar<$ty>);
        raw_results!(@result Option<Scalar<$ty>>);
    )*};
    (@result $ty:ty) => {
        #[diagnostic::do_not_recommend]
        impl HostOutput for $ty {
            const RESULTS: &'static [ValType] = &[<Self as RawResult>::TYPE];

            #[inline]
            fn write_result(self, _: &mut CurrentPlugin<'_>, results: &mut [Val]) -> Result<(), BoxError> {
                if let Some(result) = results.first_mut() {
                    *result = self.into_val();
                }
                Ok(())
            }
        }
    };
}

raw_results! {
    i32: I32;
    i64: I64;
    f32: F32;
    f64: F64;
}

impl<T: Default> RawResult for Option<Scalar<T>>
where
    Scalar<T>: RawResult,
{
    const TYPE: ValType = <Scalar<T> as RawResult>::TYPE;

    fn into_val(self) -> Val {
        self.unwrap_or_default().into_val()
    }
}

macro_rules! tuple_results {
    ($($name:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: RawResult),*> HostOutput for ($($name,)*) {
            const RESULTS: &'static [ValType] = &[$($name::TYPE),*];

            #[inline]
            fn write_result(self, _: &mut CurrentPlugin<'_>, results: &mut [Val]) -> Result<(), BoxError> {
                #[allow(non_snake_case, reason = "the parameters' own names serve as the values'")]
                let ($($name,)*) = self;
                for (result, value) in results.iter_mut().zip([$($name.into_val()),*]) {
                    *result = value;
                }
                Ok(())
            }
        }
    };
}

tuple_results!(A);
tuple_results!(A B);
tuple_results!(A B C);
tuple_results!(A B C D);
tuple_results!(A B C D E);
tuple_results!(A B C D E F);
tuple_results!(A B C D E F G);
tuple_results!(A B C D E F G H);
