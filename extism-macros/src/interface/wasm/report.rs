use super::super::model::Method;
use crate::common::Errors;

/// Reports what is wrong with a method. It is not known here whether a method under `#[cfg]` exists.
pub(super) fn report(method: &mut Method, error: syn::Error, errors: &mut Errors) {
    if method.cfgs.is_empty() {
        return errors.push(error);
    }
    match &mut method.mismatch {
        Some(others) => others.combine(error),
        none => *none = Some(error),
    }
}
