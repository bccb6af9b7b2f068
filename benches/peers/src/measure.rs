//! Measures samples: the peers take turns, so that the machine's noise affects all alike.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use crate::batch::{Batch, Result, Start};

/// A median and the spread of the samples.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stat {
    pub median: f64,
    /// Half of the distance between the quartiles, as a share of the median.
    pub spread: f64,
}

impl Stat {
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * samples.len().saturating_sub(1) as f64;
            let (low, high) = (samples.get(place.floor() as usize), samples.get(place.ceil() as usize));
            let (low, high) = (low.copied().unwrap_or_default(), high.copied().unwrap_or_default());
            low + (high - low) * place.fract()
        };
        let median = at(0.5);
        Self { median, spread: if median > 0.0 { (at(0.75) - at(0.25)) / 2.0 / median } else { 0.0 } }
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

/// The median time of a piece of work in nanoseconds, by peer.
pub fn compare(starts: &[Option<Start>], effort: Effort) -> Result<Vec<Option<Stat>>> {
    let mut batches = Vec::with_capacity(starts.len());
    for start in starts {
        batches.push(match start {
            Some(start) => Some(Sampler::new(start()?, effort.sample)?),
            None => None,
        });
    }
    let began = Instant::now();
    for round in 0..effort.rounds {
        // At least five of each, whatever their duration.
        if round >= 5 && began.elapsed() > effort.budget {
            break;
        }
        let first = round as usize % batches.len();
        let (last, now) = batches.split_at_mut(first);
        for batch in now.iter_mut().chain(last).flatten() {
            batch.sample()?;
        }
    }
    Ok(batches.into_iter().map(|batch| batch.map(|batch| Stat::of(batch.samples))).collect())
}

struct Sampler {
    batch: Batch,
    count: u32,
    samples: Vec<f64>,
}

impl Sampler {
    fn new(mut batch: Batch, sample: Duration) -> Result<Self> {
        let count = calibrate(&mut batch, sample)?;
        Ok(Self { batch, count, samples: Vec::new() })
    }

    fn sample(&mut self) -> Result<()> {
        let took = (self.batch)(self.count)?;
        self.samples.push(took.as_secs_f64() * 1e9 / f64::from(self.count));
        Ok(())
    }
}

/// Returns how often the work has to be done to take about this long. It also warms up.
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

/// By peer: the nanoseconds between two pieces of work that end, when one thread does them, when two do, and how
/// many times as many the two get done.
pub struct Threads {
    pub one: Stat,
    pub two: Stat,
    pub scaling: Stat,
}

/// Measures the same work on one thread and on two, in turns; each thread has its own instance.
pub fn threads(starts: &[Option<Start>], effort: Effort) -> Result<Vec<Option<Threads>>> {
    let sample = effort.sample * 10;
    let mut rates = vec![Vec::new(); starts.len()];
    let counts: Vec<_> = starts
        .iter()
        .map(|start| start.as_ref().map(|start| calibrate(&mut start()?, sample)).transpose())
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
