//! Every way in which a type can be declared that derives of serde and `schemars` understand.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

use extism_runtime::{
    Error, Json, PluginError,
    codec::{Base64, Msgpack},
    host::Scalar,
    host_interface, plugin_interface,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

fn eur() -> String {
    "EUR".to_owned()
}
fn three() -> i16 {
    -3
}
fn half() -> f64 {
    0.5
}

/// Everything.
///
/// In two paragraphs.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct All {
    /// Documented.
    pub(super) z: u8,
    pub(super) plain: Option<String>,
    #[serde(default)]
    pub(super) defaulted: Vec<u32>,
    #[serde(default = "eur")]
    pub(super) currency: String,
    #[serde(default = "three")]
    pub(super) three: i16,
    #[serde(default = "half")]
    pub(super) half: f64,
    #[serde(default)]
    pub(super) flag: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skipped: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) skipped_list: Vec<String>,
    pub(super) a: char,
    pub(super) array: [u8; 4],
    pub(super) pair: (String, Newtype),
    pub(super) map: HashMap<String, Pair>,
    pub(super) numbers: BTreeMap<u32, String>,
    pub(super) signed: BTreeMap<i32, bool>,
    pub(super) set: BTreeSet<String>,
    #[serde(rename = "type")]
    pub(super) ty: Unit,
    #[serde(rename = "camelCase")]
    pub(super) camel_case: usize,
    pub(super) node: Node,
    pub(super) external: External,
    pub(super) units: Units,
    pub(super) documented: DocumentedUnits,
    pub(super) internal: Internal,
    pub(super) adjacent: Adjacent,
    pub(super) untagged: Untagged,
    pub(super) strict: Strict,
    pub(super) strict_enum: StrictEnum,
    pub(super) empty: Empty,
    pub(super) boxed: Box<Inner>,
    pub(super) maybe: Option<Inner>,
    pub(super) generic: Page<Inner>,
    pub(super) renamed: Renamed,
    pub(super) anything: serde_json::Value,
    pub(super) object: serde_json::Map<String, serde_json::Value>,
    pub(super) f: f32,
    pub(super) i: i64,
    pub(super) i8: i8,
    pub(super) unit: (),
    pub(super) single: Single,
    pub(super) duration: std::time::Duration,
    #[serde(flatten)]
    pub(super) flat: Flat,
}
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Flat {
    pub(super) flat_a: u32,
    pub(super) flat_b: Option<u32>,
}
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Newtype(pub(super) f64);
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Pair(pub(super) String, pub(super) Option<u32>);
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Unit;
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Single(pub(super) (u8,));
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Empty {}
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Inner {
    pub(super) x: u64,
}
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<u32>,
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename = "re-named")]
pub(super) struct Renamed {
    pub(super) x: String,
}
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Node {
    pub(super) value: u32,
    pub(super) next: Option<Box<Node>>,
    pub(super) all: Vec<Node>,
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Strict {
    pub(super) x: u64,
    pub(super) y: Option<u64>,
}

/// In the order of its fields.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Ordered {
    pub(super) z: u8,
    pub(super) m: Option<u8>,
    pub(super) a: u8,
}

/// An enum.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) enum External {
    Nothing,
    /// With docs.
    Documented,
    #[serde(rename = "other-name")]
    Renamed,
    New(u32),
    /// About it.
    Ref(Inner),
    Tuple(u32, String),
    Fields {
        /// A field.
        b: u32,
        a: Option<Box<External>>,
    },
    Null(()),
    Maybe(Option<Inner>),
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Units {
    FirstOne,
    SecondOne,
}
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) enum DocumentedUnits {
    /// One.
    A,
    /// Two.
    B,
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind")]
pub(super) enum Internal {
    /// Nothing.
    Nothing,
    Fields {
        b: u32,
        a: Option<String>,
    },
    Ref(Inner),
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "t", content = "c")]
pub(super) enum Adjacent {
    Nothing,
    Fields { a: u32 },
    Number(u32),
    Tuple(u8, u8),
    Ref(Inner),
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Untagged {
    Nothing,
    Ref(Inner),
    Number(i64),
    Text(String),
    Fields { q: bool },
    List(Vec<u8>),
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) enum StrictEnum {
    A { x: u8 },
    B,
}
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Defaulted {
    pub(super) x: u8,
    pub(super) text: String,
    pub(super) limit: u32,
}
impl Default for Defaulted {
    fn default() -> Self {
        Self { x: 0, text: String::new(), limit: 10 }
    }
}
/// An error that is an enum.
#[derive(Debug, Serialize, Deserialize, JsonSchema, PluginError)]
pub(super) enum Fails {
    /// Nothing else is known.
    #[plugin_error(code = 3)]
    Odd,
    Text(String),
    Fields {
        /// What it is about.
        text: String,
        number: Option<u8>,
    },
    #[serde(skip)]
    #[plugin_error(other)]
    Other(Error),
}

impl fmt::Display for Fails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

/// An error whose variants a field tells.
#[derive(Debug, Serialize, Deserialize, JsonSchema, PluginError)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Tagged {
    NotFound {
        name: String,
    },
    Failed,
    #[serde(skip)]
    #[plugin_error(other)]
    Other(Error),
}

impl fmt::Display for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

/// Every way in which a type can be declared.
#[plugin_interface(version = "2.1.0", require = "section")]
pub(super) trait Everything {
    /// Takes and returns everything.
    ///
    /// # Errors
    ///
    /// Fails.
    fn all(&mut self, input: Json<All>) -> Result<Json<All>, Fails>;
    fn defaulted(&mut self, first: Json<Defaulted>) -> Result<(), Tagged>;
    #[export(name = "in-msgpack")]
    fn in_msgpack(&mut self, ordered: Msgpack<Ordered>) -> Base64<Json<Vec<Inner>>>;
    fn several(&mut self, text: &str, number: u8, inner: Inner) -> [u8; 4];
    #[export(optional, args = "json-object")]
    fn by_name(&mut self, first: &str, r#type: Option<u32>) -> Option<Json<Inner>>;
}

/// What the host gives.
#[host_interface(version = "2.1.0")]
pub(super) trait Given {
    fn add(&self, left: Scalar<i32>, right: Scalar<i64>) -> Scalar<i64>;
    fn half(&self, number: u32) -> Result<u32, Fails>;
    fn check(&self, inner: Json<Inner>) -> Result<(), Tagged>;
    #[host_fn(name = "found-it", namespace = "other")]
    fn find(&self, name: &str, all: Option<&[u8]>) -> Option<Json<External>>;
}
