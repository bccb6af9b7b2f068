//! `extism-call generate rust FILE..`.

use extism_interface::rust;

use crate::{
    args::{GenerateArgs, Language},
    description,
    failure::Failure,
    output,
};

/// Prints the traits of interfaces.
pub(super) fn generate(args: &GenerateArgs) -> Result<(), Failure> {
    let description = description::read_all(args.files.iter().map(AsRef::as_ref), args.name.as_deref())?;
    let source = match args.language {
        Language::Rust => rust::write(&description),
    };
    output::write_text(&source).map(|_| ())
}
