//! A web server that runs untrusted plug-ins.
//!
//! ```text
//! cargo run --example server
//! curl -i localhost:8080/quote/sale --json '{"items": [{"article": "apple", "quantity": 3}]}'
//! curl -i localhost:8080/quote/endless --json '{"items": []}'
//! curl localhost:8080/metrics
//! ```
//!
//! The parts are in this package's library. Interrupt it, and it exits when all accepted requests have been served.

use std::{error::Error, io::Write as _, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;
use extism_example_server::{Figures, Options, Plugins, Prices, router};
use tokio::{net::TcpListener, signal};

/// Runs plug-ins that price carts.
#[derive(Parser)]
struct Arguments {
    /// Address to listen on; port 0 selects a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// List of plug-ins, a TOML file
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/plugins.toml"))]
    plugins: PathBuf,
    /// Database of prices; by default a temporary one
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Time that a call may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 500)]
    timeout: u64,
    /// Calls of one plug-in that may run at a time
    #[arg(long, value_name = "NUMBER", default_value_t = 32)]
    max_instances: usize,
    /// Time that a call waits for an instance, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 100)]
    max_wait: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let prices = Prices::open(arguments.prices.unwrap_or_else(|| folder.path().join("prices.redb")))?;
    prices.set([("apple", 50), ("bread", 320), ("coffee", 1290)])?;

    let mut options = Options::default();
    options.timeout = Duration::from_millis(arguments.timeout);
    options.max_instances = arguments.max_instances;
    options.max_wait = Duration::from_millis(arguments.max_wait);
    let plugins = Plugins::load(&arguments.plugins, &prices, options).await?;
    let figures = Figures::install()?;

    let listener = TcpListener::bind(arguments.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    axum::serve(listener, router(plugins, figures)).with_graceful_shutdown(interrupted()).await?;
    println!("all requests are served");
    Ok(())
}

/// Waits until the process is asked to exit.
async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        }
        return;
    }
    let _ = signal::ctrl_c().await;
}
