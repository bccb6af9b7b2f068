#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "memories of tests are small")]

mod cost;
mod differential;
mod features;
mod forms;
pub(crate) mod guest;
mod lift;
mod map;
mod program;
mod refused;
mod run;
mod smith;
mod steps;
mod structure;
