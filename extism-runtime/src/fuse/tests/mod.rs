#![allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)]

mod differential;
mod forms;
pub(crate) mod guest;
mod run;
mod smith;
mod steps;
mod structure;
