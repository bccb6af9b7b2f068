//! Tests return types that are an alias of `Result`, whatever the alias is called.

use extism_runtime::{Decode, Error, Json, codec::CodecError, plugin_interface};

use crate::{echo, says};

#[derive(Debug)]
struct AppError(String);

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

type AppResult<T> = Result<T, AppError>;
type Reply = Result<Json<u8>, AppError>;
type Text = String;

/// A value with a name like a `Result`'s.
#[derive(Debug, PartialEq)]
struct ScanResult(Vec<u8>);

impl Decode<'_> for ScanResult {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        Ok(Self(bytes.to_vec()))
    }
}

/// A value that borrows.
#[derive(Debug, PartialEq)]
struct Page<'p>(&'p str);

impl<'p> Decode<'p> for Page<'p> {
    fn decode(bytes: &'p [u8]) -> Result<Self, CodecError> {
        Decode::decode(bytes).map(Page)
    }
}

#[plugin_interface]
trait Aliases {
    #[export(name = "f")]
    fn owned(&mut self) -> AppResult<String>;
    #[export(name = "f")]
    fn borrowed(&mut self, text: &str) -> AppResult<&str>;
    #[export(name = "f")]
    fn page<'a>(&'a mut self) -> AppResult<Page<'a>>;
    fn fail(&mut self) -> AppResult<Text>;
    #[export(name = "f")]
    fn generic<T: for<'a> Decode<'a>>(&mut self) -> AppResult<T>;
    fn missing(&mut self) -> AppResult<String> {
        self.owned().map(|text| text + "!")
    }
}

#[plugin_interface]
trait Values {
    #[export(name = "f")]
    fn scan(&mut self) -> ScanResult;
    #[export(name = "f")]
    fn page(&mut self) -> Page<'_>;
    #[export(name = "f")]
    fn text(&mut self) -> Text;
    #[export(name = "f")]
    fn reply(&mut self) -> Reply;
    fn missing(&mut self) -> Text {
        "from the trait".into()
    }
    fn missing_reply(&mut self) -> Reply {
        self.reply().map(|Json(number)| Json(number + 1))
    }
}

fn generic(aliases: &mut impl Aliases) -> String {
    aliases.borrowed("").unwrap().to_owned() + &aliases.missing().unwrap()
}

#[test]
fn an_alias_of_result_is_returned_as_it_is() {
    let mut client = AliasesPlugin::try_from(says("text")).unwrap();
    let owned: Result<String, AppError> = client.owned();
    assert_eq!(owned.unwrap(), "text");
    assert_eq!(client.borrowed("").unwrap(), "text");
    assert_eq!(client.page().unwrap(), Page("text"));
    assert_eq!(client.generic::<String>().unwrap(), "text");
    let failed: AppResult<String> = client.fail();
    assert_eq!(failed.unwrap_err().0, "plug-in `says`, export `fail`: text (code 3)");
    assert_eq!(generic(&mut client), "texttext!");
}

#[test]
fn a_value_of_any_name_comes_in_a_result() {
    let mut client = ValuesPlugin::try_from(says("7")).unwrap();
    let scan: Result<ScanResult, Error> = client.scan();
    assert_eq!(scan.unwrap(), ScanResult(b"7".to_vec()));
    assert_eq!(client.page().unwrap(), Page("7"));
    let text: Result<String, Error> = client.text();
    assert_eq!(text.unwrap(), "7");
    let reply: Result<Json<u8>, AppError> = client.reply();
    assert_eq!(reply.unwrap(), Json(7));
    assert_eq!(client.missing().unwrap(), "from the trait");
    assert_eq!(client.missing_reply().unwrap(), Json(8));
}

#[plugin_interface(codec = Json)]
trait InCodec {
    fn alias(&mut self, text: &str) -> AppResult<String>;
    fn bare(&mut self, text: &str) -> aliased::Result;
    fn value(&mut self, number: u8) -> u8;
}

mod aliased {
    pub(super) type Result<T = String> = std::result::Result<T, extism_runtime::Error>;
}

#[test]
fn what_an_alias_hides_is_in_the_interfaces_codec() {
    let mut client = InCodecPlugin::try_from(echo(&["alias", "bare", "value"])).unwrap();
    assert_eq!(client.alias("a").unwrap(), "a");
    assert_eq!(client.bare("a").unwrap(), "a");
    assert_eq!(client.value(1).unwrap(), 1);
}

#[plugin_interface(on_error = "panic")]
trait Panicking {
    #[export(name = "f")]
    fn scan(&mut self) -> ScanResult;
    fn fail(&mut self) -> AppResult<String>;
}

#[test]
fn a_panicking_interface_returns_an_alias_of_result_without_a_panic() {
    fn generic(client: &mut impl Panicking) -> (ScanResult, String) {
        (client.scan(), client.fail().unwrap_err().0)
    }
    let mut client = PanickingPlugin::try_from(says("a")).unwrap();
    assert_eq!(generic(&mut client).0, ScanResult(b"a".to_vec()));
    assert!(client.fail().is_err());
}
