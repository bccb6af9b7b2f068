//! `extism-call inspect FILE`.

mod json;
mod text;

use crate::{args::InspectArgs, failure::Failure, output, plugin, progress::Progress, style::Style};

/// Shows a plug-in's exports, its imports, and what it needs from its host.
pub(super) fn inspect(args: &InspectArgs) -> Result<(), Failure> {
    let progress = Progress::default();
    let inspection = plugin::builder(&args.file, &args.links, None, &progress)?.inspect();
    progress.clear();
    let inspection = inspection.map_err(|error| Failure::load(&error))?;
    let text = if args.json { json::render(&inspection) } else { text::render(&inspection, Style::of_stdout()) };
    output::write_text(&text).map(|_| ())
}
