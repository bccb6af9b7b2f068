//! Values of the program's own in a manifest.
//!
//! The official runtime refuses every field that it does not know (tried with 1.41: at the top, in `wasm` and in
//! `memory`, in JSON and TOML), and every value in `config` that is not text. So a program's own values are texts in
//! `config`, and a table is the keys with the same prefix.

use std::collections::BTreeMap;

use serde::{
    Deserialize,
    de::{
        DeserializeOwned, Deserializer, Error as _, IntoDeserializer as _, Unexpected, Visitor,
        value::{Error, MapDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{Manifest, ManifestError};
use crate::display;

/// The table that describes the plug-in.
const METADATA: &str = "plugin";

/// What a manifest says about its plug-in, in the keys `plugin.name`, `plugin.version` and `plugin.description` of
/// `config`; see [`Manifest::metadata`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PluginInfo {
    /// The name to show.
    pub name: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// What it does.
    pub description: Option<String>,
}

impl Manifest {
    /// Reads what the manifest says about its plug-in: the keys in `config` that start with `plugin.`, as a `T`, which
    /// is [`PluginInfo`] or a type of the program's own.
    ///
    /// The official runtime refuses manifests with tables of the program's own, but it reads these. Values are texts: a
    /// number or a boolean is written as such a text, a list as JSON, and dots in a key make tables in the table. The
    /// plug-in can read them, as all of `config`.
    ///
    /// ```
    /// use extism_runtime::{Manifest, manifest::PluginInfo};
    /// use serde::Deserialize;
    ///
    /// let manifest = Manifest::from_toml(r#"
    ///     wasm = [{ path = "greeter.wasm" }]
    ///     [config]
    ///     language = "en"
    ///     "plugin.name" = "Greeter"
    ///     "plugin.version" = "1.2.0"
    ///     "plugin.priority" = "10"
    ///     "plugin.tags" = '["text", "demo"]'
    ///     "plugin.author.name" = "A. Person"
    /// "#)?;
    ///
    /// #[derive(Deserialize)]
    /// struct Metadata {
    ///     priority: u8,
    ///     tags: Vec<String>,
    ///     author: Author,
    ///     homepage: Option<String>,
    /// }
    ///
    /// #[derive(Deserialize)]
    /// struct Author {
    ///     name: String,
    /// }
    ///
    /// let metadata: Metadata = manifest.metadata()?;
    /// assert_eq!((metadata.priority, metadata.tags[1].as_str()), (10, "demo"));
    /// assert_eq!((metadata.author.name.as_str(), metadata.homepage), ("A. Person", None));
    /// assert_eq!(manifest.metadata::<PluginInfo>()?.version.as_deref(), Some("1.2.0"));
    /// # Ok::<(), extism_runtime::error::ManifestError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ManifestError::Value`] if a value is missing or is not of its type; it names the key, and the file if
    /// the manifest was read from one.
    pub fn metadata<T: DeserializeOwned>(&self) -> Result<T, ManifestError> {
        self.table(METADATA)
    }

    /// Reads the keys in `config` that start with this name and a dot, as [`metadata`](Self::metadata) reads those of
    /// `plugin`: for another table of the program's own.
    ///
    /// # Errors
    ///
    /// The same as for [`metadata`](Self::metadata).
    pub fn table<T: DeserializeOwned>(&self, name: &str) -> Result<T, ManifestError> {
        let failed = |key: String, message: &str| {
            let message = display::start(display::without_values(message), display::MAX_TEXT);
            ManifestError::Value { file: self.read_from.0.clone(), key, message }
        };
        let mut table = Node::default();
        let prefix = format!("{name}.");
        for (key, value) in &self.config {
            if let Some(path) = key.strip_prefix(&prefix) {
                table
                    .insert(path, value)
                    .map_err(|()| failed(key.clone(), "the key is a value and a table at once"))?;
            }
        }
        serde_path_to_error::deserialize(&table).map_err(|error| {
            let at = if error.path().iter().len() == 0 { name.to_owned() } else { format!("{prefix}{}", error.path()) };
            failed(at, &error.inner().to_string())
        })
    }

    /// Sets a value that [`metadata`](Self::metadata) reads: the key `plugin.KEY` in `config`.
    #[must_use]
    pub fn with_metadata(self, key: &str, value: impl Into<String>) -> Self {
        self.with_config_key(format!("{METADATA}.{key}"), value)
    }
}

/// A value, or a table of them.
#[derive(Debug, Default)]
struct Node<'t> {
    text: Option<&'t str>,
    entries: BTreeMap<&'t str, Node<'t>>,
}

impl<'t> Node<'t> {
    /// Adds a value; fails if there is a table where the value is to be, or a value where a table is.
    fn insert(&mut self, path: &'t str, text: &'t str) -> Result<(), ()> {
        let mut node = self;
        for part in path.split('.') {
            if node.text.is_some() {
                return Err(());
            }
            node = node.entries.entry(part).or_default();
        }
        if !node.entries.is_empty() {
            return Err(());
        }
        node.text = Some(text);
        Ok(())
    }

    /// Reads the value as JSON.
    fn json(&self, expected: &dyn serde::de::Expected) -> Result<serde_json::Value, Error> {
        match self.text {
            Some(text) => {
                serde_json::from_str(text).map_err(|_| Error::invalid_type(Unexpected::Other("text"), expected))
            }
            None => Err(Error::invalid_type(Unexpected::Map, expected)),
        }
    }
}

/// Reads values that are no texts: numbers, booleans and lists are JSON.
macro_rules! from_json {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.json(&visitor)?.$method(visitor).map_err(Error::custom)
        }
    )*};
}

impl<'de> Deserializer<'de> for &Node<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text {
            Some(text) => visitor.visit_str(text),
            None => self.deserialize_map(visitor),
        }
    }

    from_json! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_seq
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.json(&visitor)?.deserialize_tuple(length, visitor).map_err(Error::custom)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.json(&visitor)?.deserialize_tuple_struct(name, length, visitor).map_err(Error::custom)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.text.is_some() {
            return self.json(&visitor)?.deserialize_map(visitor).map_err(Error::custom);
        }
        visitor.visit_map(MapDeserializer::new(self.entries.iter().map(|(key, node)| (*key, node))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.text {
            // The name of a variant without values.
            Some(text) if !text.trim_start().starts_with('{') => visitor.visit_enum(text.into_deserializer()),
            _ => self.json(&visitor)?.deserialize_enum(name, variants, visitor).map_err(Error::custom),
        }
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct identifier ignored_any
    }
}

impl serde::de::IntoDeserializer<'_, Error> for &Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
