//! The thread that waits for changes and reloads.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant, SystemTime},
};

use notify::{
    Event, EventKind,
    event::{AccessKind, AccessMode},
};

use super::{Files, Interest, SetEvent, Watch, WatchOptions, Watched, watches::Watches};
use crate::{Error, error::BoxError};

/// How often the files are looked at while the system cannot tell of their changes.
const REGULARLY: Duration = Duration::from_secs(1);
/// After how many times the settle time files are read that change all the time.
const PATIENCE: u32 = 20;

pub(super) enum Message {
    /// These have changed.
    Changed(Vec<PathBuf>),
    /// Anything may have changed.
    Unknown,
    Stop,
}

type OnEvent = Box<dyn FnMut(&SetEvent) + Send>;

pub(super) struct Watching {
    watched: Box<dyn Watched>,
    options: WatchOptions,
    on_event: OnEvent,
    messages: Receiver<Message>,
    watches: Watches,
    interest: Interest,
    /// Whether the system tells of all changes.
    complete: bool,
}

/// The thread is to end.
struct Stopped;

impl Watching {
    pub(super) fn start(watched: Box<dyn Watched>, options: WatchOptions, on_event: OnEvent) -> Result<Watch, Error> {
        let (sender, messages) = mpsc::channel();
        let to_thread = sender.clone();
        let told = move |event: notify::Result<Event>| {
            if let Some(message) = message_of(event) {
                let _ = to_thread.send(message);
            }
        };
        let notifier = notify::recommended_watcher(told).map_err(failed)?;
        let interest = watched.interest();
        let mut places = Watches::new(notifier);
        let complete = places.set(interest.watched()).complete;
        let mut watching = Self { watched, options, on_event, messages, watches: places, interest, complete };
        let thread = thread::Builder::new().name("extism-watch".to_owned());
        let thread = thread.spawn(move || drop(watching.run())).map_err(failed)?;
        Ok(Watch { messages: sender, thread: Some(thread) })
    }

    fn run(&mut self) -> Result<(), Stopped> {
        loop {
            // First of all, what has changed before the files were watched. Then also what has changed meanwhile in
            // places that could not be watched before: until there is nothing new.
            self.settle()?;
            if !self.rescan() {
                self.wait()?;
            }
        }
    }

    /// Waits for a change.
    fn wait(&self) -> Result<(), Stopped> {
        let own = self.options.poll_interval;
        let interval = if self.complete { own } else { Some(own.map_or(REGULARLY, |own| own.min(REGULARLY))) };
        loop {
            let received = match interval {
                Some(interval) => self.messages.recv_timeout(interval),
                None => self.messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match received {
                Ok(message) if !self.matters(&message)? => {}
                Ok(_) | Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err(Stopped),
            }
        }
    }

    /// Waits until nothing has been written for a while.
    fn settle(&self) -> Result<(), Stopped> {
        let settle = self.options.settle_time;
        let mut quiet_since = Instant::now();
        let end = quiet_since.checked_add(settle.saturating_mul(PATIENCE));
        while end.is_none_or(|end| Instant::now() < end) {
            let left = settle.saturating_sub(quiet_since.elapsed()).max(self.unsettled());
            if left.is_zero() {
                return Ok(());
            }
            match self.messages.recv_timeout(left) {
                Ok(message) if self.matters(&message)? => quiet_since = Instant::now(),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Stopped),
            }
        }
        Ok(())
    }

    /// Returns how long it takes until the files have been left alone for long enough, by their time stamps: the system
    /// may not tell of all writes.
    fn unsettled(&self) -> Duration {
        let settle = self.options.settle_time;
        let since =
            Files::last_change(&self.watched.files()).and_then(|last| SystemTime::now().duration_since(last).ok());
        since.map_or(Duration::ZERO, |since| settle.saturating_sub(since))
    }

    fn matters(&self, message: &Message) -> Result<bool, Stopped> {
        match message {
            Message::Changed(paths) => Ok(paths.iter().any(|path| self.interest.concerns(path))),
            Message::Unknown => Ok(true),
            Message::Stop => Err(Stopped),
        }
    }

    /// Loads what has changed; returns whether something had.
    fn rescan(&mut self) -> bool {
        let Self { watched, on_event, .. } = self;
        let rescan = AssertUnwindSafe(|| {
            let events = watched.rescan();
            events.iter().for_each(on_event);
            !events.is_empty()
        });
        let changed = catch_unwind(rescan).unwrap_or_else(|_| {
            // A function of the program's: the next change is reloaded all the same.
            tracing::error!("a function panicked that was told of changed plug-ins");
            true
        });
        self.interest = self.watched.interest();
        let set = self.watches.set(self.interest.watched());
        self.complete = set.complete;
        changed || set.more
    }
}

fn failed(error: impl Into<BoxError>) -> Error {
    Error::engine("cannot watch the files of plug-ins", error)
}

/// Returns what an event of the system's means; `None` if nothing has changed.
fn message_of(event: notify::Result<Event>) -> Option<Message> {
    let Ok(event) = event else { return Some(Message::Unknown) };
    if event.need_rescan() {
        return Some(Message::Unknown);
    }
    let is_change = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        // Also what this process does when it reads them.
        EventKind::Access(_) => false,
        _ => true,
    };
    is_change.then_some(Message::Changed(event.paths))
}
