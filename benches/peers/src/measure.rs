//! Measures samples: the peers take turns, so that the machine's noise affects all alike.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use peers_work::{Batch, Result, Start};

/// A median and the spread of the samples.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stat {
    pub median: f64,
    /// Half of the distance between the quartiles.
    pub spread: f64,
    /// The least sample.
    pub least: f64,
}

impl Stat {
    /// A number without a spread.
    pub fn exact(median: f64) -> Self {
        Self { median, spread: 0.0, least: median }
    }

    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * samples.len().saturating_sub(1) as f64;
            let (low, high) = (samples.get(place.floor() as usize), samples.get(place.ceil() as usize));
            let (low, high) = (low.copied().unwrap_or_default(), high.copied().unwrap_or_default());
            low + (high - low) * place.fract()
        };
        Self { median: at(0.5), spread: (at(0.75) - at(0.25)) / 2.0, least: at(0.0) }
    }

    /// Returns the spread as a share of the median.
    pub fn share(self) -> f64 {
        if self.median > 0.0 { self.spread / self.median } else { 0.0 }
    }
}

/// The thoroughness of measurements.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// The number of samples of each, if they are short.
    pub rounds: u32,
    /// The intended duration of a sample.
    pub sample: Duration,
    /// The maximum duration of all samples of a comparison.
    pub budget: Duration,
}

/// Where memory lies changes a call's time by some nanoseconds, so there is a new instance after this many samples.
const SAMPLES_OF_AN_INSTANCE: u32 = 6;
/// What takes longer to create is kept.
const QUICK: Duration = Duration::from_millis(20);

/// The nanoseconds of a piece of work in each sample, by peer. The samples of a round are next to each other.
fn samples(starts: &[Option<Start>], effort: Effort) -> Result<Vec<Option<Vec<f64>>>> {
    let mut samplers = Vec::with_capacity(starts.len());
    for start in starts {
        samplers.push(start.as_ref().map(|start| Sampler::new(start, effort.sample)).transpose()?);
    }
    let began = Instant::now();
    for round in 0..effort.rounds {
        // At least five of each, whatever their duration.
        if round >= 5 && began.elapsed() > effort.budget {
            break;
        }
        if round > 0 && round % SAMPLES_OF_AN_INSTANCE == 0 {
            samplers.iter_mut().flatten().try_for_each(Sampler::restart)?;
        }
        let first = round as usize % samplers.len();
        let (last, now) = samplers.split_at_mut(first);
        for sampler in now.iter_mut().chain(last).flatten() {
            sampler.sample()?;
        }
    }
    Ok(samplers.into_iter().map(|sampler| sampler.map(|sampler| sampler.samples)).collect())
}

/// The median time of a piece of work in nanoseconds, by peer.
pub fn compare(starts: &[Option<Start>], effort: Effort) -> Result<Vec<Option<Stat>>> {
    Ok(samples(starts, effort)?.into_iter().map(|samples| samples.map(Stat::of)).collect())
}

/// Two pieces of work compared round by round.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    pub first: Stat,
    pub second: Stat,
    /// The second's time minus the first's.
    pub difference: Stat,
    /// The second's time divided by the first's.
    pub ratio: Stat,
}

impl Compared {
    /// Compares samples, those of a round next to each other.
    pub fn of(first: Vec<f64>, second: Vec<f64>) -> Self {
        let both = |of: fn(f64, f64) -> f64| {
            Stat::of(first.iter().zip(&second).map(|(first, second)| of(*first, *second)).collect())
        };
        let (difference, ratio) = (both(|first, second| second - first), both(|first, second| second / first));
        Self { difference, ratio, first: Stat::of(first), second: Stat::of(second) }
    }
}

/// Compares two pieces of work. A sample repeats each this many times.
pub fn pair(first: Start, second: Start, at_once: f64, effort: Effort) -> Result<Compared> {
    let mut samples = samples(&[Some(first), Some(second)], effort)?.into_iter().flatten();
    let mut next = || samples.next().unwrap_or_default().into_iter().map(|time| time / at_once).collect();
    Ok(Compared::of(next(), next()))
}

struct Sampler<'a> {
    start: &'a Start,
    batch: Batch,
    /// Whether another instance is created soon.
    quick: bool,
    sample: Duration,
    count: u32,
    samples: Vec<f64>,
}

impl<'a> Sampler<'a> {
    fn new(start: &'a Start, sample: Duration) -> Result<Self> {
        let began = Instant::now();
        let mut batch = start()?;
        let quick = began.elapsed() < QUICK;
        warm_up(&mut batch, sample)?;
        let count = calibrate(&mut batch, sample)?;
        Ok(Self { start, batch, quick, sample, count, samples: Vec::new() })
    }

    fn restart(&mut self) -> Result<()> {
        if self.quick {
            self.batch = (self.start)()?;
            warm_up(&mut self.batch, self.sample)?;
        }
        Ok(())
    }

    fn sample(&mut self) -> Result<()> {
        let took = (self.batch)(self.count)?;
        self.samples.push(took.as_secs_f64() * 1e9 / f64::from(self.count));
        Ok(())
    }
}

/// Does work for about this long: the first calls of an instance also get its memory from the system.
fn warm_up(batch: &mut Batch, duration: Duration) -> Result<()> {
    let (began, mut count) = (Instant::now(), 1);
    while began.elapsed() < duration {
        batch(count)?;
        count = (2 * count).min(1 << 10);
    }
    Ok(())
}

/// Returns how often the work has to be done to take about this long.
fn calibrate(batch: &mut Batch, sample: Duration) -> Result<u32> {
    let mut count = 1_u32;
    loop {
        let took = batch(count)?;
        if took >= sample / 2 || count >= 1 << 24 {
            let factor = sample.as_secs_f64() / took.as_secs_f64().max(1e-9);
            return Ok((f64::from(count) * factor).clamp(1.0, f64::from(1 << 24)) as u32);
        }
        count *= 2;
    }
}

/// The same for an instance that is warm.
fn ready(start: &Start, sample: Duration) -> Result<u32> {
    let mut batch = start()?;
    warm_up(&mut batch, sample)?;
    calibrate(&mut batch, sample)
}

/// The nanoseconds between two pieces of work that end, when one thread does them, when two do, and how many times as
/// many the two get done.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    pub one: Stat,
    pub two: Stat,
    pub scaling: Stat,
}

/// Measures the same work on one thread and on two, in turns; each thread has what `starts` gives it. By peer.
pub fn threads(starts: &[Option<Start>], effort: Effort) -> Result<Vec<Option<Threads>>> {
    let sample = effort.sample * 10;
    let mut rates = vec![Vec::new(); starts.len()];
    let counts: Vec<_> = starts
        .iter()
        .map(|start| start.as_ref().map(|start| ready(start, sample)).transpose())
        .collect::<Result<_>>()?;
    let began = Instant::now();
    for round in 0..effort.rounds {
        if round >= 5 && began.elapsed() > effort.budget {
            break;
        }
        for (peer, (start, count)) in starts.iter().zip(&counts).enumerate() {
            let (Some(start), Some(count)) = (start, count) else { continue };
            rates[peer].push((rate(start, 1, *count)?, rate(start, 2, *count)?));
        }
    }
    let stats = |rates: Vec<(f64, f64)>| {
        let stat = |of: fn(&(f64, f64)) -> f64| Stat::of(rates.iter().map(of).collect());
        let (one, two, scaling) =
            (stat(|(one, _)| 1e9 / one), stat(|(_, two)| 1e9 / two), stat(|(one, two)| two / one));
        (!rates.is_empty()).then_some(Threads { one, two, scaling })
    };
    Ok(rates.into_iter().map(stats).collect())
}

/// Compares a call's time on each of two threads that do the same.
pub fn pair_on_two_threads(first: &Start, second: &Start, effort: Effort) -> Result<Compared> {
    let sample = effort.sample * 10;
    let counts = [ready(first, sample)?, ready(second, sample)?];
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    let began = Instant::now();
    while firsts.len() < 5 || firsts.len() < effort.rounds as usize && began.elapsed() < effort.budget {
        firsts.push(2e9 / rate(first, 2, counts[0])?);
        seconds.push(2e9 / rate(second, 2, counts[1])?);
    }
    Ok(Compared::of(firsts, seconds))
}

/// Returns how many pieces of work threads complete in a second, all together.
fn rate(start: &Start, threads: usize, count: u32) -> Result<f64> {
    let barrier = Barrier::new(threads);
    let work = || -> Result<f64> {
        let batch = start().and_then(|mut batch| batch(count / 100 + 1).map(|_| batch));
        // A failed thread must not leave the others waiting.
        barrier.wait();
        let took = batch?(count)?;
        Ok(f64::from(count) / took.as_secs_f64())
    };
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().map(|handle| handle.join().map_err(|_| "a thread panicked")?).sum()
    })
}
