//! The names of permissions.

use syn::LitStr;

use super::Errors;

/// Maximum length in bytes. The runtime's `permission.rs` has the same rule.
const MAX_LENGTH: usize = 64;

/// Records a permission's name that a person could not read and type.
pub(crate) fn check_permission(name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    if text.is_empty() || text.len() > MAX_LENGTH || !text.bytes().all(fits) {
        errors.at(
            name,
            format!(
                "a permission's name has 1 to {MAX_LENGTH} letters, digits, and characters of `_-.:/`, \
                 such as `permission = \"kv.write\"`"
            ),
        );
    }
}
