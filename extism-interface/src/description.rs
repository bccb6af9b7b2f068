//! What a module or a file says of itself: one or several interfaces.

use serde::Serialize;
use serde_json::Value;

use crate::{FORMAT, Interface, Method, Role, SectionError, section, text};

/// The most bytes of a description.
pub const MAX_BYTES: usize = 1 << 20;

/// The interfaces that a plug-in implements, and those of the host functions that it needs.
///
/// In JSON it is one [`Interface`], a list of them, or several one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The interfaces.
    pub interfaces: Vec<Interface>,
}

/// Why a description cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptionError {
    /// It is too long.
    #[error("it has {bytes} bytes, and at most {MAX_BYTES} are read")]
    #[non_exhaustive]
    TooLong {
        /// Its size.
        bytes: usize,
    },
    /// It is no JSON, or no interface.
    #[error("{0}")]
    Json(String),
    /// It was written by a newer version.
    #[error("it has format {format}, and this version reads up to {FORMAT}")]
    #[non_exhaustive]
    Newer {
        /// The version of the JSON.
        format: u64,
    },
    /// A function occurs twice.
    #[error("it describes `{}` twice", text::name(.name))]
    #[non_exhaustive]
    Twice {
        /// The function's name.
        name: String,
    },
    /// The module's sections are wrong.
    #[error(transparent)]
    Section(#[from] SectionError),
}

impl DescriptionError {
    fn json(error: &serde_json::Error) -> Self {
        // The message may quote names.
        Self::Json(text::lines(&error.to_string()).collect::<Vec<_>>().join(" "))
    }
}

impl Description {
    /// Creates the description of these interfaces.
    pub fn new(interfaces: impl IntoIterator<Item = Interface>) -> Self {
        Self { interfaces: interfaces.into_iter().collect() }
    }

    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if this is no description, is too long, was written by a newer version, or has a function twice.
    pub fn from_json(json: &[u8]) -> Result<Self, DescriptionError> {
        if json.len() > MAX_BYTES {
            return Err(DescriptionError::TooLong { bytes: json.len() });
        }
        let mut interfaces = Vec::new();
        // Values first, so that a newer format is told from a mistake. The reader limits the depth.
        for document in serde_json::Deserializer::from_slice(json).into_iter::<Value>() {
            match document.map_err(|error| DescriptionError::json(&error))? {
                Value::Array(list) => interfaces.extend(list),
                one => interfaces.push(one),
            }
        }
        if interfaces.is_empty() {
            return Err(DescriptionError::Json("there is no interface in it".to_owned()));
        }
        let interfaces = interfaces.into_iter().map(interface).collect::<Result<Vec<_>, _>>()?;
        let description = Self { interfaces };
        description.check_names()?;
        Ok(description)
    }

    /// Reads the section [`SECTION`](crate::SECTION) of a WebAssembly module; `None` if it has none.
    ///
    /// # Errors
    ///
    /// Returns an error if the section cannot be read, or if there are two.
    pub fn from_module(wasm: &[u8]) -> Result<Option<Self>, DescriptionError> {
        section::find(wasm)?.map(Self::from_json).transpose()
    }

    /// Returns a module with this description as its section, in place of the one that it has.
    ///
    /// # Errors
    ///
    /// Returns an error if these bytes are no module, or if the description is too long to be read again.
    pub fn stamp(&self, wasm: &[u8]) -> Result<Vec<u8>, DescriptionError> {
        let json = self.to_section();
        if json.len() > MAX_BYTES {
            return Err(DescriptionError::TooLong { bytes: json.len() });
        }
        Ok(section::replace(wasm, json.as_bytes())?)
    }

    /// Returns the description as indented JSON, with a line break at its end: an interface, or a list if there are
    /// several.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self.interfaces.as_slice() {
            [only] => pretty(only),
            several => pretty(&several),
        }
    }

    /// As little JSON as possible.
    fn to_section(&self) -> String {
        // Strings, numbers and lists of them can always be written.
        let documents = self.interfaces.iter().map(|interface| serde_json::to_string(interface).unwrap_or_default());
        documents.collect::<Vec<_>>().join("\n")
    }

    /// Returns the interfaces with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Interface> {
        self.interfaces.iter().filter(move |interface| interface.role == role)
    }

    /// Returns the function with this name among those with a role, and its interface.
    #[must_use]
    pub fn function(&self, role: Role, name: &str) -> Option<(&Interface, &Method)> {
        self.with_role(role).find_map(|interface| Some((interface, interface.method(name)?)))
    }

    fn check_names(&self) -> Result<(), DescriptionError> {
        let mut seen = std::collections::HashSet::new();
        for interface in &self.interfaces {
            for method in interface.methods.iter() {
                if !seen.insert((interface.role == Role::Host, &method.namespace, &method.export)) {
                    return Err(DescriptionError::Twice { name: method.export.to_string() });
                }
            }
        }
        Ok(())
    }
}

impl From<Interface> for Description {
    fn from(interface: Interface) -> Self {
        Self::new([interface])
    }
}

fn interface(json: Value) -> Result<Interface, DescriptionError> {
    if let Some(format) = json.get("format").and_then(Value::as_u64).filter(|format| *format > u64::from(FORMAT)) {
        return Err(DescriptionError::Newer { format });
    }
    serde_json::from_value(json).map_err(|error| DescriptionError::json(&error))
}

/// Indented JSON, with a line break at its end.
pub(crate) fn pretty(value: &impl Serialize) -> String {
    let mut json = serde_json::to_string_pretty(value).unwrap_or_default();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"name": "A", "methods": [{"export": "f"}]}"#;

    #[test]
    fn a_description_is_one_interface_or_several() {
        let one = Description::from_json(SMALL.as_bytes()).unwrap();
        assert_eq!((one.interfaces.len(), &*one.interfaces[0].name), (1, "A"));
        let other = SMALL.replace('A', "B").replace("\"f\"", "\"g\"");
        for json in [format!("{SMALL}{other}"), format!("{SMALL}\n{other}\n"), format!("[{SMALL}, {other}]")] {
            let several = Description::from_json(json.as_bytes()).unwrap();
            assert_eq!(several.interfaces.len(), 2, "{json}");
            assert_eq!(Description::from_json(several.to_json().as_bytes()).unwrap(), several);
            assert_eq!(Description::from_json(several.to_section().as_bytes()).unwrap(), several);
        }
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let message = |json: &str| Description::from_json(json.as_bytes()).unwrap_err().to_string();
        assert_eq!(message(""), "there is no interface in it");
        assert_eq!(message(&SMALL[..20]), "EOF while parsing a string at line 1 column 20");
        assert_eq!(message(r#"{"name": "A"}"#), "missing field `methods`");
        assert_eq!(message(r#"{"format": 7, "unknown": 1}"#), "it has format 7, and this version reads up to 1");
        assert_eq!(message(&format!("{SMALL}{SMALL}")), "it describes `f` twice");
        assert_eq!(
            message(&SMALL.replace("name", "na\\u001bme")),
            "unknown field `na\\u{1b}me`, expected one of `format`, `name`, `version`, `role`, `require_section`, `docs`, `methods`, \
             `$defs`, `sent`"
        );
        let deep = format!(r#"{{"name": "A", "methods": [], "$defs": {{"T": {}"#, "[".repeat(100_000));
        assert!(message(&deep).contains("recursion limit exceeded"));
        assert_eq!(
            Description::from_json(&vec![b' '; MAX_BYTES + 1]),
            Err(DescriptionError::TooLong { bytes: MAX_BYTES + 1 })
        );
    }
}
