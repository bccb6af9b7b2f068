//! The files and objects that a policy grants to plans and queries.

use std::path::{self, Component, Path, PathBuf};

use url::Url;

/// A file or an object that a plan or a query names.
#[derive(Debug)]
pub(crate) enum Named {
    File(PathBuf),
    Object(Url),
}

/// Why something is not read.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No policy grants it. Whether it exists is nobody's business.
    NotGranted,
    /// Another reason.
    Because(String),
}

impl Named {
    /// Reads a URL. That of a file is a path, which no object store reads: it would wait for the other end of a pipe.
    pub(crate) fn url(url: &str) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|error| error.to_string())?;
        if url.scheme() != "file" {
            return Ok(Self::Object(url));
        }
        url.to_file_path().map(Self::File).map_err(|()| "it is no path of this machine".to_owned())
    }

    /// Reads a URL or a path.
    pub(crate) fn url_or_path(text: &str) -> Result<Self, String> {
        if text.contains("://") { Self::url(text) } else { Ok(Self::File(PathBuf::from(text))) }
    }

    /// Returns the name of the file or object, without its folder.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::File(path) => path.file_name()?.to_str(),
            Self::Object(url) => url.path_segments()?.next_back(),
        }
    }

    /// Returns it if it is in one of these directories, or below one of these URLs. A path is followed to its end before
    /// it is compared, so that no link leads out of a directory.
    pub(crate) fn granted_by(self, grants: &[String]) -> Result<Self, Refusal> {
        let grants = grants.iter().filter_map(|grant| Self::url_or_path(grant).ok());
        match self {
            Self::File(path) => {
                let directories =
                    grants.filter_map(|grant| if let Self::File(path) = grant { Some(path) } else { None });
                file(&path, &directories.collect::<Vec<_>>()).map(Self::File)
            }
            Self::Object(url) => {
                let mut urls = grants.filter_map(|grant| if let Self::Object(url) = grant { Some(url) } else { None });
                if urls.any(|grant| is_below(&url, &grant)) { Ok(Self::Object(url)) } else { Err(Refusal::NotGranted) }
            }
        }
    }
}

fn file(path: &Path, directories: &[PathBuf]) -> Result<PathBuf, Refusal> {
    let granted: Vec<PathBuf> = directories.iter().filter_map(|directory| directory.canonicalize().ok()).collect();
    if granted.is_empty() {
        return Err(Refusal::NotGranted);
    }
    match path.canonicalize() {
        Ok(real) if granted.iter().any(|directory| real.starts_with(directory)) => Ok(real),
        // What is wrong is only told of a path that does not leave a granted directory.
        Err(error) if stays_within(path, directories.iter().chain(&granted)) => {
            Err(Refusal::Because(error.to_string()))
        }
        _ => Err(Refusal::NotGranted),
    }
}

/// Whether a path leads into one of these directories, as it is written.
fn stays_within<'d>(path: &Path, mut directories: impl Iterator<Item = &'d PathBuf>) -> bool {
    let absolute = |path: &Path| path::absolute(path).ok();
    let Some(whole) = absolute(path) else { return false };
    let goes_up = path.components().any(|component| component == Component::ParentDir);
    !goes_up && directories.any(|directory| absolute(directory).is_some_and(|directory| whole.starts_with(directory)))
}

fn is_below(url: &Url, grant: &Url) -> bool {
    let directory = grant.path().trim_end_matches('/');
    let same_store = (url.scheme(), url.host(), url.port()) == (grant.scheme(), grant.host(), grant.port());
    same_store && url.path().strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_granted(url: &str, grant: &str) -> bool {
        Named::url_or_path(url).unwrap().granted_by(&[grant.to_owned()]).is_ok()
    }

    #[test]
    fn urls_are_compared_by_whole_segments() {
        for (url, expected) in [
            ("s3://bucket/a/b.wasm", true),
            ("s3://bucket/a", true),
            ("s3://bucket/ab.wasm", false),
            ("s3://bucket/a/../b.wasm", false),
            ("s3://bucket/a/%2e%2e/b.wasm", false),
            ("s3://other/a/b.wasm", false),
            ("gs://bucket/a/b.wasm", false),
            ("s3://bucket:1/a/b.wasm", false),
        ] {
            assert_eq!(is_granted(url, "s3://bucket/a"), expected, "{url}");
            assert_eq!(is_granted(url, "s3://bucket/a/"), expected, "{url}");
        }
        assert!(is_granted("s3://bucket/any", "s3://bucket"));
    }

    #[test]
    fn a_directory_is_granted_by_its_path_and_by_its_url() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.wasm");
        std::fs::write(&file, "").unwrap();
        let (path, url) = (directory.path().display().to_string(), Url::from_file_path(directory.path()).unwrap());
        for grant in [&path, url.as_str()] {
            assert!(is_granted(&file.display().to_string(), grant));
            assert!(is_granted(Url::from_file_path(&file).unwrap().as_str(), grant));
        }
        assert!(!is_granted(&file.display().to_string(), &format!("{path}/other")));
    }

    #[test]
    fn whether_a_path_exists_that_is_not_granted_is_not_told() {
        let directory = tempfile::tempdir().unwrap();
        let grants = [directory.path().display().to_string()];
        let up = "../".repeat(40);
        for path in
            ["/no/such/file", "/etc/passwd", "no/such/file", &format!("{up}no/such"), &format!("{up}etc/passwd")]
        {
            let refusal = Named::url_or_path(path).unwrap().granted_by(&grants).unwrap_err();
            assert!(matches!(refusal, Refusal::NotGranted), "{path}: {refusal:?}");
        }
        let missing = directory.path().join("missing").display().to_string();
        let refusal = Named::url_or_path(&missing).unwrap().granted_by(&grants).unwrap_err();
        assert!(matches!(refusal, Refusal::Because(_)), "{refusal:?}");
    }
}
