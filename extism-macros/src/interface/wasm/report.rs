use super::super::model::Method;
use crate::common::Errors;

/// Reports what is wrong with a method. It is not known here whether a method under `#[cfg]` exists.
pub(super) fn report(method: &mut Method, error: syn::Error, errors: &mut Errors) {
    if method.cfgs.is_empty() {
        return errors.push(error);
    }
    combine(&mut method.mismatch, error);
}

/// Reports what is wrong with a method if its description is current, which a test decides.
pub(super) fn report_outdated(method: &mut Method, error: syn::Error) {
    combine(&mut method.outdated, error);
}

fn combine(errors: &mut Option<syn::Error>, error: syn::Error) {
    match errors {
        Some(others) => others.combine(error),
        none => *none = Some(error),
    }
}
