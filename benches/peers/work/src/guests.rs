/// An Extism plug-in that does the work; every runtime runs the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guest {
    /// C, without a PDK: copies its input to its output, eight bytes at a time.
    C,
    /// Rust with `extism-pdk`, optimized for speed.
    Pdk,
    /// The same with `extism-guest`.
    Ours,
    /// Rust with `extism-pdk`, optimized for size.
    Small,
}

impl Guest {
    /// Returns the module that has the function.
    pub(crate) fn wasm(self, function: crate::Function) -> &'static [u8] {
        use crate::Function;
        match (self, function) {
            (Self::C, Function::Echo) => include_bytes!("../../../../examples/plugins/echo.wasm"),
            (Self::C, _) => include_bytes!("../../../../examples/plugins/consume.wasm"),
            (Self::Pdk, _) => include_bytes!("../../guests/pdk.wasm"),
            (Self::Ours, _) => include_bytes!("../../guests/guest.wasm"),
            // That of `examples/plugins`, which reads its configuration and a variable.
            (Self::Small, Function::CountVowels | Function::CountVowelsRecord) => {
                include_bytes!("../../../../examples/plugins/count_vowels.wasm")
            }
            (Self::Small, _) => include_bytes!("../../guests/pdk-size.wasm"),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Pdk => "pdk",
            Self::Ours => "guest",
            Self::Small => "small",
        }
    }
}
