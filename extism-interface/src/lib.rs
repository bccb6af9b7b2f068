//! What Extism plug-ins and their hosts expect of each other, as data.
//!
//! An [`Interface`] lists functions: their names, the wire formats of what they take and return, and the JSON Schemas of
//! its types. `#[plugin_interface]` and `#[host_interface]` of `extism-runtime` make one from a trait. A plug-in carries a
//! [`Description`], one or several of them, in its custom section [`SECTION`]; the section is a claim of the plug-in's
//! author, and makes nothing safe.
//!
//! - [`compare`](compare::compare) tells whether a host and a plug-in mean the same;
//! - [`diff`](diff::diff) tells what a change of an interface breaks;
//! - [`markdown`], [`xtp`], [`json_schema`] and [`rust`] show an interface to people and to tools of other languages.
//!
//! This crate has no engine: tools and build scripts can use it alone.

pub mod compare;
#[cfg(feature = "declare")]
mod declare_impl;
mod description;
pub mod diff;
mod example;
mod format;
#[cfg(all(feature = "xtp", any(test, fuzzing)))]
#[doc(hidden)]
pub mod fuzzing;
pub mod json_schema;
pub mod markdown;
mod method;
mod model;
#[cfg(feature = "declare")]
mod probe;
pub mod rust;
mod schema;
mod section;
mod text;
#[cfg(feature = "xtp")]
pub mod xtp;

/// How generated code makes an interface; not part of the public API.
#[cfg(feature = "declare")]
#[doc(hidden)]
pub mod declare {
    pub use crate::{
        declare_impl::{
            FunctionDeclaration, MethodDeclaration, argument, describe, extend, host_function, host_functions,
            host_interface, interface, method,
        },
        probe::{
            Decoded, DecodedResult, Encoded, InCodec, MethodWires, OfType, Pair, Probe, Schemas, Undescribed, Unknown,
            crossing, error, part, wire,
        },
    };
}

pub use self::{
    description::{Description, DescriptionError, MAX_BYTES},
    example::example,
    format::{Format, FormatKind},
    method::{Argument, Encoding, ErrorType, Method, Wire},
    model::{Check, FORMAT, Interface, Role},
    section::{SECTION, SectionError, find as section},
};
