//! The options of a builder.

use crate::{
    Engine, Error, Source,
    engine::{CacheChoice, EngineOptions, Profiling},
    host::{Function, States},
    limits::Limits,
    load::LoadOptions,
    plugin::{BuildStage, pool::PoolOptions},
    settings::InstanceOptions,
};

/// All options of a builder; [`InstanceOptions`] and [`LoadOptions`] move on to the code that uses them.
pub(in crate::plugin) struct Options {
    pub(super) source: Source,
    pub(super) name: Option<String>,
    pub(super) engine: Option<Engine>,
    pub(super) functions: Vec<Function>,
    pub(super) states: States,
    pub(super) instance: InstanceOptions,
    /// The limits that were set.
    pub(in crate::plugin) limits: Limits,
    /// Whether [`Limits::UNTRUSTED`] applies to the limits that were not set.
    pub(super) untrusted: bool,
    pub(super) profiling: Option<Profiling>,
    pub(super) cache: Option<CacheChoice>,
    pub(super) load: LoadOptions,
    pub(super) on_stage: Option<Box<dyn Fn(BuildStage) + Send + Sync>>,
    /// The options of a pool.
    pub(in crate::plugin) pool: PoolOptions,
}

impl Options {
    /// Returns the engine for these options.
    pub(super) fn engine(&self) -> Result<Engine, Error> {
        let Some(engine) = &self.engine else {
            let mut options = EngineOptions::default();
            options.fuel |= self.instance.limits_fuel();
            options.coredump |= self.instance.coredump.is_some();
            options.profiling = self.profiling.unwrap_or(options.profiling);
            if let Some(cache) = &self.cache {
                options.cache = cache.clone();
            }
            return Engine::shared_with(options);
        };
        let options = engine.options();
        let lacks = [
            (self.instance.limits_fuel() && !options.fuel, "a fuel limit", "with_fuel(true)"),
            (self.instance.coredump.is_some() && !options.coredump, "core dumps", "with_coredump(true)"),
            (self.profiling.is_some_and(|wanted| wanted != options.profiling), "profiling", "with_profiling(..)"),
            (
                self.cache.as_ref().is_some_and(|wanted| *wanted != options.cache),
                "keep code in that cache",
                "with_cache(..)",
            ),
        ];
        match lacks.iter().find(|(lacks, ..)| *lacks) {
            Some((_, what, option)) => Err(Error::engine(
                format!("the engine passed to `with_engine` does not support {what}"),
                format!("create it with `Engine::builder().{option}`"),
            )),
            None => Ok(engine.clone()),
        }
    }
}
