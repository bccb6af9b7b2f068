//! No cycles: each crate's folders use each other in one direction only, and so do the files within most folders.
//!
//! The uses are read from the sources: `use` declarations, and paths that begin with `crate`, `self` or `super`, each
//! followed through re-exports to the module that defines the item. A folder's own `mod.rs` may use everything in the
//! folder, and everything there may use what `mod.rs` defines. Tests within the sources are left out.

mod dependencies;
mod graph;
mod source;

use std::path::Path;

use self::{graph::cycle, source::Crate};

/// Folders whose files define types that name each other in their signatures, such as a builder and what it
/// builds. Their files have no order; these folders and others do.
const WITHOUT_ORDER: [&str; 5] = ["client", "host::typed", "http", "inspect", "plugin"];

fn circles(sources: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(sources);
    let parsed = Crate::read(&root);
    assert!(parsed.modules().count() > 5, "there are modules in `{sources}`");
    let ordered = parsed.folders().filter(|folder| !WITHOUT_ORDER.contains(&folder.as_str()));
    ordered.filter_map(|folder| cycle(&parsed.uses_within(&folder))).collect()
}

#[test]
fn the_runtime_has_no_circles() {
    assert_eq!(circles("extism-runtime/src"), [""; 0]);
}

#[test]
fn the_macros_have_no_circles() {
    assert_eq!(circles("extism-macros/src"), [""; 0]);
}

#[test]
fn the_command_line_tool_has_no_circles() {
    assert_eq!(circles("extism-call/src"), [""; 0]);
}

#[test]
fn the_benchmarks_have_no_circles() {
    assert_eq!(circles("benches/peers/src"), [""; 0]);
}

/// Tests the check itself: a small crate whose modules use each other through a re-export, a path in a
/// function and a macro.
#[test]
fn a_circle_is_named_with_the_uses_that_make_it() {
    let parsed = Crate::of([
        ("", "mod a; mod b; mod c; pub use crate::b::Thing;"),
        ("a", "use crate::Thing; fn f() { println!(\"{}\", crate::c::N); }"),
        ("b", "mod inner; pub use self::inner::Thing;"),
        ("b::inner", "pub struct Thing; fn f() -> u8 { crate::c::N }"),
        ("c", "pub const N: u8 = 0; #[cfg(test)] mod tests { use crate::a; }"),
    ]);
    let uses = parsed.uses_within("");
    let pairs: Vec<_> = uses.iter().map(|((from, to), _)| (from.as_str(), to.as_str())).collect();
    assert_eq!(pairs, [("a", "b"), ("a", "c"), ("b", "c")]);
    assert_eq!(cycle(&uses), None);

    let parsed = Crate::of([
        ("", "mod a; mod b; pub use crate::b::Thing;"),
        ("a", "pub(crate) use self::first::*; mod first;"),
        ("a::first", "use crate::Thing; pub(crate) fn f(_: Thing) {}"),
        ("b", "pub struct Thing; use super::a; fn g() { a::f(Thing) }"),
    ]);
    let circle = cycle(&parsed.uses_within("")).expect("a circle");
    assert_eq!(circle, "a -> b (a::first uses crate::b::Thing), b -> a (b uses crate::a)");
}
