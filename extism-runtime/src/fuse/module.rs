use wasmparser::{
    CustomSectionReader, DataSectionReader, ElementSectionReader, Encoding, ExportSectionReader, FuncToValidate,
    FunctionBody, FunctionSectionReader, GlobalSectionReader, ImportSectionReader, KnownCustom, MemorySectionReader,
    NameSectionReader, Parser, Payload, SectionLimited, TableSectionReader, TagSectionReader, TypeSectionReader,
    ValidPayload, Validator, ValidatorResources,
};

use super::{
    FuseError,
    features::{FEATURES, refuse_shared_memories},
};

/// The custom section with the lines of a module's code.
pub(crate) const DEBUG_LINE: &str = ".debug_line";

/// Functions of the guest, with what is needed to validate them.
pub(super) type Bodies<'a> = Vec<(FuncToValidate<ValidatorResources>, FunctionBody<'a>)>;

/// The sections of a guest module. All are validated except the code, which is validated while it is rewritten.
#[derive(Default)]
pub(super) struct Module<'a> {
    /// The whole module.
    pub(super) bytes: &'a [u8],
    pub(super) types: Option<TypeSectionReader<'a>>,
    pub(super) imports: Option<ImportSectionReader<'a>>,
    pub(super) functions: Option<FunctionSectionReader<'a>>,
    pub(super) tables: Option<TableSectionReader<'a>>,
    pub(super) memories: Option<MemorySectionReader<'a>>,
    pub(super) tags: Option<TagSectionReader<'a>>,
    pub(super) globals: Option<GlobalSectionReader<'a>>,
    pub(super) exports: Option<ExportSectionReader<'a>>,
    /// The function that runs at instantiation.
    pub(super) start: Option<u32>,
    pub(super) elements: Option<ElementSectionReader<'a>>,
    pub(super) data_count: Option<u32>,
    /// Where the contents of the code section start.
    pub(super) code_start: usize,
    pub(super) code: Bodies<'a>,
    pub(super) data: Option<DataSectionReader<'a>>,
    pub(super) customs: Vec<CustomSectionReader<'a>>,
}

impl<'a> Module<'a> {
    /// Splits a module into its sections.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, FuseError> {
        let mut module = Self { bytes, ..Self::default() };
        let mut parser = Parser::new(0);
        parser.set_features(FEATURES);
        let mut validator = Validator::new_with_features(FEATURES);
        for payload in parser.parse_all(bytes) {
            let payload = payload?;
            if let Payload::Version { encoding: Encoding::Component, .. } = payload {
                return Err(FuseError::Component);
            }
            refuse_shared_memories(&payload)?;
            if let ValidPayload::Func(function, body) = validator.payload(&payload)? {
                module.code.push((function, body));
            }
            module.keep(payload);
        }
        Ok(module)
    }

    /// Returns the bytes of a section after the number of its items.
    pub(super) fn items<T>(&self, section: &SectionLimited<'a, T>) -> &'a [u8] {
        self.bytes.get(section.original_position()..section.range().end).unwrap_or_default()
    }

    /// Returns the bytes of a section.
    pub(super) fn contents<T>(&self, section: &SectionLimited<'a, T>) -> &'a [u8] {
        self.bytes.get(section.range()).unwrap_or_default()
    }

    /// Returns the names that the module gives to its functions and other items.
    pub(super) fn names(&self) -> Option<NameSectionReader<'a>> {
        self.customs.iter().find_map(|custom| match custom.as_known() {
            KnownCustom::Name(names) => Some(names),
            _ => None,
        })
    }

    /// Returns whether the module may tell the lines of its code.
    pub(super) fn has_lines(&self) -> bool {
        self.customs.iter().any(|custom| custom.name() == DEBUG_LINE)
    }

    fn keep(&mut self, payload: Payload<'a>) {
        match payload {
            Payload::TypeSection(section) => self.types = Some(section),
            Payload::ImportSection(section) => self.imports = Some(section),
            Payload::FunctionSection(section) => self.functions = Some(section),
            Payload::TableSection(section) => self.tables = Some(section),
            Payload::MemorySection(section) => self.memories = Some(section),
            Payload::TagSection(section) => self.tags = Some(section),
            Payload::GlobalSection(section) => self.globals = Some(section),
            Payload::ExportSection(section) => self.exports = Some(section),
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => self.elements = Some(section),
            Payload::DataCountSection { count, .. } => self.data_count = Some(count),
            Payload::CodeSectionStart { range, .. } => self.code_start = range.start,
            Payload::DataSection(section) => self.data = Some(section),
            Payload::CustomSection(section) => self.customs.push(section),
            // The validator has refused everything else.
            _ => {}
        }
    }
}
