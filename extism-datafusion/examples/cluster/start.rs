//! How long a query takes to start that has many functions.

use std::{fs, path::Path};

use datafusion::prelude::SessionContext;
use extism_runtime::Wasm;
use tokio::time::Instant;

use crate::{
    Result, functions,
    processes::Cluster,
    query::client,
};

const FUNCTIONS: usize = 20;

/// Measures a query of one row with 20 functions, each of a module of its own: with executors that have never had them,
/// with executors that have them in memory, and with new executors that have them on disk.
pub(crate) async fn measure(folder: &Path) -> Result<()> {
    println!("The cluster:");
    let cluster = Cluster::start(folder, "first").await?;
    let query = Query::new(cluster.port, folder).await?;
    // What a query takes anyway, the first one and others.
    query.native().await?;
    let without = query.native().await?;
    let cold = query.plugins().await?;
    let cached = query.plugins().await?;
    drop(cluster);
    println!("The cluster again, with the folders of compiled modules that the first one has left:");
    let cluster = Cluster::start(folder, "second").await?;
    let query = Query::new(cluster.port, folder).await?;
    query.native().await?;
    let on_disk = query.plugins().await?;
    println!("\nA query with {FUNCTIONS} functions, each of a module of its own, until its result is there:");
    println!("| | ms |\n| --- | ---: |");
    println!("| with DataFusion's own functions instead | {without:.0} |");
    println!("| modules that the executors have never had | {cold:.0} |");
    println!("| modules that the executors have in memory | {cached:.0} |");
    println!("| modules that new executors have on disk, compiled | {on_disk:.0} |");
    Ok(())
}

struct Query {
    context: SessionContext,
}

impl Query {
    async fn new(port: u16, folder: &Path) -> Result<Self> {
        let (context, store) = client(port, folder).await?;
        let module = fs::read(format!("{}/columns_c.wasm", functions::PLUGINS))?;
        for number in 0..FUNCTIONS {
            let wasm = Wasm::data(another(&module, number)).with_name("columns_c");
            context.register_udf(functions::score(&store, &format!("score{number}"), wasm)?);
        }
        let files = folder.join("row");
        crate::data::write(&files, 1, 2)?;
        context.register_parquet("texts", format!("{}/", files.display()), Default::default()).await?;
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
    let name = format!("copy{number:03}");
    let mut bytes = module.to_vec();
    bytes.extend([0, name.len() as u8 + 1, name.len() as u8]);
    bytes.extend(name.as_bytes());
    bytes
}
