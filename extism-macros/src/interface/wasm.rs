//! The module that is checked while compiling.

use super::model::Interface;
use crate::common::Errors;

pub(super) fn check(_: &mut Interface, _: &mut Errors) {}
