use crate::{compile::CompiledInner, error::Site};

/// Where a call of an export went wrong.
#[cold]
pub(crate) fn site(compiled: &CompiledInner, export: u32) -> Box<Site> {
    Site::new(compiled.settings.name.clone(), compiled.exports.name(export))
}
