use syn::{GenericArgument, Ident, PathArguments, PathSegment, ReturnType, Type};

use super::model::Output;
use crate::common::peel;

/// Reads a method's return type. What is called `Result` is taken for one, as types can't be told by name alone.
pub(super) fn read(declared: &ReturnType) -> Output {
    let ReturnType::Type(_, ty) = declared else {
        return Output { declared: ReturnType::Default, fallible: false, ok: None, error: None };
    };
    let declared = declared.clone();
    match segment(ty) {
        Some(segment) if segment.ident == "Result" => {
            let mut types = type_arguments(segment);
            let ok = types.next().cloned();
            let error = types.next().cloned();
            Output { declared, fallible: true, ok, error }
        }
        _ => Output { declared, fallible: false, ok: Some(peel(ty).clone()), error: None },
    }
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
