//! extism-runtime by the API of the crate `extism`: the crate in `compat/`, as a user of the official one writes it.

use std::{
    fs,
    hint::black_box,
    sync::{Arc, Mutex},
    time::Duration,
};

use extism::{
    CompiledPlugin, Manifest, PTR, Plugin, PluginBuilder, Pool, UserData, Wasm, convert::Json, host_fn, typed_plugin,
};
use peers_functions::Report;
use peers_work::{Function, Guest, Result, Start, TIMEOUT, Work, repeated};

host_fn!(reflect(input: Vec<u8>) -> Vec<u8> { Ok(input) });

typed_plugin!(TypedEcho { echo(&[u8]) -> Vec<u8> });

/// Prepares a call or a new instance; `None` for other work.
pub fn prepare(work: Work) -> Result<Option<Start>> {
    Ok(Some(match work {
        Work::Call { function: Function::CountVowels | Function::CountVowelsRecord, .. } => count_vowels(work)?,
        Work::Call { function, .. } => calls(work, function)?,
        Work::Instance(guest) => instances(guest)?,
        Work::InstanceWithHeadroom(_) => return Ok(None),
        Work::Build(guest) => builds(guest),
        Work::Typed(guest) => typed(guest)?,
        Work::Pool(guest) => pooled(guest)?,
        Work::Compile | Work::CompileEndless | Work::Load => return Ok(None),
    }))
}

/// A plug-in that threads create instances of, each from its own clone.
#[derive(Clone)]
struct Compiled(Arc<Mutex<CompiledPlugin>>);

impl Compiled {
    fn new(work: Work) -> Result<Self> {
        let mut manifest = Manifest::new([Wasm::data(work.wasm())]);
        if let Work::Call { timeout: true, .. } = work {
            manifest = manifest.with_timeout(TIMEOUT);
        }
        let builder = PluginBuilder::new(manifest).with_cache_disabled().with_function(
            "reflect",
            [PTR],
            [PTR],
            UserData::new(()),
            reflect,
        );
        Ok(Self(Arc::new(Mutex::new(builder.compile()?))))
    }

    fn get(&self) -> Result<CompiledPlugin> {
        Ok(self.0.lock().map_err(|error| error.to_string())?.clone())
    }

    fn instantiate(&self) -> Result<Plugin> {
        Ok(Plugin::new_from_compiled(&self.get()?)?)
    }
}

fn calls(work: Work, function: Function) -> Result<Start> {
    let compiled = Compiled::new(work)?;
    let input: Arc<[u8]> = work.input().into();
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let input = Arc::clone(&input);
        Ok(move || {
            black_box(plugin.call::<&[u8], &[u8]>(function.export(), black_box(&input))?);
            Ok(())
        })
    }))
}

fn count_vowels(work: Work) -> Result<Start> {
    let compiled = Compiled::new(work)?;
    let text = String::from_utf8(work.input())?;
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let text = text.clone();
        Ok(move || {
            black_box(plugin.call::<&str, Json<Report>>("count_vowels", black_box(&text))?);
            Ok(())
        })
    }))
}

fn instances(guest: Guest) -> Result<Start> {
    let (work, compiled) = (Work::Instance(guest), Compiled::new(Work::Instance(guest))?);
    Ok(repeated(move || {
        let (compiled, input) = (compiled.get()?, work.input());
        Ok(move || {
            let mut plugin = Plugin::new_from_compiled(&compiled)?;
            black_box(plugin.call::<&[u8], &[u8]>("echo", black_box(&input))?);
            Ok(())
        })
    }))
}

/// A plug-in without the function `reflect` is built: the C guest.
fn builds(guest: Guest) -> Start {
    repeated(move || {
        let (work, directory) = (Work::Build(guest), tempfile::tempdir()?);
        let (input, config) = (work.input(), directory.path().join("cache.toml"));
        fs::write(&config, format!("[cache]\ndirectory = {:?}\n", directory.path().join("code")))?;
        Ok(move || {
            let _keep = &directory;
            let manifest = Manifest::new([Wasm::data(work.wasm())]);
            let mut plugin = PluginBuilder::new(manifest).with_cache_config(&config).build()?;
            black_box(plugin.call::<&[u8], &[u8]>("echo", black_box(&input))?);
            Ok(())
        })
    })
}

fn typed(guest: Guest) -> Result<Start> {
    let work = Work::Typed(guest);
    let compiled = Compiled::new(work)?;
    Ok(repeated(move || {
        let mut plugin = TypedEcho::try_from(compiled.instantiate()?)?;
        let input = work.input();
        Ok(move || {
            black_box(plugin.echo(black_box(&input))?);
            Ok(())
        })
    }))
}

fn pooled(guest: Guest) -> Result<Start> {
    let work = Work::Pool(guest);
    let compiled = Compiled::new(work)?;
    let pool = Pool::new(move || compiled.instantiate().map_err(|error| extism::Error::msg(error.to_string())));
    Ok(repeated(move || {
        let (pool, input) = (pool.clone(), work.input());
        Ok(move || {
            let mut plugin = pool.get(Duration::from_secs(1))?.ok_or("no instance is idle")?;
            black_box(plugin.call::<&[u8], Vec<u8>>("echo", black_box(&input))?);
            Ok(())
        })
    }))
}
