//! Arguments and results of host functions, as the plug-in sees them.
//!
//! These traits are here because only the crate of [`Encode`] and [`Decode`] can tell that a [`Scalar`] is neither.

use crate::{BoxError, CodecError, Decode, Encode, Scalar};

/// The kernel's memory, through which they go.
pub trait HostMemory {
    /// Encodes a value into a new block; returns its offset, 0 if it is empty.
    ///
    /// # Errors
    ///
    /// Returns an error if the value cannot be encoded.
    fn store<T: Encode + ?Sized>(value: &T) -> Result<u64, CodecError>;

    /// Copies a block's bytes and frees it; none for offset 0.
    fn take(offset: u64) -> Vec<u8>;

    /// Frees a block.
    fn free(offset: u64);
}

/// An argument that a plug-in passes to a host function.
#[diagnostic::on_unimplemented(
    message = "a function of the host cannot take `{Self}`",
    label = "no codec encodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Encode)] #[codec(Json)]` on the type"
)]
pub trait ToHost: Sized {
    /// The WebAssembly value.
    type Wire: Copy + std::fmt::Debug;

    /// Turns it into one.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be encoded.
    fn to_wire<M: HostMemory>(self) -> Result<Self::Wire, CodecError>;

    /// Frees what it took, after the call.
    fn free<M: HostMemory>(wire: Self::Wire);
}

#[diagnostic::do_not_recommend]
impl<T: Encode> ToHost for T {
    type Wire = u64;

    fn to_wire<M: HostMemory>(self) -> Result<u64, CodecError> {
        M::store(&self)
    }

    fn free<M: HostMemory>(wire: u64) {
        M::free(wire);
    }
}

/// What a plug-in receives from a host function.
#[diagnostic::on_unimplemented(
    message = "a function of the host cannot return `{Self}`",
    label = "no codec decodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type"
)]
pub trait FromHost: Sized {
    /// The WebAssembly value.
    type Wire: Copy;

    /// Makes it of one.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be decoded.
    fn from_wire<M: HostMemory>(wire: Self::Wire) -> Result<Self, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<T: for<'a> Decode<'a>> FromHost for T {
    type Wire = u64;

    fn from_wire<M: HostMemory>(wire: u64) -> Result<Self, BoxError> {
        T::decode(&M::take(wire)).map_err(Into::into)
    }
}

macro_rules! scalars {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToHost for Scalar<$ty> {
            type Wire = $ty;

            fn to_wire<M: HostMemory>(self) -> Result<$ty, CodecError> {
                Ok(self.0)
            }

            fn free<M: HostMemory>(_: $ty) {}
        }

        #[diagnostic::do_not_recommend]
        impl FromHost for Scalar<$ty> {
            type Wire = $ty;

            fn from_wire<M: HostMemory>(wire: $ty) -> Result<Self, BoxError> {
                Ok(Self(wire))
            }
        }
    )*};
}

scalars!(i32, i64, f32, f64);
