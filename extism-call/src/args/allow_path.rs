use std::str::FromStr;

/// A directory that the plug-in may reach: `[ro:]LOCAL[:PLUGIN]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowPath {
    /// The directory, with `ro:` in front where it is read-only, as manifests write it.
    pub(crate) local: String,
    /// Where the plug-in sees it.
    pub(crate) plugin: String,
}

impl FromStr for AllowPath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let directory = text.strip_prefix("ro:").unwrap_or(text);
        let mode = &text[..text.len() - directory.len()];
        let drive = if cfg!(windows) { drive_length(directory) } else { 0 };
        let (local, plugin) = match directory[drive..].find(':') {
            Some(colon) => (&directory[..drive + colon], &directory[drive + colon + 1..]),
            None => (directory, directory),
        };
        match (local, plugin) {
            ("", _) => Err("the directory is missing; [ro:]LOCAL[:PLUGIN] is expected"),
            (_, "") => Err("the path that the plug-in sees is empty; [ro:]LOCAL[:PLUGIN] is expected"),
            _ => Ok(Self { local: format!("{mode}{local}"), plugin: plugin.to_owned() }),
        }
    }
}

/// The length of a drive letter and its colon, which don't separate the paths.
fn drive_length(path: &str) -> usize {
    match path.as_bytes() {
        [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(String, String)> {
        text.parse::<AllowPath>().ok().map(|path| (path.local, path.plugin))
    }

    fn paths(local: &str, plugin: &str) -> (String, String) {
        (local.into(), plugin.into())
    }

    #[test]
    fn the_plug_in_sees_a_directory_as_it_is_called_unless_told() {
        assert_eq!(parsed("data"), Some(paths("data", "data")));
        assert_eq!(parsed("data:/data"), Some(paths("data", "/data")));
        assert_eq!(parsed("ro:data"), Some(paths("ro:data", "data")));
        assert_eq!(parsed("ro:data:/a:b"), Some(paths("ro:data", "/a:b")));
    }

    #[test]
    fn both_paths_have_to_be_there() {
        for wrong in ["", ":", ":/data", "data:", "ro:", "ro::/data"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_drive_letter_is_part_of_its_path() {
        assert_eq!(drive_length(r"C:\data:/data"), 2);
        assert_eq!(drive_length("c:/data"), 2);
        assert_eq!(drive_length("c:data"), 0);
        if cfg!(windows) {
            assert_eq!(parsed(r"ro:C:\data:/data"), Some(paths(r"ro:C:\data", "/data")));
        }
    }
}
