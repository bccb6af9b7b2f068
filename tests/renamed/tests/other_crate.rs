//! Host functions of another crate.

use extism_tests_renamed::{again, shout as yell};
use plug_ins::host_fns;

#[test]
fn host_functions_of_another_crate_are_listed_by_path_and_by_import() {
    let functions = host_fns![yell, extism_tests_renamed::shout, again::cry, extism_tests_renamed::env];
    assert_eq!(functions.map(|function| function.name().to_owned()), ["shout", "shout", "shout", "env"]);
}
