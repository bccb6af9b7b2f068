#[automatically_derived]
impl<'p, T> ::extism_runtime::Encode for Page<'p, T>
where
    T: Clone,
    for<'__extism_value> ::extism_runtime::Json<
        &'__extism_value Self,
    >: ::extism_runtime::Encode,
{
    fn encode(
        &self,
        out: &mut ::extism_runtime::codec::Writer<'_>,
    ) -> ::core::result::Result<(), ::extism_runtime::CodecError> {
        ::extism_runtime::Encode::encode(&::extism_runtime::Json(self), out)
    }
    fn size_hint(&self) -> usize {
        ::extism_runtime::Encode::size_hint(&::extism_runtime::Json(self))
    }
}
#[automatically_derived]
impl<'__extism_bytes: 'p, 'p, T> ::extism_runtime::Decode<'__extism_bytes>
for Page<'p, T>
where
    T: Clone,
    ::extism_runtime::Json<Self>: ::extism_runtime::Decode<'__extism_bytes>,
{
    fn decode(
        bytes: &'__extism_bytes [u8],
    ) -> ::core::result::Result<Self, ::extism_runtime::CodecError> {
        <::extism_runtime::Json<
            Self,
        > as ::extism_runtime::Decode<'__extism_bytes>>::decode(bytes)
            .map(|value| value.0)
    }
}
