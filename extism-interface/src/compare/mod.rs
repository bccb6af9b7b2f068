//! Whether a host and a plug-in mean the same, by the rules of serde: what one side writes, the other has to read.
//!
//! Arguments of exports, and results of host functions, are written by the host and read by the plug-in; results of
//! exports, and arguments of host functions, the other way. A reader ignores fields that it does not know (unless it
//! refuses them, as with `deny_unknown_fields`), and does without those that are optional or have a default. A writer may
//! have fewer variants than the reader, narrower integers, and a value where the reader has an `Option`.
//!
//! The rules see what the schemas say: not that an enum has a `#[serde(other)]`, and nothing about types without a schema.

mod functions;
mod objects;
mod problem;
mod refused;
mod unions;
mod values;

#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use self::functions::functions;
pub use self::refused::{Refused, described};
use crate::{Description, Interface, Role, text};

/// Something that two sides understand differently.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The export or the host function.
    pub function: String,
    /// Whose function it is.
    pub role: Role,
    /// Where in its values it is, such as `cart.items[]`; `result` and `error` are what it returns. Empty if it concerns
    /// the whole function.
    pub place: String,
    /// What is different.
    pub message: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.role == Role::Host { "the host function " } else { "" };
        write!(f, "{kind}`{}`: {}", text::name(&self.function), self.message)
    }
}

/// What the two sides are called in messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pub(crate) host: &'static str,
    pub(crate) plugin: &'static str,
}

pub(crate) const NAMES: Names = Names { host: "the host", plugin: "the plug-in" };

/// Compares the functions that a host expects of a plug-in with those that the plug-in describes, and returns all
/// differences. What one side does not describe is not compared, and lacking functions are none: a module's exports show
/// those.
#[must_use]
pub fn compare(host: &Interface, plugin: &Description) -> Vec<Difference> {
    let theirs = plugin.with_role(host.role);
    theirs.flat_map(|plugin| functions(host, plugin, NAMES)).collect()
}
