use std::fmt;

use wasmparser::{Validator, WasmFeatures};

use crate::fuse::FEATURES;

/// The WebAssembly proposals that a plug-in's modules may use.
///
/// ```
/// use extism_runtime::engine::{Features, Proposal};
///
/// let features = Features::conservative().with(Proposal::Exceptions);
/// assert!(features.allow(Proposal::Exceptions) && !features.allow(Proposal::Gc));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features(WasmFeatures);

/// A WebAssembly proposal that [`Features`] can allow and forbid.
///
/// Features not listed here are part of every set: numbers, one memory, sign extension, saturating conversions, bulk
/// memory, multiple results, and references to functions and to values of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Proposal {
    /// 128-bit vectors.
    Simd,
    /// Tail calls, which replace the calling function.
    TailCalls,
    /// Additions and multiplications in initializers.
    ExtendedConst,
    /// Vector instructions whose results differ between processors.
    RelaxedSimd,
    /// Several memories in one module.
    MultiMemory,
    /// Memories and tables with 64-bit indices.
    Memory64,
    /// Exceptions.
    Exceptions,
    /// Typed references.
    FunctionReferences,
    /// Garbage-collected structures and arrays.
    Gc,
    /// 128-bit additions and multiplications.
    WideArithmetic,
    /// Atomic instructions. Memories shared between threads are always refused.
    Threads,
}

impl Proposal {
    /// All proposals.
    pub const ALL: [Self; 11] = [
        Self::Simd,
        Self::TailCalls,
        Self::ExtendedConst,
        Self::RelaxedSimd,
        Self::MultiMemory,
        Self::Memory64,
        Self::Exceptions,
        Self::FunctionReferences,
        Self::Gc,
        Self::WideArithmetic,
        Self::Threads,
    ];

    /// Returns the validator's name for it.
    const fn flags(self) -> WasmFeatures {
        match self {
            Self::Simd => WasmFeatures::SIMD,
            Self::TailCalls => WasmFeatures::TAIL_CALL,
            Self::ExtendedConst => WasmFeatures::EXTENDED_CONST,
            Self::RelaxedSimd => WasmFeatures::RELAXED_SIMD,
            Self::MultiMemory => WasmFeatures::MULTI_MEMORY,
            Self::Memory64 => WasmFeatures::MEMORY64,
            Self::Exceptions => WasmFeatures::EXCEPTIONS,
            Self::FunctionReferences => WasmFeatures::FUNCTION_REFERENCES,
            Self::Gc => WasmFeatures::GC,
            Self::WideArithmetic => WasmFeatures::WIDE_ARITHMETIC,
            Self::Threads => WasmFeatures::THREADS,
        }
    }

    /// Returns the proposals that it depends on.
    const fn needs(self) -> WasmFeatures {
        match self {
            Self::Gc => WasmFeatures::FUNCTION_REFERENCES,
            Self::RelaxedSimd => WasmFeatures::SIMD,
            _ => WasmFeatures::empty(),
        }
    }
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Simd => "vectors (simd)",
            Self::TailCalls => "tail calls (tail-call)",
            Self::ExtendedConst => "arithmetic in initializers (extended-const)",
            Self::RelaxedSimd => "vector instructions that differ between processors (relaxed-simd)",
            Self::MultiMemory => "several memories (multi-memory)",
            Self::Memory64 => "64-bit memories or tables (memory64)",
            Self::Exceptions => "exceptions (exception-handling)",
            Self::FunctionReferences => "typed references (function-references)",
            Self::Gc => "garbage collection (gc)",
            Self::WideArithmetic => "128-bit arithmetic (wide-arithmetic)",
            Self::Threads => "atomic instructions (threads)",
        })
    }
}

impl Features {
    /// Returns all features that plug-ins can use, which is the default: WebAssembly 3.0, and wide arithmetic.
    #[must_use]
    pub const fn all() -> Self {
        Self(FEATURES)
    }

    /// Returns the features that the compilers of all Extism PDKs use by default, which is the default for
    /// untrusted plug-ins: WebAssembly 2.0, tail calls, arithmetic in initializers, and atomic instructions.
    /// Garbage collection, exceptions, several memories and 64-bit memories rely on more of the engine's
    /// newest code, and offer more ways to exhaust resources.
    #[must_use]
    pub const fn conservative() -> Self {
        Self::all()
            .without(Proposal::RelaxedSimd)
            .without(Proposal::MultiMemory)
            .without(Proposal::Memory64)
            .without(Proposal::Exceptions)
            .without(Proposal::Gc)
            .without(Proposal::FunctionReferences)
            .without(Proposal::WideArithmetic)
    }

    /// Returns these features, plus a proposal and those it depends on.
    #[must_use]
    pub const fn with(self, proposal: Proposal) -> Self {
        Self(self.0.union(proposal.flags()).union(proposal.needs()))
    }

    /// Returns these features without a proposal and those that depend on it.
    #[must_use]
    pub const fn without(self, proposal: Proposal) -> Self {
        let mut flags = self.0.difference(proposal.flags());
        let mut index = 0;
        while index < Proposal::ALL.len() {
            if Proposal::ALL[index].needs().intersects(proposal.flags()) {
                flags = flags.difference(Proposal::ALL[index].flags());
            }
            index += 1;
        }
        Self(flags)
    }

    /// Returns whether a proposal is allowed.
    #[must_use]
    pub const fn allow(&self, proposal: Proposal) -> bool {
        self.0.contains(proposal.flags())
    }

    /// Returns the features that both sets allow.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0.intersection(other.0))
    }

    /// Returns the proposals that a module, valid with all features, uses but this set does not contain;
    /// `None` if it contains all of them.
    pub(crate) fn missing(self, wasm: &[u8]) -> Option<Vec<Proposal>> {
        if self == Self::all() || is_valid(wasm, self.0) {
            return None;
        }
        let forbidden = Proposal::ALL.into_iter().filter(|proposal| !self.allow(*proposal));
        Some(forbidden.filter(|proposal| !is_valid(wasm, Self::all().without(*proposal).0)).collect())
    }
}

fn is_valid(wasm: &[u8], features: WasmFeatures) -> bool {
    Validator::new_with_features(features).validate_all(wasm).is_ok()
}

impl Default for Features {
    fn default() -> Self {
        Self::all()
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = Proposal::ALL.into_iter().filter(|proposal| self.allow(*proposal));
        f.write_str("Features ")?;
        f.debug_set().entries(allowed).finish()
    }
}
