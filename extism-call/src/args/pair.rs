use std::str::FromStr;

/// A value of the plug-in's configuration: `KEY=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    /// The key.
    pub(crate) key: String,
    /// The value; empty if there is no `=`.
    pub(crate) value: String,
}

impl FromStr for Config {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The official tool also accepts a key alone and gives it an empty value.
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        if key.is_empty() {
            return Err("the key is empty; expected KEY=VALUE");
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

/// A module to link: `NAME=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The name under which it is imported.
    pub(crate) name: String,
    /// Its file or URL.
    pub(crate) file: String,
}

impl FromStr for Link {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some(("", _)) => Err("the module's name is empty; expected NAME=FILE"),
            None | Some((_, "")) => Err("the module's file is missing; expected NAME=FILE"),
            Some(("main", _)) => Err("`main` is reserved for the plug-in itself; choose another name"),
            Some((_, "-")) => Err("a linked module cannot be read from standard input; use a file or a URL"),
            Some((name, file)) => Ok(Self { name: name.to_owned(), file: file.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_equals_sign_ends_the_key() {
        let config = Config { key: "query".into(), value: "a=b=c".into() };
        assert_eq!("query=a=b=c".parse(), Ok(config));
        let link = Link { name: "lib".into(), file: "https://example.com/?v=1".into() };
        assert_eq!("lib=https://example.com/?v=1".parse(), Ok(link));
    }

    #[test]
    fn a_key_alone_has_an_empty_value() {
        assert_eq!("verbose".parse(), Ok(Config { key: "verbose".into(), value: String::new() }));
        assert!("=x".parse::<Config>().is_err());
    }

    #[test]
    fn a_link_needs_a_name_that_is_free_and_a_file() {
        for wrong in ["lib", "lib=", "=lib.wasm", "main=lib.wasm", "lib=-", ""] {
            assert!(wrong.parse::<Link>().is_err(), "{wrong}");
        }
    }
}
