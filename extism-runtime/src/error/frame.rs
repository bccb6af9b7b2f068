use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::{Arc, OnceLock},
};

use crate::display;

/// The maximum number of bytes of a function's name that a backtrace keeps.
const MAX_FUNCTION: usize = 2048;

/// A function in a [`TrapError`](crate::error::TrapError)'s backtrace.
///
/// If the module has debug information (DWARF), the methods tell the place in its source. It is read when it is asked
/// for: when one of them is called, or the error is shown. Debug information comes with the module, and may be as wrong
/// as whatever else the module says.
#[derive(Clone)]
#[non_exhaustive]
pub struct Frame {
    /// The function's name, demangled, if the module contains it.
    pub name: Option<String>,
    /// The function's index in its module as the engine runs it.
    pub index: u32,
    places: FramePlaces,
}

/// A function that a compiler has inlined into another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InlinedFrame {
    /// The function's name, demangled, if the debug information contains it.
    pub name: Option<String>,
    /// The path of the source file, as [`Frame::file`] returns it.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

impl Frame {
    /// Returns the path of the function's source file: relative to the directory in which the compiler ran if it is
    /// below that, otherwise as the debug information has it. A dependency's path, if it is from cargo's registry,
    /// begins with the dependency's folder.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.place()?.file.as_deref()
    }

    /// Returns the line that was being executed, from 1; if that was in a function that was inlined into this one, the
    /// line of the call.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.place()?.line
    }

    /// Returns the column in that line, from 1.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.place()?.column
    }

    /// Returns the functions that were inlined into this one at the place that was being executed, the innermost first.
    #[must_use]
    pub fn inlined(&self) -> &[InlinedFrame] {
        self.places.get().split_last().map_or(&[], |(_, inlined)| inlined)
    }

    pub(crate) fn new(name: Option<String>, index: u32, places: FramePlaces) -> Self {
        Self { name, index, places }
    }

    /// Returns the place in the function itself.
    fn place(&self) -> Option<&InlinedFrame> {
        self.places.get().last()
    }

    /// Writes the frame: first the functions that were inlined into it, one a line.
    pub(super) fn write(&self, depth: usize, f: &mut impl fmt::Write) -> fmt::Result {
        let mut number = format!("{depth:>3}:");
        for inlined in self.inlined() {
            write!(f, "\n  {number} ")?;
            match &inlined.name {
                Some(name) => write!(f, "{}", display::name(name))?,
                None => f.write_str("<unknown>")?,
            }
            f.write_str(" (inlined)")?;
            inlined.write_place(f)?;
            number = " ".repeat(number.len());
        }
        write!(f, "\n  {number} ")?;
        let place = self.place();
        match self.name.as_ref().or_else(|| place?.name.as_ref()) {
            Some(name) => write!(f, "{}", display::name(name))?,
            None => write!(f, "<function {}>", self.index)?,
        }
        place.map_or(Ok(()), |place| place.write_place(f))
    }
}

impl InlinedFrame {
    pub(crate) fn new(name: Option<String>, file: Option<String>, line: Option<u32>, column: Option<u32>) -> Self {
        Self { name, file, line, column }
    }

    fn write_place(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let Some(file) = &self.file else { return Ok(()) };
        write!(f, " at {}", display::line(file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

/// Whether they are of the same function at the same place, however it is shown.
impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.index, self.places.executed) == (&other.name, other.index, other.places.executed)
    }
}

impl Eq for Frame {}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Frame");
        shown.field("name", &self.name).field("index", &self.index);
        if let (Some(file), line) = (self.file(), self.line()) {
            shown.field("file", &file).field("line", &line).field("inlined", &self.inlined());
        }
        shown.finish_non_exhaustive()
    }
}

/// Returns a function's name, demangled. A short mangled name can stand for a very long one, which is cut.
pub(crate) fn function_name(name: &str) -> String {
    match rustc_demangle::try_demangle(name) {
        Ok(demangled) => display::start(format_args!("{demangled:#}"), MAX_FUNCTION),
        Err(_) => name.to_owned(),
    }
}

/// Tells the places in the source of a module's instructions.
pub(crate) trait Locate: Send + Sync + UnwindSafe + RefUnwindSafe {
    /// Returns the places of these instructions: for each, those of the functions that were inlined there, the innermost
    /// first, and that of the module's function.
    fn locate(&self, executed: &[Executed]) -> Vec<Arc<[InlinedFrame]>>;
}

/// An instruction that was being executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Executed {
    /// Its offset in the module that runs.
    pub(crate) offset: u64,
    /// Whether it is an `unreachable`, or one that the engine has joined with an `unreachable`.
    pub(crate) is_unreachable: bool,
}

/// The places of a backtrace, found all at once when one of them is needed.
pub(crate) struct Trace {
    /// For each frame, what can tell its place.
    frames: Vec<Option<(Arc<dyn Locate>, Executed)>>,
    found: OnceLock<Vec<Arc<[InlinedFrame]>>>,
}

impl Trace {
    pub(crate) fn new(frames: Vec<Option<(Arc<dyn Locate>, Executed)>>) -> Arc<Self> {
        Arc::new(Self { frames, found: OnceLock::new() })
    }

    fn find(&self) -> Vec<Arc<[InlinedFrame]>> {
        let mut found = vec![Arc::from([]); self.frames.len()];
        let mut modules: Vec<&Arc<dyn Locate>> = Vec::new();
        for (module, _) in self.frames.iter().flatten() {
            if !modules.iter().any(|known| same(known, module)) {
                modules.push(module);
            }
        }
        for module in modules {
            let of_module = |frame: &Option<(Arc<dyn Locate>, Executed)>| {
                frame.as_ref().filter(|(of, _)| same(of, module)).map(|(_, executed)| *executed)
            };
            let executed: Vec<_> = self.frames.iter().filter_map(of_module).collect();
            let places = self.frames.iter().zip(&mut found).filter(|(frame, _)| of_module(frame).is_some());
            for ((_, found), places) in places.zip(module.locate(&executed)) {
                *found = places;
            }
        }
        found
    }
}

fn same(one: &Arc<dyn Locate>, other: &Arc<dyn Locate>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}

/// The places of one frame.
#[derive(Clone)]
pub(crate) struct FramePlaces {
    trace: Arc<Trace>,
    frame: usize,
    executed: Option<Executed>,
}

impl FramePlaces {
    pub(crate) fn new(trace: &Arc<Trace>, frame: usize) -> Self {
        let executed = trace.frames.get(frame).and_then(|frame| Some(frame.as_ref()?.1));
        Self { trace: Arc::clone(trace), frame, executed }
    }

    fn get(&self) -> &[InlinedFrame] {
        if self.executed.is_none() {
            return &[];
        }
        self.trace.found.get_or_init(|| self.trace.find()).get(self.frame).map_or(&[], |places| &**places)
    }
}
