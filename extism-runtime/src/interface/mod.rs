//! What `#[plugin_interface]` and `#[host_interface]` declare, as data, and what plug-ins say of themselves.
//!
//! [`Interface`] is what [`PluginInterface::interface`](crate::PluginInterface::interface) returns. Plug-ins carry a
//! [`Description`] in their section [`SECTION`]; where they do, creating a client compares it with the client's own
//! interface. The crate `extism-interface` has these types, [compares](compare) them, and shows them in other formats; it
//! has no engine, so that tools and build scripts can use it alone.

pub(crate) mod differences;
pub(crate) mod keep;
pub(crate) mod typed_error;

#[doc(inline)]
pub use extism_interface::{
    Argument, Check, Description, DescriptionError, Encoding, ErrorType, Format, Interface, MAX_BYTES, Method, Role,
    SECTION, Wire,
    compare::{Difference, compare},
};

/// Returns each export's name, and whether it may be missing.
pub(crate) fn wanted(interface: &Interface) -> Vec<(&str, bool)> {
    interface.methods.iter().map(|Method { export, optional, .. }| (&**export, *optional)).collect()
}
