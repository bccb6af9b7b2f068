//! Codecs of numbers, `bool`, `()`, `Option` and `Result`.

use crate::{CodecError, Decode, Encode, Format, Writer};

macro_rules! little_endian {
    ($($ty:ty),*) => {$(
        impl Encode for $ty {
            const FORMAT: Format = Format::Number(stringify!($ty));

            #[inline]
            fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
                out.put(&self.to_le_bytes());
                Ok(())
            }

            #[inline]
            fn size_hint(&self) -> usize {
                size_of::<Self>()
            }
        }

        impl Decode<'_> for $ty {
            const FORMAT: Format = Format::Number(stringify!($ty));

            #[inline]
            fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
                bytes.try_into().map(Self::from_le_bytes).map_err(|_| {
                    CodecError::new(format!(
                        concat!("expected {} bytes for ", stringify!($ty), ", got {}"),
                        size_of::<Self>(),
                        bytes.len()
                    ))
                })
            }
        }
    )*};
}

little_endian!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, f32, f64);

impl Encode for bool {
    const FORMAT: Format = Format::Bool;

    #[inline]
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        out.put(&[u8::from(*self)]);
        Ok(())
    }

    #[inline]
    fn size_hint(&self) -> usize {
        1
    }
}

// As in the official SDKs: the first byte counts, the rest is ignored.
impl Decode<'_> for bool {
    const FORMAT: Format = Format::Bool;

    #[inline]
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        match bytes.first() {
            Some(byte) => Ok(*byte != 0),
            None => Err(CodecError::new("expected one byte for bool, got none")),
        }
    }
}

impl Encode for () {
    const IS_UNIT: bool = true;
    const FORMAT: Format = Format::None;

    #[inline]
    fn encode(&self, _: &mut Writer<'_>) -> Result<(), CodecError> {
        Ok(())
    }
}

impl Decode<'_> for () {
    const FORMAT: Format = Format::None;

    #[inline]
    fn decode(_: &[u8]) -> Result<Self, CodecError> {
        Ok(())
    }
}

impl<T: Encode> Encode for Option<T> {
    const FORMAT: Format = Format::Optional(&T::FORMAT);

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        self.as_ref().map_or(Ok(()), |value| value.encode(out))
    }

    fn size_hint(&self) -> usize {
        self.as_ref().map_or(0, T::size_hint)
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Option<T> {
    const FORMAT: Format = Format::Optional(&T::FORMAT);

    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        if bytes.is_empty() { Ok(None) } else { T::decode(bytes).map(Some) }
    }
}
