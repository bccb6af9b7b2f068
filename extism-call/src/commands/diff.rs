//! `extism-call diff OLD NEW`.

use extism_interface::diff::{self, Bump, Change, Diff};

use crate::{
    args::DiffArgs,
    description,
    failure::{Failure, Status},
    output,
    style::{Style, printable},
};

/// Prints what a change breaks; fails if it breaks something.
pub(super) fn diff(args: &DiffArgs) -> Result<(), Failure> {
    let read = |path| description::read(path, None).map_err(|failure| Failure { status: Status::Call, ..failure });
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let diff = diff::diff(&old, &new);
    output::write_text(&render(&diff, Style::of_stdout()))?;
    match (diff.breaks_plugins.is_empty(), diff.breaks_hosts.is_empty()) {
        (true, true) => Ok(()),
        (plugins, hosts) => {
            let whom = match (plugins, hosts) {
                (false, false) => "plug-ins and hosts",
                (false, true) => "plug-ins",
                _ => "hosts",
            };
            let cause = format!("the new version breaks {whom} of the old one");
            Err(Failure { status: Status::Load, cause, details: Vec::new() })
        }
    }
}

fn render(diff: &Diff, style: Style) -> String {
    let mut text = String::new();
    let parts = [
        ("breaks plug-ins of the old version", &diff.breaks_plugins),
        ("breaks hosts of the old version", &diff.breaks_hosts),
        ("breaks neither", &diff.compatible),
    ];
    for (title, changes) in parts {
        if !changes.is_empty() {
            text.push_str(&style.heading(title));
            text.push('\n');
            text.extend(changes.iter().map(line));
        }
    }
    text.push_str(&summary(diff));
    text
}

fn line(change: &Change) -> String {
    format!("  - {}\n", printable(&change.to_string()))
}

fn summary(diff: &Diff) -> String {
    let needs = match diff.bump {
        Bump::None => return "nothing has changed\n".to_owned(),
        bump => format!("needs a new {bump} version"),
    };
    match (&diff.versions, diff.wrong_version()) {
        (Some((old, new)), Some(needed)) => format!("{needs}: {needed} or later after {old}, not {new}\n"),
        (Some((old, new)), None) => format!("{needs}, as {new} is after {old}\n"),
        (None, _) => format!("{needs}\n"),
    }
}
