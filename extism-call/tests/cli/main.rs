//! Tests the tool from its users' side: command lines, their outputs and their exit codes.

mod calls;
mod check;
mod completions;
mod download;
mod failures;
mod files;
mod inspect;
mod interfaces;
mod limits;
mod linking;
mod linking_errors;
mod linking_wasi;
mod logs;
mod manifests;
mod output;
mod profile;
mod readme;
mod run;
mod server;
mod starts;
mod terminal;
mod usage;
