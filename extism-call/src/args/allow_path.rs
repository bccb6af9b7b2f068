use std::str::FromStr;

/// A directory that the plug-in may access: `[ro:]LOCAL[:PLUGIN]`, where `::` in LOCAL means a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowPath {
    /// The directory, with the prefix `ro:` if it is read-only, as in manifests.
    pub(crate) local: String,
    /// The path under which the plug-in sees it.
    pub(crate) plugin: String,
}

impl FromStr for AllowPath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let directory = text.strip_prefix("ro:").unwrap_or(text);
        let mode = &text[..text.len() - directory.len()];
        let drive = if cfg!(windows) { drive_length(directory) } else { 0 };
        let (local, plugin) = match separator(&directory[drive..]) {
            Some(colon) => (&directory[..drive + colon], &directory[drive + colon + 1..]),
            None => (directory, ""),
        };
        let told = local.len() < directory.len();
        let local = local.replace("::", ":");
        let plugin = if told { plugin } else { local.as_str() };
        match (local.as_str(), plugin) {
            ("", _) => Err("the directory is missing; expected [ro:]LOCAL[:PLUGIN]"),
            (_, "") => Err("the path that the plug-in sees is empty; expected [ro:]LOCAL[:PLUGIN]"),
            _ => Ok(Self { local: format!("{mode}{local}"), plugin: plugin.to_owned() }),
        }
    }
}

/// The position of the first colon that is not doubled.
fn separator(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find(':')?;
        if !text[at + 1..].starts_with(':') {
            return Some(at);
        }
        at += 2;
    }
}

/// The length of a drive letter with its colon, which does not separate the paths.
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
    fn two_colons_are_one_of_the_directorys_name() {
        assert_eq!(parsed("a::b"), Some(paths("a:b", "a:b")));
        assert_eq!(parsed("a::b:/data"), Some(paths("a:b", "/data")));
        assert_eq!(parsed("ro:a::::b:c::d"), Some(paths("ro:a::b", "c::d")));
        assert_eq!(parsed("a:::/data"), Some(paths("a:", "/data")));
        assert_eq!(parsed("::"), Some(paths(":", ":")));
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
