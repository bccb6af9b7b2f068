//! Tests paths that plug-ins can redirect: allowed paths inside directories that a plug-in may write to, and
//! files that the host writes there.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, Wasm};

#[path = "../../../extism-runtime/src/fuzzing/wasi/guest.rs"]
#[allow(dead_code)]
pub(crate) mod guest;

use self::guest::{CONTENT, RESULT, TEXTS, VECTOR};

/// A plug-in that calls WASI.
pub(crate) struct Guest(pub(crate) Plugin);

/// A builder with these allowed paths, the first of which is the directory 3.
pub(crate) fn with_paths<'p>(paths: impl IntoIterator<Item = (&'p str, &'p Path)>) -> PluginBuilder {
    let mut manifest = Manifest::new([Wasm::data(guest::wat())]);
    for (number, (prefix, path)) in paths.into_iter().enumerate() {
        manifest = manifest.with_allowed_path(format!("{prefix}{}", path.display()), format!("/{number}"));
    }
    PluginBuilder::new(manifest).with_name("hostile").with_wasi(true)
}

impl Guest {
    fn new<'p>(paths: impl IntoIterator<Item = (&'p str, &'p Path)>) -> Self {
        Self(with_paths(paths).build().expect("the plug-in builds"))
    }

    pub(crate) fn call(&mut self, function: &str, arguments: &[u64], texts: [&str; 2]) -> (u8, u32, Vec<u8>) {
        let input = guest::input(arguments, texts.map(str::as_bytes));
        let output: Vec<u8> = self.0.call(function, input).unwrap_or_else(|error| panic!("{function}: {error}"));
        let (errno, number, content) = guest::output(&output);
        (errno, number, content.to_vec())
    }

    fn rename(&mut self, directory: u64, from: &str, to: &str) {
        let [first, second] = TEXTS.map(|at| at as u64);
        let arguments = [directory, first, from.len() as u64, directory, second, to.len() as u64];
        assert_eq!(self.call("path_rename", &arguments, [from, to]).0, 0, "{from} -> {to}");
    }

    fn link(&mut self, target: &str, directory: u64, at: &str) {
        let [first, second] = TEXTS.map(|at| at as u64);
        let arguments = [first, target.len() as u64, directory, second, at.len() as u64];
        assert_eq!(self.call("path_symlink", &arguments, [target, at]).0, 0, "{target} <- {at}");
    }

    /// The descriptor of a file, or the errno.
    pub(crate) fn open(&mut self, directory: u64, path: &str) -> Result<u32, u8> {
        let open = [directory, 1, TEXTS[0] as u64, path.len() as u64, 0, 2, 0, 0, RESULT as u64];
        match self.call("path_open", &open, [path, ""]) {
            (0, descriptor, _) => Ok(descriptor),
            (errno, ..) => Err(errno),
        }
    }

    /// What a file holds, or the errno.
    fn read(&mut self, directory: u64, path: &str) -> Result<String, u8> {
        let descriptor = self.open(directory, path)?;
        let read = [u64::from(descriptor), VECTOR as u64, 1, RESULT as u64];
        let (errno, length, content) = self.call("fd_read", &read, ["", ""]);
        assert_eq!((errno, CONTENT > RESULT), (0, true));
        self.call("fd_close", &[u64::from(descriptor)], ["", ""]);
        Ok(String::from_utf8_lossy(&content[..length as usize]).into_owned())
    }

    /// Makes the next call run in another instance.
    fn trap(&mut self) {
        let error = self.0.call::<_, ()>("trap", ()).expect_err("a trap");
        assert!(matches!(error, Error::Trap { .. }), "{error}");
    }
}

/// `w`, which plug-ins may write to, with `w/cfg/file`; and `secret/file` beside it.
struct Place {
    _directory: tempfile::TempDir,
    writable: PathBuf,
    inner: PathBuf,
    secret: PathBuf,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let writable = directory.path().join("w");
        let (inner, secret) = (writable.join("cfg"), directory.path().join("secret"));
        for (path, text) in [(&inner, "allowed"), (&secret, "secret")] {
            fs::create_dir_all(path).expect("a directory");
            fs::write(path.join("file"), text).expect("a file");
        }
        Self { _directory: directory, writable, inner, secret }
    }
}

#[test]
fn a_directory_that_the_plugin_swaps_for_a_link_stays_the_one_that_was_granted() {
    for prefix in ["", "ro:"] {
        let place = Place::new();
        let (outer, inner) = (3, 4);
        let mut guest = Guest::new([("", &*place.writable), (prefix, &*place.inner)]);
        assert_eq!(guest.read(inner, "file"), Ok("allowed".to_owned()), "{prefix}");
        guest.rename(outer, "cfg", "moved");
        guest.link("../secret", outer, "cfg");
        guest.trap();
        assert_eq!(guest.read(inner, "file"), Ok("allowed".to_owned()), "{prefix}");
        // Another instance of the same plug-in.
        let mut other = Guest(guest.0.compiled().instantiate().expect("an instance"));
        assert_eq!(other.read(inner, "file"), Ok("allowed".to_owned()), "{prefix}");
    }
}

#[test]
fn a_directory_that_another_plugin_swaps_for_a_link_stays_the_one_that_was_granted() {
    let place = Place::new();
    let mut writer = Guest::new([("", &*place.writable)]);
    let mut reader = Guest::new([("ro:", &*place.inner)]);
    assert_eq!(reader.read(3, "file"), Ok("allowed".to_owned()));
    writer.rename(3, "cfg", "moved");
    writer.link("../secret", 3, "cfg");
    reader.trap();
    assert_eq!(reader.read(3, "file"), Ok("allowed".to_owned()));
}

/// The error of building a plug-in.
fn refused(builder: PluginBuilder) -> String {
    match builder.build() {
        Ok(_) => panic!("it was not refused"),
        Err(Error::Engine { context, source, .. }) => format!("{context}: {source}"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_directory_that_a_plugin_has_swapped_for_a_link_is_not_granted() {
    let place = Place::new();
    let mut writer = Guest::new([("", &*place.writable)]);
    writer.rename(3, "cfg", "moved");
    writer.link("../secret", 3, "cfg");
    drop(writer);
    let expected = format!(
        "cannot build plug-in `hostile`: cannot open the allowed path `{}`: a link in `{}`, to which plug-ins may \
         write, \
         leads out of that directory",
        place.inner.display(),
        fs::canonicalize(&place.writable).expect("a path").display()
    );
    for prefix in ["", "ro:"] {
        let text = refused(with_paths([(prefix, &*place.inner)]));
        assert!(text.starts_with(&expected), "{text}\n{expected}");
    }
    // Through the host's own links that lead there, and from below the link.
    let way = place.writable.with_file_name("way");
    symlink(&place.inner, &way).expect("a link");
    fs::create_dir(place.secret.join("deep")).expect("a directory");
    for path in [way.clone(), way.join("deep"), place.inner.join("deep"), place.writable.join("./cfg/../secret")] {
        let text = refused(with_paths([("ro:", &*path)]));
        assert!(text.contains("leads out of that directory"), "{}: {text}", path.display());
    }
    // The actual target is granted, under whatever name.
    let moved = place.writable.join("moved");
    fs::remove_file(&way).expect("it is a link");
    symlink(&moved, &way).expect("a link");
    for path in [&moved, &way] {
        assert_eq!(Guest::new([("ro:", &**path)]).read(3, "file"), Ok("allowed".to_owned()));
    }
}

#[test]
fn a_link_from_an_earlier_process_is_not_granted_beside_the_directory_it_lies_in() {
    let place = Place::new();
    fs::rename(&place.inner, place.writable.join("moved")).expect("it can be renamed");
    symlink("../secret", &place.inner).expect("a link");
    let text = refused(with_paths([("", &*place.writable), ("ro:", &*place.inner)]));
    assert!(text.contains("leads out of that directory"), "{text}");
}

#[test]
fn links_that_no_plugin_can_have_made_are_followed() {
    let place = Place::new();
    let way = place.writable.with_file_name("way");
    symlink(&place.secret, &way).expect("a link");
    assert_eq!(Guest::new([("ro:", &*way)]).read(3, "file"), Ok("secret".to_owned()));
}

#[test]
fn a_missing_directory_is_an_error_when_the_plugin_is_built() {
    let builder = with_paths([("ro:", Path::new("/no/such/directory"))]);
    match builder.compile() {
        Err(error) => {
            assert!(error.to_string().contains("cannot open the allowed path `/no/such/directory`"), "{error}")
        }
        Ok(_) => panic!("it was not refused"),
    }
    // A plug-in that does not use WASI has no use for it.
    let manifest = Manifest::new([Wasm::data("(module)")]).with_allowed_path("/no/such/directory", "/data");
    PluginBuilder::new(manifest).with_wasi(true).build().expect("it needs no directories");
}

#[test]
fn dumps_are_for_their_owner_and_follow_no_links() {
    let place = Place::new();
    let victim = place.secret.join("file");
    let (core, memory) = (place.writable.join("core"), place.inner.join("memory"));
    let build = || {
        let builder = with_paths([("", &*place.writable)]).with_coredump(&core).with_memdump(&memory);
        Guest(builder.build().expect("the plug-in builds"))
    };
    let mut guest = build();
    guest.trap();
    for dump in [&core, &memory] {
        assert_eq!(fs::metadata(dump).expect("a dump").mode() & 0o7777, 0o600, "{}", dump.display());
    }
    // A file that others could read is replaced by another one.
    fs::set_permissions(&core, fs::Permissions::from_mode(0o644)).expect("the mode can be changed");
    let mut guest = build();
    guest.trap();
    assert_eq!(fs::metadata(&core).expect("a dump").mode() & 0o7777, 0o600);

    // A link in a dump's place, and one on the way to it, created by the plug-in before and after it is built.
    fs::remove_file(&core).expect("a dump");
    guest.link("../secret/file", 3, "core");
    guest.rename(3, "cfg", "moved");
    guest.link("../secret", 3, "cfg");
    guest.trap();
    assert!(fs::symlink_metadata(&core).expect("the link").is_symlink());
    build().trap();
    assert_eq!(fs::read_to_string(&victim).expect("the secret"), "secret");
    assert_eq!(fs::read_dir(&place.secret).expect("a directory").count(), 1);
    assert!(place.writable.join("moved/memory").exists(), "what was opened is where it has been moved to");
}
