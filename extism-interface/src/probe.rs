//! What generated code finds out about the types of an interface.
//!
//! Methods of several traits have the same name here. The compiler takes the first whose bound the type fulfils: the
//! traits are implemented for more and more references to [`Probe`], and calls begin with the most. So a type without a
//! codec of this library, or without a schema, is only not described.

use std::marker::PhantomData;

use extism_codec::{
    __private::{Format as CodecFormat, WasmArgument, WasmResult},
    Decode,
};
use serde_json::Value;

use crate::{ErrorType, Format, Wire};

/// A type about which something is to be found out.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: ?Sized> Probe<T> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

/// Of a type that is encoded.
pub trait Encoded {
    /// Returns the format.
    fn encoded(&self) -> CodecFormat;
}

impl<T: WasmResult> Encoded for &Probe<T> {
    fn encoded(&self) -> CodecFormat {
        T::FORMAT
    }
}

/// Of a type that is decoded.
pub trait Decoded<'a> {
    /// Returns the format.
    fn decoded(&self) -> CodecFormat;
}

impl<'a, T: WasmArgument<'a>> Decoded<'a> for &&Probe<T> {
    fn decoded(&self) -> CodecFormat {
        T::FORMAT
    }
}

/// Of a `Result` under another name.
pub trait DecodedResult<'a> {
    /// Returns the format.
    fn decoded(&self) -> CodecFormat;
}

impl<'a, T: Decode<'a>, E> DecodedResult<'a> for &Probe<Result<T, E>> {
    fn decoded(&self) -> CodecFormat {
        T::FORMAT
    }
}

/// Of any other type.
pub trait Unknown {
    /// Returns that it is not known.
    fn encoded(&self) -> CodecFormat {
        CodecFormat::Unknown
    }

    /// Returns that it is not known.
    fn decoded(&self) -> CodecFormat {
        CodecFormat::Unknown
    }
}

impl<T: ?Sized> Unknown for Probe<T> {}

/// The schemas of a type: of values that are read, and of those that are written.
pub type Pair = Option<(Value, Value)>;

/// Of a type with a codec around it.
pub trait InCodec {
    /// Returns the schemas of what is in it.
    fn schemas(&self, schemas: &mut Schemas) -> Pair;
}

/// Of a type that has a schema itself.
pub trait OfType {
    /// Returns its schemas.
    fn schemas(&self, schemas: &mut Schemas) -> Pair;
}

/// Of any other type.
pub trait Undescribed {
    /// Returns that there are none.
    fn schemas(&self, _: &mut Schemas) -> Pair {
        None
    }
}

impl<T: ?Sized> Undescribed for Probe<T> {}

/// Collects the schemas of an interface.
#[derive(Debug)]
pub struct Schemas {
    #[cfg(feature = "schema")]
    read: schemars::SchemaGenerator,
    #[cfg(feature = "schema")]
    written: schemars::SchemaGenerator,
}

#[cfg(feature = "schema")]
mod with_schemas {
    use extism_codec::{Base64, Json};
    use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
    use serde_json::{Map, Value};

    use super::{InCodec, OfType, Pair, Probe, Schemas};

    impl Schemas {
        pub(crate) fn new() -> Self {
            let generator = |path: &'static str, settings: SchemaSettings| {
                settings
                    .with(|settings| {
                        settings.definitions_path = path.into();
                        settings.meta_schema = None;
                    })
                    .into_generator()
            };
            Self {
                read: generator("/$defs", SchemaSettings::draft2020_12().for_deserialize()),
                written: generator("/sent", SchemaSettings::draft2020_12().for_serialize()),
            }
        }

        #[allow(clippy::unnecessary_wraps, reason = "as of types that have none")]
        fn of<T: JsonSchema + ?Sized>(&mut self) -> Pair {
            let of = |generator: &mut SchemaGenerator| generator.subschema_for::<T>().to_value();
            Some((of(&mut self.read), of(&mut self.written)))
        }

        /// The schemas that others refer to.
        pub(crate) fn finish(mut self) -> (Map<String, Value>, Map<String, Value>) {
            (self.read.take_definitions(true), self.written.take_definitions(true))
        }
    }

    /// A codec around a value that has a schema.
    pub trait Described {
        /// What is in it.
        type Value: JsonSchema + ?Sized;
    }

    impl<T: JsonSchema> Described for Json<T> {
        type Value = T;
    }

    #[cfg(feature = "msgpack")]
    impl<T: JsonSchema> Described for extism_codec::Msgpack<T> {
        type Value = T;
    }

    impl<T: Described> Described for Base64<T> {
        type Value = T::Value;
    }

    impl<T: Described> Described for Option<T> {
        type Value = T::Value;
    }

    impl<T: Described + ?Sized> Described for &T {
        type Value = T::Value;
    }

    impl<T: Described + ?Sized> Described for Box<T> {
        type Value = T::Value;
    }

    impl<T: Described, E> Described for Result<T, E> {
        type Value = T::Value;
    }

    impl<T: Described + ?Sized> InCodec for &&Probe<T> {
        fn schemas(&self, schemas: &mut Schemas) -> Pair {
            schemas.of::<T::Value>()
        }
    }

    impl<T: JsonSchema + ?Sized> OfType for &Probe<T> {
        fn schemas(&self, schemas: &mut Schemas) -> Pair {
            schemas.of::<T>()
        }
    }
}

#[cfg(not(feature = "schema"))]
impl Schemas {
    pub(crate) fn new() -> Self {
        Self {}
    }

    #[allow(clippy::unused_self, reason = "as with schemas")]
    pub(crate) fn finish(self) -> (serde_json::Map<String, Value>, serde_json::Map<String, Value>) {
        Default::default()
    }
}

/// Describes an error that crosses as a value.
#[must_use]
pub fn error(name: &'static str, schemas: Pair) -> ErrorType {
    ErrorType { ty: name.into(), wire: wire(CodecFormat::Json, schemas) }
}

/// Creates a wire of what was found out.
#[must_use]
pub fn wire(format: CodecFormat, schemas: Pair) -> Wire {
    use crate::FormatKind::{Json, Msgpack};

    let format = (!format.is_unknown()).then(|| Format::new(format.to_string()));
    let has_structure = format.as_ref().is_none_or(|format| matches!(format.innermost(), Json | Msgpack));
    let (schema, sent) = schemas.filter(|_| has_structure).unzip();
    Wire { format, schema, sent }
}

/// The wire of a `Result` of a host function, which crosses as a value.
#[must_use]
pub fn crossing(wire: Wire) -> Wire {
    let format = wire.format.as_ref().map(|format| Format::new(format!("result<{}>", format.as_str())));
    Wire { format, ..wire }
}

/// Creates the wire of one of several arguments, which share a format.
#[must_use]
pub fn part(schemas: Pair) -> Wire {
    let (schema, sent) = schemas.unzip();
    Wire { format: None, schema, sent }
}

/// What was found out about a method's types.
#[derive(Clone, Debug, Default)]
pub struct MethodWires {
    /// Of the arguments.
    pub arguments: Vec<Wire>,
    /// Of the result.
    pub output: Wire,
    /// Of the error that is returned as a value.
    pub error: Option<ErrorType>,
}

#[cfg(test)]
#[allow(clippy::needless_borrow, reason = "as generated code calls it")]
mod tests {
    use extism_codec::{Base64, Json, Scalar};

    use super::*;

    struct Own;

    impl Decode<'_> for Own {
        fn decode(_: &[u8]) -> Result<Self, extism_codec::CodecError> {
            Ok(Self)
        }
    }

    #[test]
    fn the_format_of_a_codec_is_found_and_of_other_types_none() {
        assert_eq!((&&&Probe::<&str>::NEW).encoded().to_string(), "utf8");
        assert_eq!((&&&Probe::<&str>::NEW).decoded().to_string(), "utf8");
        assert_eq!((&&&Probe::<Base64<Json<u32>>>::NEW).decoded().to_string(), "base64<json>");
        assert_eq!((&&&Probe::<Result<Json<u32>, Own>>::NEW).decoded().to_string(), "json");
        assert_eq!((&&&Probe::<Scalar<f32>>::NEW).decoded().to_string(), "scalar<f32>");
        assert_eq!((&&&Probe::<Result<Option<Scalar<i32>>, String>>::NEW).encoded().to_string(), "scalar<i32>");
        assert_eq!((&&&Probe::<Own>::NEW).decoded(), CodecFormat::Unknown);
        assert_eq!((&&&Probe::<Own>::NEW).encoded(), CodecFormat::Unknown);
    }

    #[cfg(feature = "schema")]
    #[test]
    fn a_schema_is_found_inside_of_codecs_and_in_the_type_itself() {
        #[derive(schemars::JsonSchema)]
        #[allow(dead_code)]
        struct Cart {
            total: u32,
        }

        let mut schemas = Schemas::new();
        let name = |pair: Pair| pair.map(|(read, _)| read["$ref"].as_str().unwrap_or_default().to_owned());
        assert_eq!(name((&&&Probe::<Cart>::NEW).schemas(&mut schemas)).unwrap(), "#/$defs/Cart");
        assert_eq!(name((&&&Probe::<Option<Json<&Cart>>>::NEW).schemas(&mut schemas)).unwrap(), "#/$defs/Cart");
        assert_eq!(name((&&&Probe::<Own>::NEW).schemas(&mut schemas)), None);
        assert_eq!(name((&&&Probe::<Json<Own>>::NEW).schemas(&mut schemas)), None);
        let (read, written) = schemas.finish();
        assert_eq!((read.len(), written.len()), (1, 1));
    }
}
