//! The official runtime: libextism 1.41 as the Extism project builds it, since the crate needs a newer compiler than the
//! rest of the repository. A program in C, `official/peer.c`, calls its functions in a process of its own and takes turns
//! with the peers of this process.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use extism_benches::large;
use peers_work::{Result, Start, TIMEOUT, Work, wire};
use serde_json::json;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/official");

/// The program, and the folder with what it is given.
struct Program {
    path: PathBuf,
    directory: PathBuf,
}

/// Returns the program, and builds it first; `None` if it cannot be built here.
fn program() -> Result<Option<&'static Program>> {
    static BUILT: OnceLock<Option<Program>> = OnceLock::new();
    if let Some(program) = BUILT.get() {
        return Ok(program.as_ref());
    }
    let target = Path::new(FOLDER).join("target");
    let status = Command::new(Path::new(FOLDER).join("build")).arg(&target).status()?;
    let directory = target.join("work");
    fs::create_dir_all(&directory)?;
    // A separate folder, since wasmtime removes files that it does not know.
    let cache = format!("[cache]\ndirectory = {:?}\n", directory.join("code"));
    fs::write(directory.join("cache.toml"), cache)?;
    if !status.success() {
        eprintln!("extism 1.41 cannot be built here (see `official/build`), so its column stays empty");
    }
    let program = status.success().then(|| Program { path: target.join("peer"), directory });
    Ok(BUILT.get_or_init(|| program).as_ref())
}

/// Returns a command of the program for this work; `None` if the program cannot be built.
pub fn command(work: Work) -> Result<Option<Command>> {
    let work = work.without_headroom();
    let Some(program) = program()? else { return Ok(None) };
    provide(program, work)?;
    let mut command = Command::new(&program.path);
    command.env("PEERS_DIRECTORY", &program.directory);
    Ok(Some(command))
}

/// Writes the files of a work.
fn provide(program: &Program, work: Work) -> Result<()> {
    let file = |ending: &str| program.directory.join(format!("{work}.{ending}"));
    fs::write(file("input"), work.input())?;
    match work {
        Work::Compile | Work::CompileEndless | Work::Load => fs::write(file("plugin"), large::module()?)?,
        Work::Call { timeout: true, .. } => {
            fs::write(file("wasm"), work.wasm())?;
            let manifest = json!({ "wasm": [{ "path": file("wasm") }], "timeout_ms": TIMEOUT.as_millis() as u64 });
            fs::write(file("plugin"), manifest.to_string())?;
        }
        _ => fs::write(file("plugin"), work.wasm())?,
    }
    Ok(())
}

/// Prepares work; `None` if the program cannot be built, or the work is one of the Rust API alone.
pub fn prepare(work: Work) -> Result<Option<Start>> {
    let work = work.without_headroom();
    if let Work::Typed(_) | Work::Pool(_) = work {
        return Ok(None);
    }
    let (Some(command), Some(program)) = (command(work)?, program()?) else { return Ok(None) };
    let socket = program.directory.join("socket");
    serve(command, &socket)?;
    Ok(Some(Box::new(move || wire::connect(&socket, work))))
}

/// Starts the process once. It ends with this one: it reads an input that is closed then.
fn serve(mut command: Command, socket: &Path) -> Result<()> {
    static PROCESS: OnceLock<Child> = OnceLock::new();
    if PROCESS.get().is_some() {
        return Ok(());
    }
    // That of another run.
    let _ = fs::remove_file(socket);
    let mut child = command.arg("serve").arg(socket).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output of the process")?).read_line(&mut line)?;
    if line.trim_end() != "ready" {
        return Err(format!("the process of extism 1.41 says `{}` instead of `ready`", line.trim_end()).into());
    }
    PROCESS.get_or_init(|| child);
    Ok(())
}
