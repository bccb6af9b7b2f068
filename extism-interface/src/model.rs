//! An interface.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Method;

/// The version of the JSON that this crate writes. Documents of a higher one are not read.
pub const FORMAT: u32 = 1;

/// The functions that a `#[plugin_interface]` or `#[host_interface]` trait declares, as data for tools.
///
/// In JSON, the fields have the same names as here, except that [`Argument::ty`](crate::Argument::ty) is `type` and
/// [`types`](Self::types) is `$defs`. A method requires only `export`, so that a list of exports can be written by hand:
///
/// ```json
/// { "name": "VowelCounter", "methods": [{ "export": "count_vowels" }] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Interface {
    /// The version of this JSON, [`FORMAT`].
    #[serde(default = "format")]
    pub format: u32,
    /// The trait's name.
    pub name: Cow<'static, str>,
    /// The interface's semantic version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Cow<'static, str>>,
    /// Whose functions these are.
    #[serde(default, skip_serializing_if = "Role::is_plugin")]
    pub role: Role,
    /// Whether the host refuses plug-ins that do not describe themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_section: bool,
    /// The trait's documentation, one entry per line.
    #[serde(default)]
    pub docs: Cow<'static, str>,
    /// The methods, in the trait's order.
    pub methods: Cow<'static, [Method]>,
    /// The schemas that `#/$defs/NAME` refers to, by name; `$defs` in JSON.
    #[serde(rename = "$defs", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, Value>,
    /// The schemas that `#/sent/NAME` refers to: of values as they are written, where that differs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sent: BTreeMap<String, Value>,
}

/// Whose functions an [`Interface`] lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// Exports of the plug-in, which the host calls. `plugin` in JSON.
    #[default]
    Plugin,
    /// Functions of the host, which the plug-in imports. `host` in JSON.
    Host,
}

impl Role {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
    fn is_plugin(&self) -> bool {
        *self == Self::Plugin
    }
}

/// What an interface can be checked against.
pub trait Check {
    /// Tells what is wrong.
    type Error;

    /// Checks that this has an interface's functions.
    ///
    /// # Errors
    ///
    /// Returns an error that lists everything that is wrong.
    fn check_interface(&self, interface: &Interface) -> Result<(), Self::Error>;
}

impl Interface {
    /// Creates an interface without methods.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            format: FORMAT,
            name: name.into(),
            version: None,
            role: Role::Plugin,
            require_section: false,
            docs: Cow::Borrowed(""),
            methods: Cow::Borrowed(&[]),
            types: BTreeMap::new(),
            sent: BTreeMap::new(),
        }
    }

    /// Checks that a plug-in has the exports, without creating an instance, and means the same types, if it describes
    /// its own.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all exports that are missing, cannot be called, or have other types.
    pub fn check<P: Check>(&self, plugin: &P) -> Result<(), P::Error> {
        plugin.check_interface(self)
    }

    /// Returns the method with this export's name.
    #[must_use]
    pub fn method(&self, export: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.export == export)
    }

    /// Returns the interface as indented JSON, with a line break at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        crate::description::pretty(self)
    }
}

fn format() -> u32 {
    FORMAT
}
