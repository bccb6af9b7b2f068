use bytemuck::{AnyBitPattern, NoUninit};

use crate::{CodecError, Decode, Encode, Format, Writer, newtype::newtype};

/// Encodes a plain-old-data value as its bytes in memory. Feature `raw`.
///
/// WebAssembly is little endian, so this is an error on big-endian hosts.
///
/// A host function takes or returns a number as a WebAssembly value with [`Scalar<T>`](crate::Scalar) instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Raw<T>(pub T);

newtype!(Raw);

fn check_endianness() -> Result<(), CodecError> {
    if cfg!(target_endian = "little") { Ok(()) } else { Err(CodecError::new("`Raw` requires a little-endian host")) }
}

impl<T: NoUninit> Encode for Raw<T> {
    const FORMAT: Format = Format::Raw(size_of::<T>());

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        Borrowed(&self.0).encode(out)
    }

    fn size_hint(&self) -> usize {
        size_of::<T>()
    }
}

impl Raw<()> {
    /// For `#[derive(Encode)]`: a reference is not plain old data, so `Raw<&T>` would not work.
    #[doc(hidden)]
    pub fn borrowed<T: NoUninit>(value: &T) -> impl Encode {
        Borrowed(value)
    }
}

struct Borrowed<'a, T>(&'a T);

impl<T: NoUninit> Encode for Borrowed<'_, T> {
    const FORMAT: Format = Format::Raw(size_of::<T>());

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        check_endianness()?;
        out.put(bytemuck::bytes_of(self.0));
        Ok(())
    }

    fn size_hint(&self) -> usize {
        size_of::<T>()
    }
}

impl<T: AnyBitPattern> Decode<'_> for Raw<T> {
    const FORMAT: Format = Format::Raw(size_of::<T>());

    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        check_endianness()?;
        bytemuck::try_pod_read_unaligned(bytes)
            .map(Self)
            .map_err(|_| CodecError::new(format!("expected {} bytes, got {}", size_of::<T>(), bytes.len())))
    }
}
