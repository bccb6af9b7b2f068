//! Tests arguments, results and outcomes, plain and `async`.

use std::rc::Rc;

use extism_runtime::{Decode, Error, Json, codec::CodecError, plugin_interface};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{async_methods::block_on, echoes, says_text};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug, PartialEq)]
struct AppError(String);

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

type AppResult<T> = Result<T, AppError>;

/// A result that is not `Send`.
#[derive(Debug, PartialEq)]
struct Local(Rc<str>);

impl Decode<'_> for Local {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        <&str>::decode(bytes).map(|text| Self(text.into()))
    }
}

#[plugin_interface]
trait Shapes {
    fn nothing(&self);
    fn text(&self, text: &str) -> String;
    fn json(&self, point: Json<&Point>) -> Json<Point>;
    fn generic<T: DeserializeOwned>(&self, text: &str) -> Json<T>;
    fn several(&self, text: &str, point: &Point) -> String;
    fn local(&self, text: &str) -> Local;
    fn alias(&self, text: &str) -> AppResult<Local>;
    #[export(codec = Json)]
    fn in_codec(&self, text: &str) -> String;
    #[export(name = "text")]
    async fn text_async(&self, text: &str) -> String;
    #[export(name = "several")]
    async fn several_async(&self, text: &str, point: &Point) -> String;
    #[export(name = "alias")]
    async fn alias_async(&self, text: &str) -> AppResult<Local>;
    #[export(name = "in_codec", codec = Json)]
    async fn in_codec_async(&self, text: &str) -> Result<String, AppError>;
}

#[test]
fn arguments_and_results_go_through_their_codecs() {
    let exports = ["nothing", "text", "json", "generic", "several", "local", "alias", "in_codec"];
    let client = ShapesPlugin::load(echoes(&exports)).unwrap();
    client.nothing().unwrap();
    assert_eq!(client.text("text").unwrap(), "text");
    assert_eq!(client.json(Json(&Point { x: 1, y: 2 })).unwrap(), Json(Point { x: 1, y: 2 }));
    assert_eq!(client.generic::<u32>("5").unwrap(), Json(5));
    assert_eq!(client.several("a", &Point { x: 1, y: 2 }).unwrap(), r#"["a",{"x":1,"y":2}]"#);
    assert_eq!(client.local("a").unwrap(), Local("a".into()));
    assert_eq!(client.alias("a").unwrap(), Local("a".into()));
    assert_eq!(client.in_codec("a").unwrap(), "a");
    block_on(async {
        assert_eq!(client.text_async("text").await.unwrap(), "text");
        assert_eq!(client.several_async("a", &Point { x: 1, y: 2 }).await.unwrap(), r#"["a",{"x":1,"y":2}]"#);
        assert_eq!(client.alias_async("a").await.unwrap(), Local("a".into()));
        assert_eq!(client.in_codec_async("a").await.unwrap(), "a");
    });
}

#[plugin_interface]
trait Outcomes {
    fn f(&self) -> Result<String, Error>;
    fn fail(&self) -> Result<String, AppError>;
    #[export(name = "fail")]
    fn failing_alias(&self) -> AppResult<String>;
    #[export(name = "fail")]
    async fn fail_async(&self) -> Result<String, AppError>;
    #[export(optional)]
    fn missing(&self) -> Result<Option<String>, Error>;
    #[export(optional)]
    async fn missing_async(&self) -> Result<Option<String>, Error>;
    #[export(optional, name = "f")]
    async fn there(&self) -> Result<Option<String>, Error>;
    fn body(&self, mut text: String) -> Result<String, Error> {
        text.push_str(&self.f()?);
        Ok(text)
    }
    async fn body_async(&self, mut text: String) -> Result<String, Error> {
        text.push_str(&self.body("!".to_owned())?);
        Ok(text)
    }
}

/// A mock, which writes `async fn`.
struct Mock;

impl Outcomes for Mock {
    fn f(&self) -> Result<String, Error> {
        Ok("mock".to_owned())
    }
    fn fail(&self) -> Result<String, AppError> {
        Err(AppError("mock".to_owned()))
    }
    fn failing_alias(&self) -> AppResult<String> {
        self.fail()
    }
    async fn fail_async(&self) -> Result<String, AppError> {
        self.fail()
    }
    fn missing(&self) -> Result<Option<String>, Error> {
        Ok(None)
    }
    async fn missing_async(&self) -> Result<Option<String>, Error> {
        Ok(None)
    }
    async fn there(&self) -> Result<Option<String>, Error> {
        self.f().map(Some)
    }
}

#[test]
fn failures_missing_exports_and_default_bodies_are_those_of_other_clients() {
    let client = OutcomesPlugin::builder(says_text("text")).with_name("says").build().unwrap();
    let failed = AppError("plug-in `says`, export `fail`: text (code 3)".to_owned());
    assert_eq!(client.f().unwrap(), "text");
    assert_eq!(client.fail().unwrap_err(), failed);
    assert_eq!(client.failing_alias().unwrap_err(), failed);
    assert_eq!(client.missing().unwrap(), None);
    assert!(client.has_there() && !client.has_missing());
    assert_eq!(client.body("a ".to_owned()).unwrap(), "a text");
    block_on(async {
        assert_eq!(client.fail_async().await.unwrap_err(), failed);
        assert_eq!(client.missing_async().await.unwrap(), None);
        assert_eq!(client.there().await.unwrap().as_deref(), Some("text"));
        assert_eq!(client.body_async("a ".to_owned()).await.unwrap(), "a !text");
        assert_eq!(Mock.body_async("a ".to_owned()).await.unwrap(), "a !mock");
    });
}

#[plugin_interface]
trait Values {
    fn f(&self) -> String;
    fn checked(&self) -> Result<u64, Error> {
        Ok(7)
    }
    fn body(&self) -> u64 {
        self.checked().unwrap_or_default()
    }
    async fn body_async(&self) -> u64 {
        self.checked().unwrap_or_default()
    }
}

#[test]
fn a_body_runs_on_a_client_that_does_not_implement_the_trait() {
    let client = ValuesPlugin::load(says_text("text")).unwrap();
    assert_eq!(client.f().unwrap(), "text");
    assert_eq!(client.body().unwrap(), 7);
    assert_eq!(block_on(client.body_async()).unwrap(), 7);
}

#[plugin_interface(on_error = "panic")]
trait Panicking {
    fn f(&self) -> String;
    fn fail(&self) -> String;
    #[export(name = "fail")]
    fn alias(&self) -> AppResult<String>;
    #[export(optional)]
    fn missing(&self) -> Option<String>;
    #[export(name = "f")]
    async fn awaited(&self) -> Result<String, AppError>;
}

#[test]
fn a_panicking_interface_has_the_traits_own_signatures() {
    fn generic(client: &(impl Panicking + Sync)) -> String {
        client.f()
    }
    let client = PanickingPlugin::load(says_text("text")).unwrap();
    assert_eq!(generic(&client), "text");
    assert_eq!(client.missing(), None);
    assert!(client.alias().is_err());
    assert_eq!(block_on(client.awaited()).unwrap(), "text");
}

#[test]
#[should_panic = "plug-in `says`, export `fail`: text (code 3)"]
fn a_panicking_interface_panics_with_the_errors_text() {
    PanickingPlugin::builder(says_text("text")).with_name("says").build().unwrap().fail();
}
