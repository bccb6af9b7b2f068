//! The test kit for plug-ins: scripted hosts, crates that are built, folders and clocks.

mod building;
mod folders;
mod mocks;
