//! Tests `codec = ..`, and derived codecs.

use extism_runtime::{
    Decode, Encode, Error,
    codec::{Base64, CodecError, Writer},
    plugin_interface,
};
use serde::{Deserialize, Serialize};

use crate::echo;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Document {
    text: String,
}

#[plugin_interface(codec = Json)]
trait Summarizer {
    fn summarize(&mut self, document: Document) -> Document;
    fn by_reference(&mut self, document: &Document) -> Result<Document, Error>;
    fn text(&mut self, text: &str) -> String;
    fn nothing(&mut self);
    fn keeps_its_own(&mut self, bytes: Base64<&[u8]>) -> Base64<Vec<u8>>;
    #[export(codec = Msgpack)]
    fn msgpack(&mut self, document: &Document) -> Document;
    #[export(optional)]
    fn optional(&mut self, document: &Document) -> Document;
    #[export(optional)]
    fn flat(&mut self, document: Option<&Document>) -> Option<Document>;
    fn borrows(&mut self, text: &str) -> Borrowing<'_>;
}

#[derive(Debug, PartialEq, Deserialize)]
struct Borrowing<'t>(&'t str);

#[test]
fn a_codec_of_the_interface_holds_for_all_types_that_name_none() {
    let exports =
        ["summarize", "by_reference", "text", "nothing", "keeps_its_own", "msgpack", "optional", "flat", "borrows"];
    let mut plugin = SummarizerPlugin::try_from(echo(&exports)).unwrap();
    let document = Document { text: "Once".to_owned() };
    assert_eq!(plugin.summarize(document.clone()).unwrap(), document);
    assert_eq!(plugin.by_reference(&document).unwrap(), document);
    assert_eq!(plugin.plugin_mut().call::<_, &str>("text", r#""Ann""#).unwrap(), r#""Ann""#);
    assert_eq!(plugin.text("Ann").unwrap(), "Ann");
    plugin.nothing().unwrap();
    assert_eq!(plugin.keeps_its_own(Base64(b"ab")).unwrap(), Base64(b"ab".to_vec()));
    assert_eq!(plugin.msgpack(&document).unwrap(), document);
    assert_eq!(plugin.optional(&document).unwrap(), Some(document.clone()));
    assert_eq!(plugin.flat(Some(&document)).unwrap(), Some(document.clone()));
    assert_eq!(plugin.flat(None).unwrap(), None);
    assert_eq!(plugin.borrows("Ann").unwrap(), Borrowing("Ann"));
}

/// A codec of the program: a value between brackets.
#[derive(Debug, PartialEq)]
struct Bracketed<T>(pub T);

impl<T: std::fmt::Display> Encode for Bracketed<T> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        out.put(format!("<{}>", self.0).as_bytes());
        Ok(())
    }
}

impl<T: std::str::FromStr> Decode<'_> for Bracketed<T> {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let text = std::str::from_utf8(bytes).map_err(CodecError::new)?;
        let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
        inner.and_then(|text| text.parse().ok()).map(Self).ok_or_else(|| CodecError::new("not between brackets"))
    }
}

#[plugin_interface(codec = self::Bracketed)]
trait OwnCodec {
    fn f(&mut self, number: u32) -> u32;
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[codec(Bracketed)]
struct Wrapped(u32);

impl std::fmt::Display for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Wrapped {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

#[test]
fn a_codec_may_be_a_newtype_of_the_programs_own() {
    let mut plugin = OwnCodecPlugin::try_from(echo(&["f"])).unwrap();
    assert_eq!(plugin.f(5).unwrap(), 5);
    assert_eq!(extism_runtime::codec::to_vec(&Wrapped(5)).unwrap(), b"<5>");
    assert_eq!(Wrapped::decode(b"<5>").unwrap(), Wrapped(5));
    assert_eq!(Wrapped::decode(b"5").unwrap_err().to_string(), "not between brackets");
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[codec(Json)]
struct Page<'p, T> {
    text: &'p str,
    more: T,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[codec(Msgpack)]
enum Shape {
    Circle { radius: u8 },
    Point,
}

#[derive(Clone, PartialEq, prost::Message, Encode, Decode)]
#[codec(Prost)]
struct Message {
    #[prost(string, tag = "1")]
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, bytemuck::Pod, bytemuck::Zeroable, Encode, Decode)]
#[repr(C)]
#[codec(Raw)]
struct Pixel {
    rgb: [u8; 3],
    alpha: u8,
}

#[plugin_interface]
trait Derived {
    fn page(&mut self, page: &Page<'_, Vec<u8>>) -> Page<'_, Vec<u8>>;
    fn shape(&mut self, shape: &Shape) -> Shape;
    fn message(&mut self, message: &Message) -> Message;
    fn pixel(&mut self, pixel: Pixel) -> Pixel;
}

#[test]
fn derived_codecs_are_those_that_the_attribute_names() {
    let mut plugin = DerivedPlugin::try_from(echo(&["page", "shape", "message", "pixel"])).unwrap();
    let page = Page { text: "Once", more: vec![1] };
    assert_eq!(extism_runtime::codec::to_vec(&page).unwrap(), br#"{"text":"Once","more":[1]}"#);
    assert_eq!(plugin.page(&page).unwrap(), page);
    assert_eq!(plugin.shape(&Shape::Circle { radius: 5 }).unwrap(), Shape::Circle { radius: 5 });
    assert_eq!(extism_runtime::codec::to_vec(&Shape::Point).unwrap(), b"\xa5Point");
    let message = Message { text: "hi".to_owned() };
    assert_eq!(extism_runtime::codec::to_vec(&message).unwrap(), b"\x0a\x02hi");
    assert_eq!(plugin.message(&message).unwrap(), message);
    let pixel = Pixel { rgb: [1, 2, 3], alpha: 4 };
    assert_eq!(extism_runtime::codec::to_vec(&pixel).unwrap(), [1, 2, 3, 4]);
    assert_eq!(plugin.pixel(pixel).unwrap(), pixel);
}
