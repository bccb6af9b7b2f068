//! x
#[test] fn nothing() {}
