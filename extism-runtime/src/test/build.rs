//! Builds the crates of plug-ins.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use crate::nearest::nearest;

/// A crate of a plug-in, which [`build`](Self::build) builds.
///
/// Cargo builds it in its own workspace's target directory, or the one that `CARGO_TARGET_DIR` names, and waits for other
/// builds there. The profile is `release`, because unoptimized modules are large and slow. Flags for the host's code
/// (`RUSTFLAGS`) are not passed on; `CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS` is.
///
/// ```no_run
/// use extism_runtime::{Plugin, test::PluginCrate};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let module = PluginCrate::new("my-plugin").with_features(["extra"]).build()?;
/// let plugin = Plugin::new(module)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[must_use = "a crate is built by `build`"]
pub struct PluginCrate {
    package: String,
    directory: PathBuf,
    target: String,
    profile: String,
    features: Vec<String>,
}

/// Why the crate of a plug-in could not be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A program could not be started.
    #[error("cannot run `{program}`: {message}")]
    #[non_exhaustive]
    Run {
        /// The program: `cargo`.
        program: String,
        /// The system's error.
        message: String,
    },
    /// The workspace has no such package.
    #[error("there is no package `{package}` in the workspace of {}{}", .directory.display(), of(nearest.as_deref(), packages))]
    #[non_exhaustive]
    UnknownPackage {
        /// The package.
        package: String,
        /// A directory in the workspace.
        directory: PathBuf,
        /// The package that was probably meant.
        nearest: Option<String>,
        /// The packages of the workspace.
        packages: Vec<String>,
    },
    /// The target is not installed.
    #[error(
        "cannot build `{package}`: the target `{target}` is not installed; with rustup, `rustup target add {target}` \
         installs it"
    )]
    #[non_exhaustive]
    MissingTarget {
        /// The package.
        package: String,
        /// The target.
        target: String,
    },
    /// Cargo failed.
    #[error("cannot build `{package}` for `{target}`:\n{output}")]
    #[non_exhaustive]
    Cargo {
        /// The package.
        package: String,
        /// The target.
        target: String,
        /// What cargo and the compiler said.
        output: String,
    },
    /// The package was built, but it has no module.
    #[error(
        "`{package}` has no WebAssembly module: its Cargo.toml needs `crate-type = [\"cdylib\"]` under `[lib]`, or it \
         needs a binary"
    )]
    #[non_exhaustive]
    NoModule {
        /// The package.
        package: String,
    },
}

/// What was built in this process.
static BUILT: Mutex<BTreeMap<PluginCrate, Result<PathBuf, BuildError>>> = Mutex::new(BTreeMap::new());

impl PluginCrate {
    /// Names a package of the workspace that the current directory is in, or the directory of a package if there is a
    /// slash or a dot in it.
    pub fn new(package: impl Into<String>) -> Self {
        let target = "wasm32-unknown-unknown".to_owned();
        let (directory, profile) = (PathBuf::from("."), "release".to_owned());
        Self { package: package.into(), directory, target, profile, features: Vec::new() }
    }

    /// Sets a directory in the workspace; paths of packages are relative to it. By default, the current directory, which
    /// is that of the package whose tests run.
    pub fn with_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// Sets the target instead of `wasm32-unknown-unknown`.
    pub fn with_target(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }

    /// Sets the profile instead of `release`.
    pub fn with_profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = profile.into();
        self
    }

    /// Enables features of the package.
    pub fn with_features(mut self, features: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.features.extend(features.into_iter().map(Into::into));
        self
    }

    /// Builds the crate, unless this process has built it before, and returns the path of its module.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such crate or it cannot be built.
    pub fn build(&self) -> Result<PathBuf, BuildError> {
        // Held while it is built, so that all tests of a process need one build.
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        built.entry(self.clone()).or_insert_with(|| self.build_now()).clone()
    }

    /// Builds the crate, as [`build`](Self::build) does, for tests.
    ///
    /// # Panics
    ///
    /// Panics with the error's text if it cannot be built.
    #[must_use]
    #[track_caller]
    pub fn built(&self) -> PathBuf {
        match self.build() {
            Ok(module) => module,
            Err(error) => panic!("{error}"),
        }
    }

    fn build_now(&self) -> Result<PathBuf, BuildError> {
        let manifest = self.find()?;
        let mut cargo = cargo();
        cargo.args(["build", "--message-format", "json-render-diagnostics", "--manifest-path"]).arg(&manifest);
        cargo.args(["--target", &self.target, "--profile", &self.profile]);
        if !self.features.is_empty() {
            cargo.args(["--features", &self.features.join(",")]);
        }
        let output = run(&mut cargo)?;
        if !output.status.success() {
            return Err(self.failed(&output));
        }
        module_of(&output.stdout, &manifest).ok_or_else(|| BuildError::NoModule { package: self.package.clone() })
    }

    /// Returns the package's Cargo.toml.
    fn find(&self) -> Result<PathBuf, BuildError> {
        if self.package.contains(['/', '\\', '.']) {
            return Ok(self.directory.join(&self.package).join("Cargo.toml"));
        }
        let output =
            run(cargo().args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&self.directory))?;
        if !output.status.success() {
            return Err(self.failed(&output));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
        let text = |package: &Value, field: &str| package[field].as_str().unwrap_or_default().to_owned();
        if let Some(package) = packages.iter().find(|package| package["name"] == self.package.as_str()) {
            return Ok(text(package, "manifest_path").into());
        }
        let packages: Vec<_> = packages.iter().map(|package| text(package, "name")).collect();
        let nearest = nearest(&self.package, packages.iter().map(String::as_str)).map(str::to_owned);
        let (package, directory) = (self.package.clone(), self.directory.clone());
        Err(BuildError::UnknownPackage { package, directory, nearest, packages })
    }

    fn failed(&self, output: &Output) -> BuildError {
        let (package, target) = (self.package.clone(), self.target.clone());
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        // E0463: the compiler finds no `core` or `std` for the target.
        if output.contains("E0463") && !is_installed(&self.target) {
            return BuildError::MissingTarget { package, target };
        }
        BuildError::Cargo { package, target, output }
    }
}

/// Returns whether the compiler has a standard library for a target.
fn is_installed(target: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output();
    let directory = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    directory.is_ok_and(|directory| !directory.is_empty() && Path::new(&directory).is_dir())
}

/// Returns cargo, without flags that are meant for the host's code, such as those that measure coverage.
fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    cargo
}

fn run(command: &mut Command) -> Result<Output, BuildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.output().map_err(|error| BuildError::Run { program, message: error.to_string() })
}

/// Finds the module of a package among cargo's messages, each of them a line of JSON.
fn module_of(messages: &[u8], manifest: &Path) -> Option<PathBuf> {
    let manifest = manifest.canonicalize().ok()?;
    let messages = messages.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let of_package = messages.filter(|message| {
        let path = message["manifest_path"].as_str().map(Path::new);
        path.and_then(|path| path.canonicalize().ok()).is_some_and(|path| path == manifest)
    });
    let modules = of_package.flat_map(|message| {
        let files = message["filenames"].as_array().cloned().unwrap_or_default();
        files.into_iter().filter_map(|file| file.as_str().map(PathBuf::from))
    });
    modules.into_iter().find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
}

/// The end of a message about an unknown package: what was meant, or what there is.
fn of(nearest: Option<&str>, packages: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => format!("; there are `{}`", packages.join("`, `")),
    }
}
