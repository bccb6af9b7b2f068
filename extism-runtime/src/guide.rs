#![doc = include_str!("docs/guide.md")]

#[doc = include_str!("docs/security.md")]
pub mod security {}
