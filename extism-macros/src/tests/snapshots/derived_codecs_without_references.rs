#[automatically_derived]
impl ::extism_runtime::Encode for Page {
    fn encode(
        &self,
        out: &mut ::extism_runtime::codec::Writer<'_>,
    ) -> ::core::result::Result<(), ::extism_runtime::CodecError> {
        ::extism_runtime::Encode::encode(
            &::extism_runtime::Prost::<()>::borrowed(self),
            out,
        )
    }
    fn size_hint(&self) -> usize {
        ::extism_runtime::Encode::size_hint(
            &::extism_runtime::Prost::<()>::borrowed(self),
        )
    }
}
#[automatically_derived]
impl<'__extism_bytes> ::extism_runtime::Decode<'__extism_bytes> for Page {
    fn decode(
        bytes: &'__extism_bytes [u8],
    ) -> ::core::result::Result<Self, ::extism_runtime::CodecError> {
        <::extism_runtime::Prost<
            Self,
        > as ::extism_runtime::Decode<'__extism_bytes>>::decode(bytes)
            .map(|value| value.0)
    }
}
