#[path = "../../../extism-runtime/src/http/allowed.rs"]
mod allowed;
#[path = "../../../extism-runtime/src/http/error.rs"]
mod error;
#[path = "../../../extism-runtime/src/http/target.rs"]
mod target;
#[path = "../../../extism-runtime/src/http/wait.rs"]
mod wait;

pub(crate) use self::{allowed::AllowedHosts, error::HttpError, target::Target};
