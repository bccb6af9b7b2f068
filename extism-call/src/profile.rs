//! Profiles of calls.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{self, Path},
};

use extism_runtime::{
    PluginBuilder,
    profile::{FinishedProfile, GuestProfile},
};
use inferno::flamegraph;

use crate::{
    args::ProfileArgs,
    failure::{Failure, Status},
};

/// A profile that is being recorded, and where it goes.
pub(crate) struct Recording {
    args: ProfileArgs,
    profile: GuestProfile,
}

impl Recording {
    /// Creates a recording if one is wanted.
    pub(crate) fn new(args: ProfileArgs) -> Result<Option<Self>, Failure> {
        if let (Some(firefox), Some(flamegraph)) = (&args.firefox, &args.flamegraph)
            && path::absolute(firefox).ok() == path::absolute(flamegraph).ok()
        {
            let file = firefox.display();
            return Err(Failure::usage(format!("--profile and --flamegraph cannot both write {file}")));
        }
        let is_wanted = args.firefox.is_some() || args.flamegraph.is_some();
        Ok(is_wanted.then(|| Self { args, profile: GuestProfile::new() }))
    }

    /// Makes the plug-in's calls part of it.
    pub(crate) fn of(&self, builder: PluginBuilder) -> PluginBuilder {
        builder.with_guest_profile(&self.profile)
    }

    /// Writes the files.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let profile = self.profile.finish().map_err(|error| Failure::call(&error))?;
        if profile.samples() == 0 {
            let note = "the profile is empty: the calls took less than the two milliseconds between samples; --loop makes more\n";
            // If this fails, the note cannot be shown anywhere.
            let _ = io::stderr().write_all(note.as_bytes());
        }
        if let Some(path) = &self.args.firefox {
            write(path, |file| profile.write_firefox(file))?;
        }
        match &self.args.flamegraph {
            Some(path) if profile.samples() > 0 => write(path, |file| draw(&profile, file)),
            _ => Ok(()),
        }
    }
}

fn write(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<(), Failure> {
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::new(file);
        content(&mut file)?;
        file.flush()
    });
    written.map_err(|error| Failure {
        status: Status::Call,
        cause: format!("cannot write {}: {error}", path.display()),
        details: Vec::new(),
    })
}

/// Draws a flame graph.
fn draw(profile: &FinishedProfile, file: &mut BufWriter<File>) -> io::Result<()> {
    // In its input, `;` separates functions.
    let line = |stack: &extism_runtime::profile::Stack| {
        let functions: Vec<_> = stack.functions.iter().map(|name| name.replace(';', ",")).collect();
        format!("{} {}", functions.join(";"), stack.samples)
    };
    let lines: Vec<_> = profile.stacks().iter().filter(|stack| !stack.functions.is_empty()).map(line).collect();
    let mut options = flamegraph::Options::default();
    "Functions of the plug-in".clone_into(&mut options.title);
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), file).map_err(io::Error::other)
}
