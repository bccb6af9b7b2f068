//! Plug-ins that start fast: compiled ahead of time, or initialized ahead of time.

mod snapshot;
mod warm;
