//! Several arguments as one input.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap},
};

use super::Encoding;
use crate::{CodecError, Encode, Json, codec::Writer};

/// One of several arguments of a method.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be one of several arguments",
    label = "doesn't implement `serde::Serialize`",
    note = "several arguments are sent together as a JSON array (or as `args = \"..\"` says): each has to implement `serde::Serialize`, without a codec such as `Json<..>` around it"
)]
pub trait Argument: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Argument for T {}

/// The arguments of a method, as a tuple.
pub trait ArgumentList: Serialize {
    /// Writes them as the fields of a map.
    ///
    /// # Errors
    ///
    /// When one can't be written.
    fn fields<M: SerializeMap>(&self, names: &[&str], map: &mut M) -> Result<(), M::Error>;
}

/// Several arguments as one input.
#[derive(Debug)]
pub struct Arguments<T> {
    encoding: Encoding,
    /// The arguments' names in the trait.
    names: &'static [&'static str],
    values: T,
}

impl<T: ArgumentList> Encode for Arguments<T> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        match self.encoding {
            #[cfg(feature = "msgpack")]
            Encoding::Msgpack => crate::Msgpack(&self.values).encode(out),
            Encoding::JsonObject => Json(Fields(self)).encode(out),
            _ => Json(&self.values).encode(out),
        }
    }
}

/// Arguments as the fields of a map.
struct Fields<'a, T>(&'a Arguments<T>);

impl<T: ArgumentList> Serialize for Fields<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Arguments { names, values, .. } = self.0;
        let mut map = serializer.serialize_map(Some(names.len()))?;
        values.fields(names, &mut map)?;
        map.end()
    }
}

#[cfg(feature = "msgpack")]
impl crate::Msgpack<()> {
    /// For generated code, which names the codec so that the compiler says when its feature is off.
    #[doc(hidden)]
    pub const ENCODING: Encoding = Encoding::Msgpack;
}

// A function for each number of arguments, rather than one that takes a tuple, so that an argument that can't be sent
// is reported by itself.
macro_rules! argument_lists {
    ($($function:ident: $($name:ident)*;)*) => {$(
        impl<$($name: Argument),*> ArgumentList for ($($name,)*) {
            fn fields<Map: SerializeMap>(&self, names: &[&str], map: &mut Map) -> Result<(), Map::Error> {
                #[allow(non_snake_case, reason = "the parameters' own names serve as the values'")]
                let ($($name,)*) = self;
                let mut names = names.iter();
                $(
                    let name = names.next().ok_or_else(|| Map::Error::custom("an argument has no name"))?;
                    map.serialize_entry(name, $name)?;
                )*
                Ok(())
            }
        }

        /// Several arguments as one input.
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "one for each argument of the user's method")]
        pub fn $function<$($name: Argument),*>(
            encoding: Encoding,
            names: &'static [&'static str],
            $($name: $name),*
        ) -> Arguments<($($name,)*)> {
            Arguments { encoding, names, values: ($($name,)*) }
        }
    )*};
}

argument_lists! {
    arguments_1: A;
    arguments_2: A B;
    arguments_3: A B C;
    arguments_4: A B C D;
    arguments_5: A B C D E;
    arguments_6: A B C D E F;
    arguments_7: A B C D E F G;
    arguments_8: A B C D E F G H;
    arguments_9: A B C D E F G H I;
    arguments_10: A B C D E F G H I J;
    arguments_11: A B C D E F G H I J K;
    arguments_12: A B C D E F G H I J K L;
}
