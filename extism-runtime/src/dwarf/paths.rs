//! Paths as people look for them.

/// The folder in which cargo keeps the sources of dependencies, one folder for each registry in it.
const REGISTRY: &str = "/registry/src/";

/// Returns the path of a file: its name, in a directory that may be relative to the one in which the compiler ran. Below
/// that one, the path is relative to it, as compilers' messages show it. The path of a dependency starts with the
/// folder of the dependency.
pub(super) fn shown(compiled_in: Option<&str>, directory: Option<&str>, name: &str) -> String {
    let directory = join(compiled_in.unwrap_or_default(), directory.unwrap_or_default());
    let path = join(&directory, name);
    if let Some((_, rest)) = path.split_once(REGISTRY)
        && let Some((_, package)) = rest.split_once('/')
    {
        return package.to_owned();
    }
    let root = compiled_in.unwrap_or_default().trim_end_matches('/');
    match path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) if !root.is_empty() && !rest.is_empty() => rest.to_owned(),
        _ => path,
    }
}

/// Returns a path relative to a directory, unless it is absolute.
fn join(directory: &str, path: &str) -> String {
    if directory.is_empty() || is_absolute(path) {
        return path.to_owned();
    }
    match path.strip_prefix("./").unwrap_or(path) {
        "" | "." => directory.to_owned(),
        path => format!("{}/{path}", directory.trim_end_matches('/')),
    }
}

/// Whatever the host is, the compiler may have run on Windows.
fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\']) || path.as_bytes().get(1..3).is_some_and(|rest| matches!(rest, b":\\" | b":/"))
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn paths_are_relative_to_the_directory_of_the_compiler() {
        assert_eq!(shown(Some("/home/me/plugin"), Some("src"), "lib.rs"), "src/lib.rs");
        assert_eq!(shown(Some("/home/me/plugin/"), Some("/home/me/plugin/src"), "lib.rs"), "src/lib.rs");
        assert_eq!(shown(Some("/home/me/plugin"), None, "main.c"), "main.c");
        assert_eq!(shown(Some("/home/me/plugin"), Some("."), "./main.c"), "main.c");
        assert_eq!(shown(Some("/home/me/plugin"), Some("/home/me/plugin-2/src"), "a.c"), "/home/me/plugin-2/src/a.c");
    }

    #[test]
    fn other_paths_stay_as_they_are() {
        let std = "/rustc/0123/library/core/src/panicking.rs";
        assert_eq!(shown(Some("/home/me"), Some("/rustc/0123"), "library/core/src/panicking.rs"), std);
        assert_eq!(shown(Some("/home/me"), None, "C:\\plugin\\main.c"), "C:\\plugin\\main.c");
        assert_eq!(shown(None, None, "main.c"), "main.c");
        assert_eq!(shown(Some("/"), None, "main.c"), "/main.c");
    }

    #[test]
    fn paths_of_dependencies_start_with_their_folder() {
        let directory = "/home/me/.cargo/registry/src/index.example-1949/serde-1.0.1";
        assert_eq!(shown(Some(directory), Some("src/de"), "mod.rs"), "serde-1.0.1/src/de/mod.rs");
    }
}
