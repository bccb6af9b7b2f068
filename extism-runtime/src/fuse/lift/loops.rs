use super::{FuncValidator, KernelCall, Lifted, Lifter, path::Place};
use crate::fuse::{
    body::{Body, MAX_BODY, MAX_LOCALS},
    cost::Meter,
    inline::SCRATCH_COUNT,
    plan::Plan,
};

/// The loops of a function that is being read.
#[derive(Default)]
pub(in crate::fuse) struct Loops {
    open: Vec<Open>,
    all: Vec<Known>,
    found: Vec<Found>,
}

/// An access of the kernel's memory: where, and whether it stores.
type Access = (Place, bool);

/// What is known of a loop.
struct Known {
    /// The loop around it, by its order in the function.
    outer: Option<usize>,
    /// How it accesses words, outside of inner loops.
    words: Vec<Access>,
}

/// A loop that can be lifted.
struct Found {
    /// Its position in the function's new code.
    place: usize,
    /// The loop around it.
    outer: Option<usize>,
    lifted: Lifted,
}

/// A loop whose `end` has not been read.
struct Open {
    /// The positions of its `loop` in the module and in the function's new code.
    start: usize,
    place: usize,
    /// How many blocks are open within it.
    depth: u32,
    /// Its order among the function's loops.
    number: usize,
    /// Whether it calls, outside of inner loops, a function that copy loops use.
    copies: bool,
}

impl Loops {
    /// Reads a `loop` at `start`.
    pub(in crate::fuse) fn open(&mut self, start: usize, body: &Body<'_>, function: &FuncValidator) {
        let (place, depth) = (body.place(start), function.control_stack_height());
        let outer = self.open.last().map(|open| open.number);
        self.open.push(Open { start, place, depth, number: self.all.len(), copies: false });
        self.all.push(Known { outer, words: Vec::new() });
    }

    /// Reads a call of a function that copy loops use.
    pub(in crate::fuse) fn copies(&mut self, call: KernelCall) {
        let (Some(innermost), KernelCall::Access { place, width, stores }) = (self.open.last_mut(), call) else {
            return;
        };
        innermost.copies = true;
        let words = &mut self.all[innermost.number].words;
        if width > 1 && !words.contains(&(place, stores)) {
            words.push((place, stores));
        }
    }

    /// Reads an `end` before `end`.
    pub(in crate::fuse) fn end<'a>(
        &mut self,
        lifter: &mut Lifter<'a>,
        plan: &Plan,
        body: &Body<'a>,
        function: &FuncValidator,
        end: usize,
    ) {
        let Some(innermost) = self.open.pop_if(|open| open.depth > function.control_stack_height()) else { return };
        if innermost.copies
            && let Some(lifted) = lifter.lift(plan, function, body.slice(innermost.start, end))
        {
            let outer = self.open.last().map(|open| open.number);
            self.found.push(Found { place: innermost.place, outer, lifted });
        }
    }

    /// Inserts code in front of the loops that were found. A loop over bytes is left as it is if it does the last few bytes
    /// of what is copied by words: by another such loop, or by a loop around it, even if that was not understood.
    pub(in crate::fuse) fn finish(self, lifter: &mut Lifter<'_>, body: &mut Body<'_>, meter: &mut Meter) {
        let mut by_words = Vec::new();
        for Found { lifted, .. } in &self.found {
            if lifted.bytes > 1 {
                by_words.push((lifted.from, lifted.to));
            }
        }
        // How each loop and those around it access words.
        let mut words: Vec<Vec<Access>> = Vec::with_capacity(self.all.len());
        for known in self.all {
            let around = known.outer.map_or(&[][..], |outer| &words[outer]);
            let new = around.iter().copied().filter(|access| !known.words.contains(access));
            words.push(known.words.iter().copied().chain(new).collect());
        }
        for Found { place, outer, lifted } in self.found {
            let by_words_around = |access| outer.is_some_and(|outer| words[outer].contains(&access));
            let is_rest = lifted.bytes == 1
                && (by_words.contains(&(lifted.from, lifted.to))
                    || by_words_around((lifted.from, false))
                    || by_words_around((lifted.to, true)));
            let front = lifted.front;
            let fits = body.locals() + SCRATCH_COUNT <= MAX_LOCALS && body.len() + front.code.len() <= MAX_BODY;
            if !is_rest && fits && lifter.left > 0 {
                lifter.left -= 1;
                meter.add(front.instructions, front.branches);
                body.insert(place, front.code);
            }
        }
    }
}
