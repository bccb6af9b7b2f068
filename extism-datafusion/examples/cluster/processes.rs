//! Starts and ends the processes of the cluster.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::Result;

/// The processes; they are killed when it is dropped.
pub(crate) struct Cluster {
    pub(crate) port: u16,
    pub(crate) executors: Vec<Executor>,
    _scheduler: Child,
}

pub(crate) struct Executor {
    pub(crate) name: String,
    pub(crate) work: PathBuf,
    process: Child,
}

impl Cluster {
    /// Starts a scheduler and two executors, which keep compiled modules below `folder`.
    pub(crate) async fn start(folder: &Path, round: &str) -> Result<Self> {
        let mut scheduler = spawn([OsStr::new("scheduler")], Stdio::piped())?;
        let output = scheduler.stdout.take().ok_or("no output of the scheduler")?;
        let line = timeout(Duration::from_secs(30), BufReader::new(output).lines().next_line()).await??;
        let port = line.ok_or("the scheduler ended")?.parse()?;
        println!("  [scheduler] process {}, port {port}", scheduler.id().unwrap_or_default());
        let executors = ["executor 1", "executor 2"].iter().map(|name| Executor::start(name, port, folder, round));
        let cluster = Self { port, executors: executors.collect::<Result<_>>()?, _scheduler: scheduler };
        cluster.ready().await;
        Ok(cluster)
    }

    /// Gives the executors time to register. The query waits for the first one anyway, and should find both.
    async fn ready(&self) {
        sleep(Duration::from_secs(2)).await;
    }
}

impl Executor {
    fn start(name: &str, scheduler: u16, folder: &Path, round: &str) -> Result<Self> {
        let work = folder.join(round).join(name.replace(' ', "-"));
        let cache = folder.join("compiled").join(name.replace(' ', "-"));
        fs::create_dir_all(&work)?;
        fs::create_dir_all(&cache)?;
        let port = scheduler.to_string();
        let arguments = [OsStr::new("executor"), name.as_ref(), port.as_ref(), work.as_ref(), cache.as_ref()];
        Ok(Self { name: name.to_owned(), process: spawn(arguments, Stdio::inherit())?, work })
    }

    /// Returns how many parts of shuffles it has written.
    pub(crate) fn parts(&self) -> usize {
        parts(&self.work)
    }

    /// Kills it, so that it can neither finish nor say anything.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        Ok(self.process.kill().await?)
    }
}

fn parts(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { parts(&entry.path()) } else { 1 }).sum()
}

/// Starts this program again, with other arguments. The child ends when its standard input is closed.
fn spawn<'a>(arguments: impl IntoIterator<Item = &'a OsStr>, output: Stdio) -> Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    Ok(command.args(arguments).stdin(Stdio::piped()).stdout(output).kill_on_drop(true).spawn()?)
}
