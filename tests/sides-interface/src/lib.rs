//! Every way in which a method of an interface can be declared, for a plug-in and its host.
#![forbid(unsafe_code)]

use std::fmt;

use extism_runtime::{Decode, Encode, Error, Json, PluginError, host::Scalar, host_interface, plugin_interface};
use serde::{Deserialize, Serialize};

/// A value with a codec of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[codec(Json)]
pub struct Point {
    pub x: i32,
    pub y: f64,
    pub name: String,
}

/// One argument or none, each in its own codec.
#[plugin_interface]
pub trait Plain {
    fn nothing(&mut self);
    fn text(&mut self, text: &str) -> String;
    fn bytes(&mut self, bytes: &[u8]) -> Vec<u8>;
    fn number(&mut self, number: i64) -> i64;
    fn maybe(&mut self, number: Option<u32>) -> Option<u32>;
    fn point(&mut self, point: Point) -> Point;
    fn by_reference(&mut self, point: &Point) -> String;
    fn json_of_reference(&mut self, words: Json<&[String]>) -> Json<usize>;
    fn json_of_text(&mut self, text: Json<&str>) -> String;
    fn unit_or_error(&mut self, fail: bool) -> Result<(), Error>;
    fn count(&mut self) -> u32;
}

/// Several arguments as a JSON array.
#[plugin_interface]
pub trait Several {
    fn join(&mut self, first: &str, second: &str) -> String;
    fn total(&mut self, numbers: &[u32], factor: u32, point: &Point) -> u64;
    #[export(args = "json-array")]
    fn one(&mut self, text: &str) -> String;
}

/// Several arguments by their names, in camel case.
#[plugin_interface(rename_all = "camelCase", args = "json-object")]
pub trait Named {
    fn join_words(&mut self, first_word: &str, second_word: Option<String>) -> String;
    #[export(name = "renamed-words")]
    fn other_words(&mut self, words: Vec<String>) -> u32;
}

/// Several arguments as MessagePack.
#[plugin_interface(args = "msgpack")]
pub trait Packed {
    fn pack(&mut self, text: &str, point: Point) -> String;
}

/// Everything in one codec.
#[plugin_interface(codec = Json)]
pub trait Coded {
    fn coded_text(&mut self, text: &str) -> String;
    fn coded_list(&mut self, words: &[String]) -> Vec<usize>;
    fn coded_pair(&mut self, left: u8, right: &str) -> (u8, String);
    fn coded_result(&mut self, number: i32) -> Result<Option<i32>, Failing>;
}

/// Methods that a plug-in can leave out.
#[plugin_interface]
pub trait Optional {
    #[export(optional)]
    fn left_out(&mut self) -> Result<String, Error>;
    #[export(optional)]
    fn put_in(&mut self) -> Result<String, Error>;
    fn with_body(&mut self) -> Result<String, Error> {
        Ok("the body".to_owned())
    }
    fn with_other_body(&mut self) -> Result<String, Error> {
        Ok("the body".to_owned())
    }
}

/// An interface that another one extends.
#[plugin_interface]
pub trait Base {
    fn base(&mut self) -> Result<String, Error>;
}

/// It extends that one.
#[plugin_interface(extends(BasePlugin))]
pub trait Derived: Base {
    fn derived(&mut self) -> Result<String, Error>;
}

/// `async` methods.
#[plugin_interface]
pub trait Asynchronous {
    async fn later(&mut self, text: &str) -> Result<String, Error>;
    async fn never(&mut self) -> Result<(), Error>;
}

/// Methods that fail.
#[plugin_interface]
pub trait Failures {
    fn fail(&mut self, how: &str) -> Result<String, Failing>;
    fn fail_as_text(&mut self) -> Result<String, Error>;
    fn panics(&mut self, text: &str) -> Result<String, Failing>;
}

/// An error that crosses as a value.
#[derive(Debug, Serialize, Deserialize, PluginError)]
#[plugin_error(code = 5)]
pub enum Failing {
    /// Has the code of the enum.
    Unit,
    /// Has a code of its own.
    #[plugin_error(code = -7)]
    Fields { text: String, number: u64 },
    /// Does not cross.
    #[serde(skip)]
    #[plugin_error(other)]
    Other(Error),
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit => f.write_str("a unit"),
            Self::Fields { text, number } => write!(f, "{text}: {number}"),
            Self::Other(error) => error.fmt(f),
        }
    }
}

/// What the host gives.
#[host_interface]
pub trait Host {
    fn echo(&self, text: &str) -> String;
    fn bytes_back(&self, bytes: &[u8]) -> Vec<u8>;
    fn add(&self, left: Scalar<i32>, right: Scalar<i64>) -> Scalar<i64>;
    fn forget(&self, point: Point);
    fn find(&self, name: &str) -> Option<u64>;
    fn half(&self, number: u32) -> Result<u32, Failing>;
    fn check(&self, number: u32) -> Result<(), Failing>;
    async fn wait(&self, milliseconds: u64) -> Json<String>;
    #[host_fn(name = "renamed-function", namespace = "sides:other")]
    fn other(&self) -> u8;
    #[host_fn(codec = Json)]
    fn coded(&self, words: Vec<String>, separator: &str, times: &u8) -> Result<Vec<String>, Failing>;
}

/// What the plug-in asks the host.
#[plugin_interface]
pub trait Asks {
    fn ask(&mut self, what: &str) -> Result<String, Failing>;
}
