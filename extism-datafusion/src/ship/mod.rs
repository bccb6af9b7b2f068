//! Sends functions with plans: to the executors of Ballista, or to any process that reads plans with `datafusion-proto`.
//!
//! A plan refers to a function of a plug-in by its [`FunctionSpec`](crate::FunctionSpec): name, signature, exports, and the
//! module's SHA-256 with the place to fetch it from, or the module itself if it is small. [`Shipping`] makes the codecs
//! that write and read it. They wrap others, which get everything that is not a plug-in's:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use datafusion_proto::{logical_plan::DefaultLogicalExtensionCodec, physical_plan::DefaultPhysicalExtensionCodec};
//! use extism_datafusion::{ExecutorPolicy, Modules, ship::Shipping};
//!
//! # fn main() -> Result<(), extism_runtime::Error> {
//! // A process that makes plans and passes them on, such as Ballista's scheduler.
//! let scheduler = Shipping::new(Modules::planner());
//! // A process that runs them, within its own limits.
//! let executor = Shipping::new(Modules::new(ExecutorPolicy::new().with_max_pages(256))?);
//!
//! // With Ballista, around `BallistaLogicalExtensionCodec` and `BallistaPhysicalExtensionCodec`.
//! let logical = executor.logical_codec(Arc::new(DefaultLogicalExtensionCodec {}));
//! let physical = executor.physical_codec(Arc::new(DefaultPhysicalExtensionCodec {}));
//! # Ok(())
//! # }
//! ```
//!
//! Reading a plan fetches and compiles nothing. A process's [`Modules`](crate::Modules) fetch and compile a module when its
//! first batch comes, once for all plans that have it.

mod logical;
mod physical;
mod publish;
mod received;
mod shipping;
mod wire;

pub use self::{logical::PluginLogicalCodec, physical::PluginPhysicalCodec, shipping::Shipping};
