#[automatically_derived]
impl ::extism_runtime::__private::Encode for Page {
    const FORMAT: ::extism_runtime::__private::Format = ::extism_runtime::__private::Format::Protobuf;
    fn encode(
        &self,
        out: &mut ::extism_runtime::__private::Writer<'_>,
    ) -> ::core::result::Result<(), ::extism_runtime::__private::CodecError> {
        ::extism_runtime::__private::Encode::encode(
            &::extism_runtime::__private::Prost::<()>::borrowed(self),
            out,
        )
    }
    fn size_hint(&self) -> usize {
        ::extism_runtime::__private::Encode::size_hint(
            &::extism_runtime::__private::Prost::<()>::borrowed(self),
        )
    }
}
#[automatically_derived]
impl<'__extism_bytes> ::extism_runtime::__private::Decode<'__extism_bytes> for Page {
    const FORMAT: ::extism_runtime::__private::Format = ::extism_runtime::__private::Format::Protobuf;
    fn decode(
        bytes: &'__extism_bytes [u8],
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::CodecError> {
        <::extism_runtime::__private::Prost<
            Self,
        > as ::extism_runtime::__private::Decode<'__extism_bytes>>::decode(bytes)
            .map(|value| value.0)
    }
}
