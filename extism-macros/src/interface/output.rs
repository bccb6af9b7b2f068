use syn::{GenericArgument, Generics, Ident, PathArguments, PathSegment, ReturnType, Type};

use crate::common::peel;

/// Names of types that are assumed never to be an alias of `Result`.
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

/// The context that decides how a return type is read.
pub(super) struct Context<'c> {
    /// The method's generics; its type parameters are read as values.
    pub(super) generics: &'c Generics,
    /// Whether the type has to be recognized by its name, because it is put into a codec or an `Option`.
    pub(super) by_name: bool,
}

/// The result of a method.
pub(super) struct Output {
    /// The type as written.
    pub(super) declared: ReturnType,
    /// Whether it is written as a `Result`.
    pub(super) fallible: bool,
    /// Whether only the compiler can tell if it is a `Result`, because the name may be an alias in the program.
    pub(super) opaque: bool,
    /// The type that the plug-in returns; `None` if an alias hides it, or nothing is returned.
    pub(super) ok: Option<Type>,
    /// The error type of a `Result`; `None` if an alias hides it.
    pub(super) error: Option<Type>,
}

impl Output {
    /// Whether the plug-in's result is written as an `Option`, which can hold the `None` of an optional export.
    pub(super) fn is_option(&self) -> bool {
        self.ok.as_ref().is_some_and(|ty| last_segment(ty).is_some_and(|name| name == "Option"))
    }
}

/// Reads a method's return type. A type named `Result` is treated as one. Any other name may be an alias, which the
/// compiler later finds out from the type. If the macro has to know, a name that ends with `Result` counts as an alias.
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

/// Whether the type's name suggests that it is a `Result`.
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
