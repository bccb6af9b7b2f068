//! `extism-call snapshot FILE -o OUTPUT`.

use std::{fs, path::Path, time::Duration};

use extism_runtime::snapshot::Snapshot;

use crate::{
    args::SnapshotArgs,
    failure::{Failure, Status},
    input, output,
    style::printable,
};

/// Initializes a module, and writes the result.
pub(super) fn snapshot(args: &SnapshotArgs) -> Result<(), Failure> {
    let module = input::read(Path::new(&args.file), "the module")?;
    let mut snapshot = Snapshot::new().with_wasi(args.wasi);
    if let Some(name) = &args.init {
        snapshot = snapshot.with_function(name);
    }
    if let Some(millis) = args.timeout {
        snapshot = snapshot.with_timeout(Duration::from_millis(millis));
    }
    let file = printable(&args.file.to_string_lossy());
    let taken = snapshot.take(&module).map_err(|error| failure(&format!("cannot initialize {file}: {error}")))?;
    let path = args.output.display();
    fs::write(&args.output, &taken).map_err(|error| failure(&format!("cannot write {path}: {error}")))?;
    let text =
        format!("{}: {} bytes, initialized; {} before\n", printable(&path.to_string()), taken.len(), module.len());
    output::write_text(&text).map(|_| ())
}

fn failure(text: &str) -> Failure {
    let mut lines = text.lines().map(str::to_owned);
    let cause = lines.next().unwrap_or_default();
    Failure { status: Status::Load, cause, details: lines.collect() }
}
