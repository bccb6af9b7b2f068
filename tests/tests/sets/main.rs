//! Sets of plug-ins: what is loaded from a directory, who gets which client, and how plug-ins are replaced.

mod bad;
mod calls;
mod loading;
mod reload;
mod reloadable;
mod storm;
mod watch;

use std::{
    fs,
    path::{Path, PathBuf},
};

use extism_runtime::{Error, Plugin, error::SetProblem, plugin_interface, set::PluginSet};
use extism_tests::{GIVE, environment, module, text};

/// What the plug-ins of these tests have.
#[plugin_interface]
trait Named {
    fn name(&mut self) -> String;
}

/// The same, with clients that can be shared.
#[plugin_interface]
trait SharedNamed {
    fn name(&self) -> String;
    async fn name_async(&self) -> String;
}

/// A plug-in that returns a text from its exports `name` and `name_async`.
fn named(answer: &str) -> String {
    module(&[
        &environment(&["alloc", "store_u8", "length", "output_set"]),
        &text(answer),
        GIVE,
        r#"(func (export "name") (export "name_async") (call $give (call $text)))"#,
    ])
}

/// A directory of plug-ins.
struct Directory(tempfile::TempDir);

impl Directory {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A directory with plug-ins that return their names.
    fn with(names: &[&str]) -> Self {
        let directory = Self::new();
        for name in names {
            directory.write(&format!("{name}.wat"), &named(name));
        }
        directory
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn join(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(&self, file: &str, content: &str) {
        let path = self.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes a file as editors do: under another name first.
    fn replace(&self, file: &str, content: &str) {
        let new = self.join(".new");
        fs::write(&new, content).unwrap();
        fs::rename(new, self.join(file)).unwrap();
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.join(file)).unwrap();
    }

    fn load(&self) -> PluginSet<NamedPlugin> {
        PluginSet::load(self.path()).unwrap()
    }
}

fn names<C>(set: &PluginSet<C>) -> Vec<String> {
    set.iter().map(|entry| entry.name().to_owned()).collect()
}

fn answer(set: &PluginSet<NamedPlugin>, name: &str) -> String {
    set.get(name).unwrap().name().unwrap()
}

/// The problem of a plug-in that cannot be used.
fn problem<T>(result: Result<T, Error>, check: impl FnOnce(&SetProblem) -> bool) {
    match result {
        Err(Error::Set(error)) => assert!(check(&error.problem), "{error}"),
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("no error"),
    }
}

/// Whether permissions apply to the process. If it may do everything with files, the test runs again as another user, and
/// that is it; or not at all, if the system does not let it.
#[cfg(unix)]
fn permissions_apply(test: &str) -> bool {
    use std::os::unix::{fs::PermissionsExt as _, process::CommandExt as _};

    let folder = Directory::new();
    let set_mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    folder.write("unreadable", "");
    set_mode(&folder.join("unreadable"), 0);
    if fs::read(folder.join("unreadable")).is_err() {
        return true;
    }
    // The program may be where the other user cannot reach it.
    let mut repeated = extism_tests::repeated(test);
    let program = folder.join("test");
    fs::copy(repeated.get_program(), &program).unwrap();
    for path in [folder.path(), &program] {
        set_mode(path, 0o755);
    }
    let mut again = std::process::Command::new(&program);
    again.args(repeated.args(["--color", "never"]).get_args()).current_dir("/").env("HOME", folder.path());
    match again.uid(65534).gid(65534).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
        Err(error) => eprintln!("skipped: this user may read every file, and cannot become another one: {error}"),
    }
    false
}

/// A plug-in is what it is without a typed client, too.
type Untyped = PluginSet<Plugin>;
