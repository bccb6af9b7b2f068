//! `extism-call schema FILE --format FORMAT`.

use std::io::{self, Write as _};

use extism_interface::{json_schema, markdown, xtp};

use crate::{
    args::{SchemaArgs, SchemaFormat},
    description,
    failure::Failure,
    output,
    style::printable,
};

/// Prints interfaces in another format; what that cannot express is told on standard error.
pub(super) fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let description = description::read_all(args.files.iter().map(AsRef::as_ref), None)?;
    let text = match args.format {
        SchemaFormat::JsonSchema => json_schema::write(&description),
        SchemaFormat::Markdown => markdown::write(&description),
        SchemaFormat::Xtp => {
            let document = xtp::write(&description);
            let lost = document
                .omissions
                .iter()
                .fold(String::new(), |lost, omission| lost + "note: " + &printable(&omission.to_string()) + "\n");
            // If this fails, it cannot be reported anywhere.
            let _ = io::stderr().write_all(lost.as_bytes());
            document.yaml
        }
    };
    output::write_text(&text).map(|_| ())
}
