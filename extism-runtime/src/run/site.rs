use crate::{compile::CompiledInner, error::Site};

/// Returns where a call of an export failed.
#[cold]
pub(crate) fn site(compiled: &CompiledInner, export: u32) -> Box<Site> {
    Site::new(compiled.settings.name.clone(), compiled.exports.name(export))
}
