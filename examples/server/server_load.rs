//! Measures the server under load, on this machine's loopback: how many requests it serves per second, and
//! how long they take, first with plug-ins that respond, then also with one in ten that loops until its timeout.
//!
//! ```text
//! cargo run --release --example server_load
//! ```
//!
//! Server and clients share the machine's processors, so the figures are not an upper bound for the server.

use std::{
    error::Error,
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use extism_example_server::{Figures, Options, Plugins, Prices, router};
use hdrhistogram::Histogram;
use tokio::{net::TcpListener, runtime::Runtime};
use ureq::Agent;

/// Requests for a plug-in that responds.
const BODY: &str = r#"{"items": [{"article": "apple", "quantity": 3}]}"#;
/// Timeout of the plug-in that loops.
const TIMEOUT: Duration = Duration::from_millis(200);
/// Number of plug-ins that respond.
const ANSWERING: usize = 9;

type ClientResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measures the server under load.
#[derive(Parser)]
struct Arguments {
    /// Number of connections that send requests at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    connections: usize,
    /// Requests in each part, at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    requests: usize,
    /// Time of each part in seconds, at most
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u64,
}

fn main() -> ClientResult<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let prices = Prices::open(folder.path().join("prices.redb"))?;
    prices.set([("apple", 50)])?;
    let list = folder.path().join("plugins.toml");
    std::fs::write(&list, plugins())?;
    let mut options = Options::default();
    options.timeout = TIMEOUT;

    let runtime = Runtime::new()?;
    let address = runtime.block_on(async {
        let plugins = Plugins::load(&list, &prices, options).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            axum::serve(listener, router(plugins, Figures::install()?))
                .await
                .map_err(Box::<dyn Error + Send + Sync>::from)
        });
        Ok::<_, Box<dyn Error + Send + Sync>>(address)
    })?;

    println!("{:<42}{:>12}{:>10}{:>10}{:>10}", "", "requests/s", "p50", "p99", "p999");
    let all_answer = measure(&format!("http://{address}"), &arguments, 0)?;
    all_answer.print("9 plug-ins that answer");
    let one_loops = measure(&format!("http://{address}"), &arguments, arguments.connections.div_ceil(ANSWERING))?;
    one_loops.print("the same, while a tenth plug-in loops");
    println!("{} requests of the tenth ended at its timeout of {TIMEOUT:?}", one_loops.timeouts);
    Ok(())
}

/// A list of plug-ins: nine that respond, and one that does not.
fn plugins() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let answering = (0..ANSWERING).map(|n| format!("[p{n}]\nmodule = '{folder}/plugins/price_cart.wasm'\n"));
    answering.collect::<String>() + &format!("[endless]\nmodule = '{folder}/server/plugins/endless.wat'\n")
}

/// The measurements of some clients.
struct Measured {
    /// Times of the requests that were answered, in microseconds.
    times: Histogram<u64>,
    elapsed: Duration,
    timeouts: u64,
}

impl Measured {
    fn print(&self, what: &str) {
        let at = |quantile| format!("{:.2?}", Duration::from_micros(self.times.value_at_quantile(quantile)));
        let rate = f64::from(u32::try_from(self.times.len()).unwrap_or(u32::MAX)) / self.elapsed.as_secs_f64();
        println!("{what:<42}{rate:>12.0}{:>10}{:>10}{:>10}", at(0.5), at(0.99), at(0.999));
    }
}

/// Sends requests to the plug-ins that respond, and at the same time, on other connections, to the one that loops.
fn measure(server: &str, arguments: &Arguments, looping: usize) -> ClientResult<Measured> {
    let begin = Instant::now();
    let end = begin + Duration::from_secs(arguments.seconds);
    let each = arguments.requests.div_ceil(arguments.connections.max(1));
    thread::scope(|scope| {
        let clients: Vec<_> =
            (0..arguments.connections).map(|client| scope.spawn(move || answers(server, client, each, end))).collect();
        let endless: Vec<_> = (0..looping).map(|_| scope.spawn(move || timeouts(server, end))).collect();
        let mut times = histogram()?;
        for client in clients {
            times.add(client.join().map_err(|_| "a client panicked")??)?;
        }
        let elapsed = begin.elapsed();
        let mut timeouts = 0;
        for client in endless {
            timeouts += client.join().map_err(|_| "a client panicked")??;
        }
        Ok(Measured { times, elapsed, timeouts })
    })
}

/// Sends requests until `end`, at most `count`, to each plug-in in turn; returns the times.
fn answers(server: &str, client: usize, count: usize, end: Instant) -> ClientResult<Histogram<u64>> {
    let agent = agent();
    let mut times = histogram()?;
    for request in client..client + count {
        let begin = Instant::now();
        if begin >= end {
            break;
        }
        let status = status(&agent, &format!("{server}/quote/p{}", request % ANSWERING))?;
        if status != 200 {
            return Err(format!("the status is {status}").into());
        }
        times.record(u64::try_from(begin.elapsed().as_micros())?)?;
    }
    Ok(times)
}

/// Sends requests to the plug-in that loops, until `end`; returns how often it timed out.
fn timeouts(server: &str, end: Instant) -> ClientResult<u64> {
    let agent = agent();
    let mut timeouts = 0;
    while Instant::now() < end {
        let status = status(&agent, &format!("{server}/quote/endless"))?;
        if status != 504 {
            return Err(format!("the status is {status}").into());
        }
        timeouts += 1;
    }
    Ok(timeouts)
}

fn status(agent: &Agent, url: &str) -> ClientResult<u16> {
    let mut response = agent.post(url).header("content-type", "application/json").send(BODY)?;
    // Read to the end, so that the connection is reused.
    response.body_mut().read_to_vec()?;
    Ok(response.status().as_u16())
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(1))).build().into()
}

fn histogram() -> ClientResult<Histogram<u64>> {
    Ok(Histogram::new(3)?)
}
