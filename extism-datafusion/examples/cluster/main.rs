//! A Ballista cluster of one scheduler and two executors, as processes on this machine, that runs a query with functions
//! of plug-ins in both of its stages, and compares the result with that of the same functions in native Rust.
//!
//! ```console
//! $ cargo run --example cluster                     # the query
//! $ cargo run --example cluster -- --kill           # an executor is killed in the middle
//! $ cargo run --example cluster -- --kill --after 5 # later: when it has written five parts of the first stage
//! $ cargo run --example cluster -- --start          # how long a query with 20 functions takes to start
//! ```
//!
//! The scheduler runs no WebAssembly: it has no engine. Each executor fetches and compiles a module once, under limits of
//! its own. The module in C is small and goes with the plan; the one in Rust is put into an object store, here a folder, and
//! fetched from there by its SHA-256.

mod data;
mod functions;
mod node;
mod processes;
mod query;
mod start;

use std::{error::Error, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

/// Errors end the example, and are shown.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Nothing here takes longer, or it hangs.
const TIME_LIMIT: Duration = Duration::from_mins(4);

/// Runs a query with functions of plug-ins on a Ballista cluster of three processes.
#[derive(Debug, Parser)]
struct Arguments {
    /// Kill an executor (SIGKILL) while the query runs.
    #[arg(long)]
    kill: bool,
    /// With `--kill`: when that executor has written so many parts of the first stage.
    #[arg(long, default_value_t = 1)]
    after: usize,
    /// Measure the start of a query with 20 functions, instead of running the query.
    #[arg(long, conflicts_with = "kill")]
    start: bool,
    /// The rows of each of the 16 Parquet files.
    #[arg(long, default_value_t = 20_000)]
    rows: usize,
    #[command(subcommand)]
    node: Option<Node>,
}

/// What the example starts of itself.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
enum Node {
    /// The scheduler. It prints its port.
    Scheduler,
    /// An executor.
    Executor {
        /// What its lines begin with.
        name: String,
        /// The scheduler's port.
        scheduler: u16,
        /// The folder of its shuffle files.
        work: PathBuf,
        /// The folder of its compiled modules.
        cache: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let run = async {
        match &arguments.node {
            Some(Node::Scheduler) => node::scheduler().await,
            Some(Node::Executor { name, scheduler, work, cache }) => {
                node::executor(name, *scheduler, work, cache).await
            }
            None => tokio::time::timeout(TIME_LIMIT, parent(&arguments)).await?,
        }
    };
    let result = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn parent(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    if arguments.start {
        return start::measure(folder.path()).await;
    }
    let kill = arguments.kill.then_some(arguments.after);
    query::run(folder.path(), arguments.rows, kill).await
}
