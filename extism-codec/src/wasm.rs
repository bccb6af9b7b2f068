//! What crosses a host function's border as WebAssembly values: handles of blocks with encoded bytes, and numbers.
//!
//! These traits are here because only the crate of [`Encode`] and [`Decode`] can tell that a [`Scalar`] is neither.

use crate::{__private::Format, BoxError, Decode, Encode, Scalar};

/// The type of a WebAssembly value that crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer, or a handle.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
}

/// A WebAssembly value that crosses as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float.
    F32(f32),
    /// A 64-bit float.
    F64(f64),
}

/// Where the arguments of a host function come from, in their order.
pub trait Source<'p> {
    /// Decodes the block of the next handle.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no next argument, no such block, or the bytes are no such value.
    fn value<T: Decode<'p>>(&mut self) -> Result<T, BoxError>;

    /// Takes the next number.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no next argument.
    fn number(&mut self) -> Result<Number, BoxError>;
}

/// Where the results of a host function go, in their order.
pub trait Sink {
    /// Encodes a value into a block and adds its handle.
    ///
    /// # Errors
    ///
    /// Returns an error if the value cannot be encoded, or does not fit.
    fn value<T: Encode>(&mut self, value: T) -> Result<(), BoxError>;

    /// Adds a number.
    fn number(&mut self, number: Number);
}

/// An argument of a host function that plug-ins pass.
pub trait WasmArgument<'p>: Sized {
    /// What it crosses as.
    const KIND: Kind;
    /// What that means.
    const FORMAT: Format;

    /// Reads it.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none, or it is not such a value.
    fn read<S: Source<'p>>(source: &mut S) -> Result<Self, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<'p, T: Decode<'p>> WasmArgument<'p> for T {
    const KIND: Kind = Kind::I64;
    const FORMAT: Format = <T as Decode<'p>>::FORMAT;

    #[inline]
    fn read<S: Source<'p>>(source: &mut S) -> Result<Self, BoxError> {
        source.value()
    }
}

/// What a host function returns to a plug-in.
pub trait WasmResult: Sized {
    /// What it crosses as.
    const KINDS: &'static [Kind];
    /// What that means; not known of several values.
    const FORMAT: Format;

    /// Writes it.
    ///
    /// # Errors
    ///
    /// Returns an error if it is itself an error, or cannot be written.
    fn write<S: Sink>(self, sink: &mut S) -> Result<(), BoxError>;
}

#[diagnostic::do_not_recommend]
impl<T: Encode> WasmResult for T {
    const KINDS: &'static [Kind] = if T::IS_UNIT { &[] } else { &[Kind::I64] };
    const FORMAT: Format = <T as Encode>::FORMAT;

    #[inline]
    fn write<S: Sink>(self, sink: &mut S) -> Result<(), BoxError> {
        if T::IS_UNIT { Ok(()) } else { sink.value(self) }
    }
}

#[diagnostic::do_not_recommend]
impl<T: WasmResult, E: Into<BoxError>> WasmResult for Result<T, E> {
    const KINDS: &'static [Kind] = T::KINDS;
    const FORMAT: Format = T::FORMAT;

    #[inline]
    fn write<S: Sink>(self, sink: &mut S) -> Result<(), BoxError> {
        self.map_err(Into::into)?.write(sink)
    }
}

/// A number, or none, which is 0.
pub trait ScalarResult {
    /// What it crosses as.
    const KIND: Kind;

    /// Returns the number.
    fn number(self) -> Number;
}

macro_rules! scalars {
    ($($ty:ident: $variant:ident;)*) => {$(
        impl ScalarResult for Scalar<$ty> {
            const KIND: Kind = Kind::$variant;

            #[inline]
            fn number(self) -> Number {
                Number::$variant(self.0)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'p> WasmArgument<'p> for Scalar<$ty> {
            const KIND: Kind = Kind::$variant;
            const FORMAT: Format = Format::Scalar(stringify!($ty));

            #[inline]
            fn read<S: Source<'p>>(source: &mut S) -> Result<Self, BoxError> {
                match source.number()? {
                    Number::$variant(value) => Ok(Self(value)),
                    other => Err(format!(concat!("expected an ", stringify!($ty), ", got {:?}"), other).into()),
                }
            }
        }

        scalars!(@result $ty, Scalar<$ty>);
        scalars!(@result $ty, Option<Scalar<$ty>>);
    )*};
    (@result $name:ident, $ty:ty) => {
        #[diagnostic::do_not_recommend]
        impl WasmResult for $ty {
            const KINDS: &'static [Kind] = &[<Self as ScalarResult>::KIND];
            const FORMAT: Format = Format::Scalar(stringify!($name));

            #[inline]
            fn write<S: Sink>(self, sink: &mut S) -> Result<(), BoxError> {
                sink.number(self.number());
                Ok(())
            }
        }
    };
}

scalars! {
    i32: I32;
    i64: I64;
    f32: F32;
    f64: F64;
}

impl<T: Default> ScalarResult for Option<Scalar<T>>
where
    Scalar<T>: ScalarResult,
{
    const KIND: Kind = <Scalar<T> as ScalarResult>::KIND;

    #[inline]
    fn number(self) -> Number {
        self.unwrap_or_default().number()
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: ScalarResult),*> WasmResult for ($($name,)*) {
            const KINDS: &'static [Kind] = &[$($name::KIND),*];
            const FORMAT: Format = Format::Unknown;

            #[inline]
            fn write<Out: Sink>(self, sink: &mut Out) -> Result<(), BoxError> {
                #[allow(non_snake_case, reason = "the parameters' own names serve as the values'")]
                let ($($name,)*) = self;
                $(sink.number($name.number());)*
                Ok(())
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
