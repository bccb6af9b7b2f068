//! Functions that are sent with plans.

mod cluster;
mod codec;
mod fetch;
mod guests;
mod hostile;
mod kept;
mod support;
