//! How long a query takes to start that has many functions.

use std::{fs, path::Path};

use datafusion::prelude::{ParquetReadOptions, SessionContext};
use extism_runtime::Wasm;
use tokio::time::Instant;

use crate::{Result, data, functions, processes::Cluster, query::client};

const FUNCTIONS: usize = 20;

/// Measures queries with small modules, which go with the plan, and with larger ones, which go by the module store.
pub(crate) async fn measure(folder: &Path) -> Result<()> {
    let mut rows = Vec::new();
    for module in ["columns_c", "rows_rust"] {
        rows.push(starts(&folder.join(module), module).await?);
    }
    println!("\nMilliseconds until the result of a query of four rows with {FUNCTIONS} functions is there:");
    println!("| modules of the functions | DataFusion's own functions | cold | in memory | new executors, on disk |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for row in rows {
        println!("{row}");
    }
    Ok(())
}

/// A query with functions that are each of a module of its own: with executors that have never had them, with executors
/// that have them in memory, and with new executors that have them compiled on disk.
async fn starts(folder: &Path, module: &str) -> Result<String> {
    println!("A cluster:");
    let cluster = Cluster::start(folder, "first").await?;
    let query = Query::new(cluster.port, folder, module).await?;
    // What a query takes anyway, but for the first one.
    query.native().await?;
    let without = query.native().await?;
    let cold = query.plugins().await?;
    // Other executors may get the tasks than the first time.
    let mut cached = f64::INFINITY;
    for _ in 0..5 {
        cached = cached.min(query.plugins().await?);
    }
    drop(cluster);
    println!("Another cluster, with the folders of compiled modules that the first one has left:");
    let cluster = Cluster::start(folder, "second").await?;
    let query = Query::new(cluster.port, folder, module).await?;
    query.native().await?;
    let on_disk = query.plugins().await?;
    let size = fs::metadata(path(module))?.len() / 1000;
    Ok(format!("| {module}, {size} kB each | {without:.0} | {cold:.0} | {cached:.0} | {on_disk:.0} |"))
}

fn path(module: &str) -> String {
    format!("{}/{module}.wasm", functions::PLUGINS)
}

struct Query {
    context: SessionContext,
}

impl Query {
    async fn new(port: u16, folder: &Path, name: &str) -> Result<Self> {
        let (context, store) = client(port, folder).await?;
        let module = fs::read(path(name))?;
        for number in 0..FUNCTIONS {
            let wasm = Wasm::data(another(&module, number)).with_name(name);
            context.register_udf(functions::score(&store, &format!("score{number}"), wasm, name == "rows_rust")?);
        }
        let files = folder.join("row");
        data::write(&files, 2, 2)?;
        context.register_parquet("texts", format!("{}/", files.display()), ParquetReadOptions::default()).await?;
        Ok(Self { context })
    }

    async fn plugins(&self) -> Result<f64> {
        self.run(|number| format!("score{number}(text, weight)")).await
    }

    async fn native(&self) -> Result<f64> {
        self.run(|number| format!("character_length(text) * weight * {number}")).await
    }

    async fn run(&self, call: impl Fn(usize) -> String) -> Result<f64> {
        let calls = (0..FUNCTIONS).map(call).collect::<Vec<_>>().join(" + ");
        let began = Instant::now();
        self.context.sql(&format!("SELECT sum({calls}) FROM texts")).await?.collect().await?;
        Ok(began.elapsed().as_secs_f64() * 1000.0)
    }
}

/// The same module with another hash: with a section of its own, which means nothing.
fn another(module: &[u8], number: usize) -> Vec<u8> {
    let mut bytes = module.to_vec();
    // A custom section of 8 bytes: the length of its name, and the name.
    bytes.extend([0, 8, 7]);
    bytes.extend(format!("copy{number:03}").as_bytes());
    bytes
}
