use syn::{GenericArgument, Generics, Ident, PathArguments, PathSegment, ReturnType, Type};

use crate::common::peel;

/// Types that are never an alias of `Result`, as far as their names go.
const VALUES: &[&str] = &[
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "Base64",
    "Box",
    "Bytes",
    "Cow",
    "Duration",
    "HashMap",
    "HashSet",
    "Json",
    "Msgpack",
    "Option",
    "PathBuf",
    "Prost",
    "Raw",
    "Rc",
    "Self",
    "String",
    "Value",
    "Vec",
    "VecDeque",
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "str",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
    "BytesMut",
    "IpAddr",
    "OsString",
    "SystemTime",
    "Url",
    "Uuid",
    "NonZeroU32",
    "NonZeroU64",
    "Map",
    "Number",
];

/// What decides how a return type is read.
pub(super) struct Context<'c> {
    /// The method's type parameters are values.
    pub(super) generics: &'c Generics,
    /// Whether the type has to be known by its name: it is put into a codec or an `Option`.
    pub(super) by_name: bool,
}

/// The result of a method.
pub(super) struct Output {
    /// As written.
    pub(super) declared: ReturnType,
    /// Whether it is written as a `Result`.
    pub(super) fallible: bool,
    /// Whether only its type tells if it is a `Result`: it is a name of the program's own.
    pub(super) opaque: bool,
    /// What the plug-in returns; `None` where an alias hides it, or there is nothing.
    pub(super) ok: Option<Type>,
    /// The error type of a `Result`; `None` where an alias hides it.
    pub(super) error: Option<Type>,
}

impl Output {
    /// Whether what the plug-in returns is written as an `Option`, which an optional export's `None` fits into.
    pub(super) fn is_option(&self) -> bool {
        self.ok.as_ref().is_some_and(|ty| last_segment(ty).is_some_and(|name| name == "Option"))
    }
}

/// Reads a method's return type. What is called `Result` is taken for one. Any other name may be an alias of it, which
/// its type tells the compiler; where this cannot wait, its name does, by ending with `Result`.
pub(super) fn read(declared: &ReturnType, context: &Context<'_>) -> Output {
    let ReturnType::Type(_, ty) = declared else {
        return Output { declared: ReturnType::Default, fallible: false, opaque: false, ok: None, error: None };
    };
    let declared = declared.clone();
    let value = |opaque| Output {
        declared: declared.clone(),
        fallible: false,
        opaque,
        ok: Some(peel(ty).clone()),
        error: None,
    };
    let Some(segment) = segment(ty) else { return value(false) };
    if segment.ident == "Result" {
        let mut types = type_arguments(segment);
        let ok = types.next().cloned();
        let error = types.next().cloned();
        return Output { declared, fallible: true, opaque: false, ok, error };
    }
    let is_parameter = context.generics.type_params().any(|parameter| parameter.ident == segment.ident);
    if is_parameter || VALUES.iter().any(|name| segment.ident == name) {
        return value(false);
    }
    if !context.by_name {
        return value(true);
    }
    if ends_with_result(segment) {
        return Output { declared, fallible: true, opaque: false, ok: None, error: None };
    }
    value(false)
}

fn ends_with_result(segment: &PathSegment) -> bool {
    segment.ident.to_string().ends_with("Result")
}

/// Whether the type's name says that it is a `Result`.
pub(super) fn is_called_result(ty: &Type) -> bool {
    segment(ty).is_some_and(ends_with_result)
}

/// The last name of a path: `Result` in `std::io::Result<T>`.
pub(super) fn last_segment(ty: &Type) -> Option<&Ident> {
    segment(ty).map(|segment| &segment.ident)
}

fn segment(ty: &Type) -> Option<&PathSegment> {
    match peel(ty) {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The `Result` with another `Ok` type; unchanged where an alias hides it.
pub(super) fn with_ok(declared: &Type, ok: &Type) -> Type {
    let mut ty = peel(declared).clone();
    if let Type::Path(path) = &mut ty
        && let Some(segment) = path.path.segments.last_mut()
        && let PathArguments::AngleBracketed(arguments) = &mut segment.arguments
        && let Some(GenericArgument::Type(first)) =
            arguments.args.iter_mut().find(|argument| matches!(argument, GenericArgument::Type(_)))
    {
        *first = ok.clone();
    }
    ty
}
