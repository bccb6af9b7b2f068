//! Programs over the API of the official crate, written as its users write them, for both crates.
#![allow(
    clippy::pedantic,
    clippy::clone_on_copy,
    clippy::type_complexity,
    elided_lifetimes_in_paths,
    reason = "programs are written as their authors write them"
)]

/// Prints a line.
macro_rules! say {
    ($to:expr, $($text:tt)*) => {{
        use ::std::fmt::Write as _;
        let _ = ::std::writeln!($to, $($text)*);
    }};
}

mod errors;
mod http;
mod logs;
mod memory;
mod signatures;
mod store;
mod values;
mod workers;

use extism::{Error, Manifest, Wasm};

/// What a program prints.
pub(crate) type Output = String;

/// The programs by name.
pub(crate) const PROGRAMS: [(&str, fn(&mut Output)); 7] = [
    ("errors", errors::run),
    ("http", http::run),
    ("logs", logs::run),
    ("memory", memory::run),
    ("store", store::run),
    ("values", values::run),
    ("workers", workers::run),
];

/// A committed guest.
fn guest(name: &str) -> Manifest {
    Manifest::new([Wasm::file(format!("{}/{name}", plugins()))])
}

/// The folder of the committed guests, from that of either package.
fn plugins() -> String {
    let mut folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    while !folder.join("examples/plugins").is_dir() {
        assert!(folder.pop(), "no guests");
    }
    folder.join("examples/plugins").display().to_string()
}

/// An error as programs look at it: its last line of defence is the root cause, which they match on.
fn shown(error: &Error) -> String {
    let text = error.to_string();
    // Backtraces differ: only what is before them counts.
    let first = text.lines().next().unwrap_or_default();
    format!("{first:?}, because {:?}", error.root_cause().to_string())
}
