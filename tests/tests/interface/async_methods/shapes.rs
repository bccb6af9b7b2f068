//! Tests arguments and results of every shape, in every codec.

use std::{cell::Cell, rc::Rc};

use extism_runtime::{
    Decode, Encode, Error, Json,
    codec::{CodecError, Writer},
    plugin_interface,
};
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};

use super::block_on;
use crate::{echo, says};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[plugin_interface]
trait Shapes {
    async fn nothing(&mut self);
    async fn unit(&mut self) -> ();
    async fn owned(&mut self, text: String) -> String;
    async fn borrowed(&mut self, text: &str) -> &str;
    async fn bytes(&mut self, bytes: &[u8]) -> &[u8];
    async fn json(&mut self, point: Json<&Point>) -> Json<Point>;
    async fn maybe(&mut self, number: Option<u8>) -> Option<u8>;
    async fn named_lifetime<'a>(&'a mut self, text: &str) -> &'a str;
    async fn generic<T: DeserializeOwned>(&mut self, text: &str) -> Json<T>;
    async fn sized<const N: usize>(&mut self, bytes: [u8; N]) -> [u8; N];
    async fn several(&mut self, text: &str, point: &Point) -> String;
    #[export(args = "json-object")]
    async fn named(&mut self, text: &str) -> String;
    fn plain(&mut self, text: &str) -> &str;
}

fn shapes() -> ShapesPlugin {
    let exports = [
        "nothing",
        "unit",
        "owned",
        "borrowed",
        "bytes",
        "json",
        "maybe",
        "named_lifetime",
        "generic",
        "sized",
        "several",
        "named",
        "plain",
    ];
    echo(&exports).try_into().unwrap()
}

#[test]
fn arguments_and_results_go_through_their_codecs() {
    let mut shapes = shapes();
    block_on(async {
        shapes.nothing().await.unwrap();
        shapes.unit().await.unwrap();
        assert_eq!(shapes.owned("text".to_owned()).await.unwrap(), "text");
        assert_eq!(shapes.borrowed(&String::from("text")).await.unwrap(), "text");
        assert_eq!(shapes.bytes(&[1, 2, 255]).await.unwrap(), [1, 2, 255]);
        assert_eq!(shapes.json(Json(&Point { x: 1, y: 2 })).await.unwrap(), Json(Point { x: 1, y: 2 }));
        assert_eq!(shapes.maybe(Some(7)).await.unwrap(), Some(7));
        assert_eq!(shapes.maybe(None).await.unwrap(), None);
        assert_eq!(shapes.named_lifetime("again").await.unwrap(), "again");
        assert_eq!(shapes.generic::<u32>("5").await.unwrap(), Json(5));
        assert_eq!(shapes.sized([1, 2, 3]).await.unwrap(), [1, 2, 3]);
        assert_eq!(shapes.several("a", &Point { x: 1, y: 2 }).await.unwrap(), r#"["a",{"x":1,"y":2}]"#);
        assert_eq!(shapes.named("a").await.unwrap(), r#"{"text":"a"}"#);
    });
    assert_eq!(shapes.plain("in the same trait").unwrap(), "in the same trait");
}

#[plugin_interface(codec = Json)]
trait InCodec {
    async fn text(&mut self, text: &str) -> String;
    async fn alias(&mut self, text: &str) -> AppResult<String>;
    #[export(optional)]
    async fn there(&mut self, number: u8) -> Option<u8>;
    #[export(optional)]
    async fn missing(&mut self) -> u8;
    #[export(codec = Msgpack)]
    async fn several(&mut self, text: &str, number: u8) -> (String, u8);
}

#[derive(Debug, PartialEq)]
struct AppError(String);

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

type AppResult<T> = Result<T, AppError>;

#[test]
fn a_codec_and_optional_exports_apply_to_the_output() {
    let mut client = InCodecPlugin::try_from(echo(&["text", "alias", "there", "several"])).unwrap();
    block_on(async {
        assert_eq!(client.text("a").await.unwrap(), "a");
        assert_eq!(client.alias("a").await.unwrap(), "a");
        assert_eq!(client.there(5).await.unwrap(), Some(5));
        assert_eq!(client.missing().await.unwrap(), None);
        assert_eq!(client.several("a", 5).await.unwrap(), ("a".to_owned(), 5));
    });
    assert!(client.has_there() && !client.has_missing());
}

#[plugin_interface]
trait Outcomes {
    #[export(name = "f")]
    async fn alias(&mut self) -> AppResult<&str>;
    async fn fail(&mut self) -> Result<String, AppError>;
    #[export(name = "fail")]
    async fn failing_alias(&mut self) -> AppResult<String>;
    #[export(name = "fail")]
    async fn plain(&mut self) -> String;
    #[export(name = "fail", optional)]
    async fn optional(&mut self) -> Result<Option<String>, AppError>;
}

#[test]
fn a_failed_call_is_an_error_of_the_methods_own_type() {
    let mut client = OutcomesPlugin::try_from(says("no luck")).unwrap();
    let text = "plug-in `says`, export `fail`: no luck (code 3)";
    block_on(async {
        assert_eq!(client.alias().await.unwrap(), "no luck");
        assert_eq!(client.fail().await.unwrap_err().0, text);
        assert_eq!(client.failing_alias().await.unwrap_err().0, text);
        assert_eq!(client.plain().await.unwrap_err().to_string(), text);
        assert_eq!(client.optional().await.unwrap_err().0, text);
    });
}

/// A value that counts how often it is encoded, and is not `Send`.
struct Counted<'c>(&'c Cell<u32>, Rc<str>);

impl Encode for Counted<'_> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        self.0.set(self.0.get() + 1);
        self.1.as_bytes().encode(out)
    }
}

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.set(self.0.get() + 1);
        serializer.serialize_str(&self.1)
    }
}

/// A result that is not `Send`.
#[derive(Debug, PartialEq)]
struct Local(Rc<str>);

impl Decode<'_> for Local {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        <&str>::decode(bytes).map(|text| Self(text.into()))
    }
}

#[plugin_interface]
trait OfOneThread {
    async fn one<'c>(&mut self, value: Counted<'c>) -> Local;
    async fn two<T: Serialize>(&mut self, first: T, second: u8) -> Result<Local, Error>;
}

#[test]
fn the_input_is_encoded_before_the_first_poll_and_needs_not_be_send() {
    fn send<F: Future + Send>(future: F) -> F {
        future
    }
    let mut client = OfOneThreadPlugin::try_from(echo(&["one", "two"])).unwrap();
    let encoded = Cell::new(0);
    let one = send(client.one(Counted(&encoded, "text".into())));
    assert!(encoded.get() >= 1);
    assert_eq!(block_on(one).unwrap(), Local("text".into()));
    encoded.set(0);
    let two = send(client.two(Counted(&encoded, "text".into()), 1));
    assert!(encoded.get() >= 1);
    assert_eq!(block_on(two).unwrap(), Local(r#"["text",1]"#.into()));
}
