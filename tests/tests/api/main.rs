//! The public API as a whole: which names the root and the prelude have, which types threads can share, and what
//! programs cannot reach.

mod names;
mod source;
mod surface;
mod threads;
