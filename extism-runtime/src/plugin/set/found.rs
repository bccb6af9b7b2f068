//! The plug-ins of a directory, by the names of its files, before anything is loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use super::files::Files;
use crate::{
    Error, Manifest, Wasm,
    bounded::Readable,
    error::SetProblem,
    manifest::{ManifestError, format_of_name},
};

/// The largest manifest that is read. Modules can be in it, as base64 text.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// The manifests that a directory may have in a plug-in's own directory.
const OWN_MANIFESTS: [&str; 2] = ["plugin.toml", "plugin.json"];

/// A plug-in's file, and what is known before its modules are loaded.
#[derive(Debug)]
pub(in crate::plugin) struct Found {
    pub(in crate::plugin) name: String,
    /// The manifest, or the module.
    pub(in crate::plugin) file: PathBuf,
    /// The manifest, with paths that start from the right directory.
    pub(in crate::plugin) manifest: Result<Manifest, SetProblem>,
    /// The files whose content makes up the plug-in: `file`, and those that the manifest names.
    pub(in crate::plugin) files: Vec<PathBuf>,
    /// How `file` looked before it was read.
    seen: Files,
}

/// How the files of a directory become plug-ins.
#[derive(Clone, Copy)]
pub(in crate::plugin) struct Rules<'a> {
    /// Where relative paths in manifests start; the directory of each manifest if `None`.
    pub(in crate::plugin) base: Option<&'a Path>,
    /// The files that a manifest named when it could last be read.
    pub(in crate::plugin) known: &'a dyn Fn(&Path) -> Vec<PathBuf>,
}

/// A file that may be a plug-in.
struct Candidate {
    name: String,
    file: PathBuf,
    /// What is wrong with it, other than its content.
    problem: Option<SetProblem>,
}

/// Finds the plug-ins of a directory, sorted by name. Fails only if the directory itself cannot be read.
pub(in crate::plugin) fn plugins(directory: &Path, rules: Rules<'_>) -> io::Result<Vec<Found>> {
    let mut by_name = BTreeMap::<String, Vec<Found>>::new();
    for candidate in candidates(directory)? {
        let found = Found::read(candidate, rules);
        by_name.entry(found.name.clone()).or_default().push(found);
    }
    let claimed = claimed(by_name.values().flatten(), rules);
    let found = by_name.into_values().filter_map(|same| one_of(same, &claimed));
    Ok(found.collect())
}

/// Reads what a single file holds.
pub(super) fn plugin(name: &str, file: &Path, rules: Rules<'_>) -> Found {
    let problem = match fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => None,
        Ok(_) => Some(SetProblem::NotAFile(file.to_owned())),
        Err(error) => Some(SetProblem::File(error)),
    };
    Found::read(Candidate { name: name.to_owned(), file: file.to_owned(), problem }, rules)
}

/// Returns the plug-in's name for a file: its name without the extension. `None` if that is not UTF-8.
pub(super) fn name_of(file: &Path) -> Option<String> {
    file.file_stem().and_then(OsStr::to_str).map(str::to_owned)
}

impl Found {
    fn read(candidate: Candidate, rules: Rules<'_>) -> Self {
        let Candidate { name, file, problem } = candidate;
        let seen = Files::look(std::slice::from_ref(&file));
        let manifest = match problem {
            Some(problem) => Err(problem),
            None if format_of_name(&file).is_none() => Ok(Manifest::new([Wasm::file(&file)])),
            None => read_manifest(&file, rules.base),
        };
        let mut files = vec![file.clone()];
        match &manifest {
            Ok(manifest) => files.extend(modules(manifest)),
            Err(_) => files.extend((rules.known)(&file)),
        }
        files.sort();
        files.dedup();
        Self { name, file, manifest, files, seen }
    }

    /// Returns whether the file was touched since it was read, so that it may say something else by now.
    pub(super) fn is_outdated(&self) -> bool {
        matches!(self.manifest, Ok(_) | Err(SetProblem::Plugin(_))) && !self.seen.are_untouched()
    }

    /// Reads the file again.
    pub(super) fn again(&self, base: Option<&Path>) -> Self {
        let known = |file: &Path| self.files.iter().filter(|known| *known != file).cloned().collect();
        plugin(&self.name, &self.file, Rules { base, known: &known })
    }

    fn is_manifest(&self) -> bool {
        format_of_name(&self.file).is_some()
    }
}

fn read_manifest(file: &Path, base: Option<&Path>) -> Result<Manifest, SetProblem> {
    let unreadable = |source| Error::from(ManifestError::Read { path: file.to_owned(), source });
    let read = Manifest::from_file_up_to(file, MAX_MANIFEST_BYTES, Readable::Regular);
    let mut manifest = read.map_err(|error| SetProblem::Plugin(error.into()))?;
    let own = file.parent().unwrap_or_else(|| Path::new(""));
    let base = base.unwrap_or(own);
    manifest.set_base(base).map_err(|error| SetProblem::Plugin(unreadable(error)))?;
    Ok(manifest)
}

/// Returns the files of a manifest's modules.
fn modules(manifest: &Manifest) -> impl Iterator<Item = PathBuf> {
    manifest.wasm.iter().filter_map(|module| match module {
        Wasm::File { path, .. } => Some(path.clone()),
        _ => None,
    })
}

/// Returns what manifests name: such a module is not a plug-in of its own.
fn claimed<'f>(found: impl Iterator<Item = &'f Found>, rules: Rules<'_>) -> BTreeSet<PathBuf> {
    let manifests = found.filter(|found| found.is_manifest());
    let named = manifests.flat_map(|found| match &found.manifest {
        Ok(manifest) => modules(manifest).collect(),
        Err(_) => (rules.known)(&found.file),
    });
    named.map(|path| real(&path)).collect()
}

/// Returns the path without links, if the file can be reached.
pub(super) fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// Returns the plug-in with a name: the only file that has it, not counting modules that belong to manifests.
fn one_of(mut same: Vec<Found>, claimed: &BTreeSet<PathBuf>) -> Option<Found> {
    let unreadable = same.iter().any(|found| found.is_manifest() && found.manifest.is_err());
    // A manifest that cannot be read probably names the module beside it.
    same.retain(|found| found.is_manifest() || !(unreadable || claimed.contains(&real(&found.file))));
    same.sort_by(|a, b| a.file.cmp(&b.file));
    let several = same.len() > 1;
    let files: Vec<_> = same.iter().map(|found| found.file.clone()).collect();
    let all = same.iter().flat_map(|found| found.files.clone()).collect();
    let mut found = same.into_iter().next()?;
    if several {
        found.manifest = Err(SetProblem::Duplicate(files));
        found.files = all;
    }
    Some(found)
}

/// Lists the files that may be plug-ins.
fn candidates(directory: &Path) -> io::Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let file_name = path.file_name().unwrap_or_default();
        // Editors and tools that replace files write them under such a name first.
        if !file_name.as_encoded_bytes().starts_with(b".") {
            add_candidates(&path, &mut candidates);
        }
    }
    Ok(candidates)
}

fn add_candidates(path: &Path, candidates: &mut Vec<Candidate>) {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let before = candidates.len();
            candidates.extend(OWN_MANIFESTS.iter().filter_map(|name| own_manifest(path, name)));
            if candidates.len() == before && has_known_extension(path) {
                candidates.push(Candidate::new(path.file_stem(), path, Some(SetProblem::NotAFile(path.to_owned()))));
            }
        }
        _ if !has_known_extension(path) && (path.extension().is_some() || path.exists()) => {}
        Ok(metadata) => {
            let problem = (!metadata.is_file()).then(|| SetProblem::NotAFile(path.to_owned()));
            candidates.push(Candidate::new(path.file_stem(), path, problem));
        }
        // It was removed after the directory was listed.
        Err(_) if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) => {}
        Err(error) => candidates.push(Candidate::new(path.file_stem(), path, Some(SetProblem::File(error)))),
    }
}

/// Returns the manifest with this name in a plug-in's own directory, if there is one.
fn own_manifest(directory: &Path, name: &str) -> Option<Candidate> {
    let file = directory.join(name);
    let problem = match fs::metadata(&file) {
        Ok(metadata) if metadata.is_file() => None,
        Ok(_) => Some(SetProblem::NotAFile(file.clone())),
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(&file).is_err() => return None,
        // One of both is enough to say that the directory cannot be searched.
        Err(error) if name != OWN_MANIFESTS[0] && error.kind() == io::ErrorKind::PermissionDenied => return None,
        Err(error) => Some(SetProblem::File(error)),
    };
    Some(Candidate::new(directory.file_name(), &file, problem))
}

impl Candidate {
    fn new(name: Option<&OsStr>, file: &Path, problem: Option<SetProblem>) -> Self {
        let name = name.unwrap_or_default();
        match name.to_str() {
            Some(name) => Self { name: name.to_owned(), file: file.to_owned(), problem },
            None => Self {
                name: name.as_encoded_bytes().escape_ascii().to_string(),
                file: file.to_owned(),
                problem: Some(SetProblem::Name),
            },
        }
    }
}

/// Returns whether the file is a module or a manifest, by its name.
fn has_known_extension(path: &Path) -> bool {
    let is_module = |extension: &OsStr| ["wasm", "wat"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    format_of_name(path).is_some() || path.extension().is_some_and(is_module)
}
