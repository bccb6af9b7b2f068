#[automatically_derived]
impl<'p, T> ::extism_runtime::__private::Encode for Page<'p, T>
where
    T: Clone,
    for<'__extism_value> ::extism_runtime::__private::Json<
        &'__extism_value Self,
    >: ::extism_runtime::__private::Encode,
{
    const FORMAT: ::extism_runtime::__private::Format = ::extism_runtime::__private::Format::Json;
    fn encode(
        &self,
        out: &mut ::extism_runtime::__private::Writer<'_>,
    ) -> ::core::result::Result<(), ::extism_runtime::__private::CodecError> {
        ::extism_runtime::__private::Encode::encode(
            &::extism_runtime::__private::Json(self),
            out,
        )
    }
    fn size_hint(&self) -> usize {
        ::extism_runtime::__private::Encode::size_hint(
            &::extism_runtime::__private::Json(self),
        )
    }
}
#[automatically_derived]
impl<'__extism_bytes: 'p, 'p, T> ::extism_runtime::__private::Decode<'__extism_bytes>
for Page<'p, T>
where
    T: Clone,
    ::extism_runtime::__private::Json<
        Self,
    >: ::extism_runtime::__private::Decode<'__extism_bytes>,
{
    const FORMAT: ::extism_runtime::__private::Format = ::extism_runtime::__private::Format::Json;
    fn decode(
        bytes: &'__extism_bytes [u8],
    ) -> ::core::result::Result<Self, ::extism_runtime::__private::CodecError> {
        <::extism_runtime::__private::Json<
            Self,
        > as ::extism_runtime::__private::Decode<'__extism_bytes>>::decode(bytes)
            .map(|value| value.0)
    }
}
