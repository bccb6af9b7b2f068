//! A SQL shell on embedded DataFusion, in which plug-ins are functions.
//!
//! ```console
//! $ cargo run --example sql -- -c "CREATE FUNCTION score(text VARCHAR, weight DOUBLE) RETURNS DOUBLE \
//!     LANGUAGE wasm AS 'plugins/rows_rust.wasm'; SELECT score('Hello', 2)"
//! ```
//!
//! Without `-c`, it reads statements from its standard input, each up to a semicolon.

use std::{
    io::{BufRead, IsTerminal, Write, stdin, stdout},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;
use datafusion::{
    arrow::{array::RecordBatch, util::pretty::pretty_format_batches},
    error::DataFusionError,
    prelude::{SessionConfig, SessionContext},
    sql::parser::DFParser,
};
use extism_datafusion::{ExecutorPolicy, Modules, PluginFunctionFactory, PluginStore};

/// A SQL shell in which plug-ins are functions.
#[derive(Parser)]
struct Options {
    /// Runs these statements, and ends.
    #[arg(short)]
    command: Option<String>,
    /// Ends after the first error.
    #[arg(long)]
    strict: bool,
    /// The time that a call of a plug-in may take, in milliseconds.
    #[arg(long, default_value_t = 5000)]
    timeout: u64,
    /// A directory whose files table functions may be given; repeatable.
    #[arg(long, default_value = ".")]
    files: Vec<String>,
    /// The partitions of a query.
    #[arg(long)]
    partitions: Option<usize>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether all statements succeeded.
async fn run(options: &Options) -> Result<bool, Box<dyn std::error::Error>> {
    let mut policy = ExecutorPolicy::new().with_timeout(Duration::from_millis(options.timeout));
    for directory in &options.files {
        policy = policy.with_files(directory);
    }
    let store = PluginStore::new(Modules::new(policy)?);
    let mut config = SessionConfig::new().with_information_schema(true);
    if let Some(partitions) = options.partitions {
        config = config.with_target_partitions(partitions);
    }
    let session =
        SessionContext::new_with_config(config).with_function_factory(Arc::new(PluginFunctionFactory::new(store)));
    if let Some(command) = &options.command {
        return Ok(statements(&session, command, options.strict).await);
    }
    let interactive = stdin().is_terminal();
    let (mut text, mut succeeded) = (String::new(), true);
    prompt(interactive, "> ")?;
    for line in stdin().lock().lines() {
        text.push_str(&line?);
        text.push('\n');
        if text.trim_end().ends_with(';') {
            succeeded &= statements(&session, &text, options.strict).await;
            text.clear();
            if options.strict && !succeeded {
                return Ok(false);
            }
        }
        prompt(interactive, if text.trim().is_empty() { "> " } else { "  " })?;
    }
    Ok(succeeded & (text.trim().is_empty() || statements(&session, &text, options.strict).await))
}

fn prompt(interactive: bool, text: &str) -> std::io::Result<()> {
    if interactive {
        print!("{text}");
    }
    stdout().flush()
}

async fn statements(session: &SessionContext, text: &str, strict: bool) -> bool {
    let parsed = match DFParser::parse_sql(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            eprintln!("error: {}", error.strip_backtrace());
            return false;
        }
    };
    let mut succeeded = true;
    for statement in parsed {
        let started = Instant::now();
        if let Err(error) = statement_of(session, statement, started).await {
            eprintln!("error: {}", error.strip_backtrace());
            succeeded = false;
            if strict {
                break;
            }
        }
    }
    succeeded
}

async fn statement_of(
    session: &SessionContext,
    statement: datafusion::sql::parser::Statement,
    started: Instant,
) -> Result<(), DataFusionError> {
    let plan = session.state().statement_to_plan(statement).await?;
    let batches = session.execute_logical_plan(plan).await?.collect().await?;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if batches.iter().any(|batch| batch.num_columns() > 0) {
        println!("{}", pretty_format_batches(&batches)?);
    }
    println!("{rows} rows, {:.3} s", started.elapsed().as_secs_f64());
    Ok(())
}
