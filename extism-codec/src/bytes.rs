//! Codecs of strings and bytes.

use std::{borrow::Cow, sync::Arc};

use crate::{CodecError, Decode, Encode, Format, Writer};

macro_rules! encode_as_bytes {
    ($($ty:ty: $bytes:ident, $format:ident;)*) => {$(
        impl Encode for $ty {
            const FORMAT: Format = Format::$format;

            #[inline]
            fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
                out.put(self.$bytes());
                Ok(())
            }

            #[inline]
            fn size_hint(&self) -> usize {
                self.len()
            }

            #[inline]
            fn as_encoded(&self) -> Option<&[u8]> {
                Some(self.$bytes())
            }
        }
    )*};
}

encode_as_bytes! {
    str: as_bytes, Utf8;
    String: as_bytes, Utf8;
    Cow<'_, str>: as_bytes, Utf8;
    [u8]: as_ref, Bytes;
    Vec<u8>: as_slice, Bytes;
    Cow<'_, [u8]>: as_ref, Bytes;
}

impl<const N: usize> Encode for [u8; N] {
    const FORMAT: Format = Format::FixedBytes(N);

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        out.put(self);
        Ok(())
    }

    fn size_hint(&self) -> usize {
        N
    }

    fn as_encoded(&self) -> Option<&[u8]> {
        Some(self)
    }
}

macro_rules! encode_as_target {
    ($($ty:ty),*) => {$(
        // The error should name the type as written: `Json<&[T]>` works, `Json<[T]>` is unsized.
        #[diagnostic::do_not_recommend]
        impl<T: Encode + ?Sized> Encode for $ty {
            const FORMAT: Format = T::FORMAT;

            #[inline]
            fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
                T::encode(self, out)
            }

            #[inline]
            fn size_hint(&self) -> usize {
                T::size_hint(self)
            }

            #[inline]
            fn as_encoded(&self) -> Option<&[u8]> {
                T::as_encoded(self)
            }
        }
    )*};
}

encode_as_target!(&T, &mut T, Box<T>, Arc<T>);

impl<'a> Decode<'a> for &'a [u8] {
    const FORMAT: Format = Format::Bytes;

    #[inline]
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        Ok(bytes)
    }
}

impl<'a> Decode<'a> for &'a str {
    const FORMAT: Format = Format::Utf8;

    #[inline]
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        std::str::from_utf8(bytes).map_err(CodecError::new)
    }
}

impl<'a, const N: usize> Decode<'a> for [u8; N] {
    const FORMAT: Format = Format::FixedBytes(N);

    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        bytes.try_into().map_err(|_| CodecError::new(format!("expected {N} bytes, got {}", bytes.len())))
    }
}

macro_rules! decode_from {
    ($($ty:ty: $via:ty $(, $owned:expr)?;)*) => {$(
        impl<'a> Decode<'a> for $ty {
            const FORMAT: Format = <$via as Decode<'a>>::FORMAT;

            #[inline]
            fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
                <$via>::decode(bytes).map(Into::into)
            }

            $(
                #[inline]
                fn decode_owned(bytes: &'a mut Vec<u8>) -> Result<Self, CodecError> {
                    $owned(std::mem::take(bytes))
                }
            )?
        }
    )*};
}

/// Returns the text that the bytes are. The error is that of a borrowed text.
fn text(bytes: Vec<u8>) -> Result<String, CodecError> {
    String::from_utf8(bytes).map_err(|error| CodecError::new(error.utf8_error()))
}

decode_from! {
    String: &'a str, text;
    Box<str>: &'a str;
    Arc<str>: &'a str;
    Cow<'a, str>: &'a str;
    Vec<u8>: &'a [u8], Ok;
    Box<[u8]>: &'a [u8];
    Arc<[u8]>: &'a [u8];
    Cow<'a, [u8]>: &'a [u8];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_kept_is_not_copied() {
        let (mut bytes, mut text) = (b"bytes".to_vec(), b"text".to_vec());
        let addresses = (bytes.as_ptr(), text.as_ptr());
        let (vec, string) = (Vec::decode_owned(&mut bytes).unwrap(), String::decode_owned(&mut text).unwrap());
        assert_eq!((&vec[..], &string[..]), (&b"bytes"[..], "text"));
        assert_eq!((vec.as_ptr(), string.as_ptr()), addresses);
    }

    #[test]
    fn owned_bytes_decode_to_the_same() {
        for bytes in [&b"text"[..], b"", b"no\xff\xfetext"] {
            let [borrowed, owned] = [String::decode(bytes), String::decode_owned(&mut bytes.to_vec())];
            assert_eq!(owned.map_err(|error| error.to_string()), borrowed.map_err(|error| error.to_string()));
            assert_eq!(<&[u8]>::decode_owned(&mut bytes.to_vec()).unwrap(), bytes);
            assert_eq!(Vec::decode_owned(&mut bytes.to_vec()).unwrap(), bytes);
        }
    }
}
