//! What the macros' expansions name.
//!
//! Not part of the public interface: it changes without notice.

#[cfg(feature = "extism-convert")]
pub use extism_codec::Convert;
#[cfg(feature = "msgpack")]
pub use extism_codec::Msgpack;
#[cfg(feature = "prost")]
pub use extism_codec::Prost;
#[cfg(feature = "raw")]
pub use extism_codec::Raw;
pub use extism_codec::{
    __private::{Crossed, Format, FromHost, ToHost},
    Base64, CodecError, Decode, Encode, Json, Writer,
};

pub use crate::{
    __extism_export_item as export_item, __extism_section_item as section_item,
    __extism_undeclared_interface as undeclared_interface,
    error::{Error, PluginError, code_of, error_of},
    export::{answered, argument, export, not_exported, wait},
    exports::{Exports, InterfaceId, InterfaceName},
    failure::{Failed, Failure, FailureOfText},
    import::{Sent, no_host, receive, receive_result},
    log::write as log,
    named::named,
    states::PluginState,
    text::Text,
};
