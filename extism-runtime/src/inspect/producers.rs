use serde::Serialize;
use wasmparser::ProducersSectionReader;

/// An entry of a module's `producers` section (WebAssembly tool conventions, "Producers Section").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Producer {
    /// The kind of entry: `language`, `processed-by` or `sdk`.
    pub field: String,
    /// Its name, such as `rustc`.
    pub name: String,
    /// Its version; may be empty.
    pub version: String,
}

/// Returns the entries; those after a malformed one are left out, as the section does not affect a module's validity.
pub(super) fn read(section: ProducersSectionReader<'_>) -> Vec<Producer> {
    let mut producers = Vec::new();
    for field in section.into_iter().map_while(Result::ok) {
        for value in field.values.into_iter().map_while(Result::ok) {
            producers.push(Producer {
                field: field.name.to_owned(),
                name: value.name.to_owned(),
                version: value.version.to_owned(),
            });
        }
    }
    producers
}
