use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use tracing::{
    Dispatch, Event, Id, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Record},
};

/// A recorded span.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) name: String,
    pub(crate) level: Level,
    /// The index of the span around it.
    pub(crate) parent: Option<usize>,
    pub(crate) fields: BTreeMap<String, String>,
    /// The threads on which it was entered, one entry for each time.
    pub(crate) entered: Vec<ThreadId>,
    /// How often it is entered now.
    pub(crate) depth: usize,
    handles: usize,
}

impl Seen {
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// A field that is a number.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.field(name).parse().unwrap_or_else(|_| panic!("`{name}` in {self:?}"))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.handles == 0
    }
}

/// Collects the spans and events of the threads that it subscribes to.
#[derive(Clone)]
pub(crate) struct Collector {
    max: LevelFilter,
    seen: Arc<Mutex<Books>>,
}

#[derive(Default)]
struct Books {
    spans: Vec<Seen>,
    /// Events' messages, each with its enclosing span.
    events: Vec<(Option<usize>, String)>,
}

thread_local! {
    /// The spans that are entered on this thread.
    static STACK: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

impl Collector {
    pub(crate) fn new(max: LevelFilter) -> Self {
        Self { max, seen: Arc::default() }
    }

    /// Runs a function with it as the subscriber.
    pub(crate) fn within<T>(&self, run: impl FnOnce() -> T) -> T {
        tracing::dispatcher::with_default(&Dispatch::new(self.clone()), run)
    }

    /// The spans so far.
    pub(crate) fn spans(&self) -> Vec<Seen> {
        self.lock().spans.clone()
    }

    /// The spans of calls.
    pub(crate) fn calls(&self) -> Vec<Seen> {
        self.spans().into_iter().filter(|span| span.target == "extism::call").collect()
    }

    /// Whether there was an event with this message.
    pub(crate) fn has(&self, message: &str) -> bool {
        self.lock().events.iter().any(|(_, text)| text.contains(message))
    }

    /// The name of the span in which an event with this message was, and of the one around that, and so on.
    pub(crate) fn around(&self, message: &str) -> Vec<String> {
        let books = self.lock();
        let &(mut span, _) = books.events.iter().find(|(_, text)| text.contains(message)).expect("such an event");
        let mut names = Vec::new();
        while let Some(index) = span {
            names.push(books.spans[index].name.clone());
            span = books.spans[index].parent;
        }
        names
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn index(id: &Id) -> usize {
    usize::try_from(id.into_u64()).expect("an index") - 1
}

fn current() -> Option<usize> {
    STACK.with_borrow(|stack| stack.last().copied())
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.max
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.max)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = BTreeMap::new();
        span.record(&mut Fields(&mut fields));
        let parent = if span.is_contextual() { current() } else { span.parent().map(index) };
        let metadata = span.metadata();
        let mut books = self.lock();
        books.spans.push(Seen {
            target: metadata.target().to_owned(),
            name: metadata.name().to_owned(),
            level: *metadata.level(),
            parent,
            fields,
            entered: Vec::new(),
            depth: 0,
            handles: 1,
        });
        Id::from_u64(books.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        values.record(&mut Fields(&mut self.lock().spans[index(span)].fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        let message = fields.remove("message").unwrap_or_default();
        self.lock().events.push((current(), message));
    }

    fn enter(&self, span: &Id) {
        let mut books = self.lock();
        let seen = &mut books.spans[index(span)];
        seen.entered.push(thread::current().id());
        seen.depth += 1;
        STACK.with_borrow_mut(|stack| stack.push(index(span)));
    }

    fn exit(&self, span: &Id) {
        self.lock().spans[index(span)].depth -= 1;
        let left = STACK.with_borrow_mut(Vec::pop);
        assert_eq!(left, Some(index(span)), "spans are left in the order in which they were entered");
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.lock().spans[index(span)].handles += 1;
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut books = self.lock();
        let seen = &mut books.spans[index(&span)];
        seen.handles -= 1;
        seen.handles == 0
    }
}
