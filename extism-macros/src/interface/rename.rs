//! `rename_all`: changes the case of export and argument names. The cases are named as in serde.

use syn::{
    LitStr,
    parse::{Parse, ParseStream},
};

/// The case of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Parse for Case {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text: LitStr = input.parse()?;
        let value = text.value();
        CASES.iter().find(|(name, _)| *name == value).map(|(_, case)| *case).ok_or_else(|| {
            let names: Vec<_> = CASES.iter().map(|(name, _)| format!("`\"{name}\"`")).collect();
            syn::Error::new(text.span(), format!("expected one of: {}", names.join(", ")))
        })
    }
}

impl Case {
    /// Converts a Rust name, with words separated by underscores, to this case.
    pub(crate) fn apply(self, name: &str) -> String {
        let (leading, name) = name.split_at(name.len() - name.trim_start_matches('_').len());
        let capitals = || name.split('_').map(capitalized).collect::<String>();
        let renamed = match self {
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_uppercase(),
            Self::Pascal => capitals(),
            Self::Camel => uncapitalized(&capitals()),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_uppercase().replace('_', "-"),
        };
        match self {
            Self::Pascal | Self::Camel => renamed,
            Self::Kebab | Self::ScreamingKebab => leading.replace('_', "-") + &renamed,
            _ => leading.to_owned() + &renamed,
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn uncapitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// `HttpClient` as `http_client`: the name of a function of a type or trait.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends_word = before.is_some_and(|before: char| before.is_lowercase() || before.is_numeric());
        let begins_word =
            before.is_some_and(char::is_uppercase) && letters.peek().is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (ends_word || begins_word) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = Some(letter);
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::CASES;

    #[test]
    fn names_are_written_as_serde_writes_fields() {
        let of = |name: &str| CASES.map(|(_, case)| case.apply(name));
        assert_eq!(
            of("count_all_vowels"),
            [
                "count_all_vowels",
                "COUNT_ALL_VOWELS",
                "CountAllVowels",
                "countAllVowels",
                "count_all_vowels",
                "COUNT_ALL_VOWELS",
                "count-all-vowels",
                "COUNT-ALL-VOWELS",
            ]
        );
        assert_eq!(of("x")[2..4], ["X", "x"]);
        assert_eq!(of("_a_2b")[3], "a2b");
        assert_eq!(of("")[3], "");
    }

    #[test]
    fn functions_are_named_after_types() {
        for (of_type, of_function) in [
            ("Shop", "shop"),
            ("HttpClient", "http_client"),
            ("HTTPClient", "http_client"),
            ("KvV2", "kv_v2"),
            ("X", "x"),
        ] {
            assert_eq!(super::snake_case(of_type), of_function);
        }
    }
}
