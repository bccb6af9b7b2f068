use std::borrow::Cow;

use extism_interface::{
    Description, DescriptionError, Interface, Role,
    compare::{self, Refused, compare},
};

use crate::error::{Mismatch, MismatchKind};

/// Returns what is different between what a plug-in says of itself and what its host expects: the interface of its
/// exports, and those of the host functions, as far as the plug-in imports them.
pub(crate) fn differences(
    described: Result<Option<&Description>, &DescriptionError>,
    interface: &Interface,
    functions: &[Cow<'_, Interface>],
    imported: impl Fn(&str) -> bool,
) -> Vec<Mismatch> {
    let whole = |kind| vec![Mismatch { export: String::new(), kind }];
    let description = match compare::described(interface, described) {
        Ok(None) => return Vec::new(),
        Ok(Some(description)) => description,
        Err(Refused::Unreadable(error)) => return whole(MismatchKind::Section(error)),
        Err(_) => return whole(MismatchKind::NoSection),
    };
    let host = functions.iter().flat_map(|host| compare(host, description));
    let host = host.filter(|difference| difference.role == Role::Plugin || imported(&difference.function));
    let all = compare(interface, description).into_iter().chain(host);
    all.map(|difference| Mismatch { export: difference.function.clone(), kind: MismatchKind::Types(difference) })
        .collect()
}
