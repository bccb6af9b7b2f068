//! Tests the public API as a whole: the names in the root and the prelude, the types that threads can share,
//! and the items that programs cannot reach.

mod names;
mod source;
mod surface;
mod threads;
