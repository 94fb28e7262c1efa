//! Everything the pages say, in English and Thai.
//!
//! A table of our own: a text is a field of `Words`, both languages are written on one line, and a missing translation
//! does not compile. leptos_i18n would bring code generation at build time and ICU's data for plurals; neither language
//! here needs more than one plural rule, and without locale files there is nothing to generate from.

mod texts;

use std::cell::Cell;
pub use texts::Words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Thai,
}

impl Language {
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Thai => "th",
        }
    }

    pub fn from_tag(tag: &str) -> Self {
        if tag.starts_with("th") { Language::Thai } else { Language::English }
    }

    pub const fn words(self) -> &'static Words {
        match self {
            Language::English => &texts::ENGLISH,
            Language::Thai => &texts::THAI,
        }
    }

    /// The text of a spec that is written in both languages; English where Thai is missing.
    pub fn of(self, both: &model::Words) -> &str {
        match self {
            Language::Thai if !both.th.is_empty() => &both.th,
            _ => &both.en,
        }
    }
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// From here on the page speaks this language. Who sets it draws the whole page anew.
pub fn speak(language: Language) {
    SPOKEN.set(language);
}

/// The language of the page. Not a context: it is also asked for after an `await`, where there is no page to ask.
pub fn language() -> Language {
    SPOKEN.get()
}

pub fn words() -> &'static Words {
    language().words()
}

/// Puts values into a text's `{}`, in order.
pub fn fill(text: &str, values: &[&dyn std::fmt::Display]) -> String {
    let mut pieces = text.split("{}");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for (i, piece) in pieces.enumerate() {
        if let Some(value) = values.get(i) {
            filled += &value.to_string();
        }
        filled += piece;
    }
    filled
}

/// "1 run", "2 runs": the text before the bar for one, the one after it for others. Thai has one form and no bar.
pub fn count(text: &str, n: u64) -> String {
    let (one, many) = text.split_once('|').unwrap_or((text, text));
    fill(if n == 1 { one } else { many }, &[&n])
}

/// A number as people read it: its digits in groups of three.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let comma = |(i, digit): (usize, char)| {
        [(i > 0 && (digits.len() - i).is_multiple_of(3)).then_some(','), Some(digit)]
    };
    digits.chars().enumerate().flat_map(comma).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_also_where_no_page_can_be_asked() {
        speak(Language::Thai);
        assert_eq!(words().nav_today, Language::Thai.words().nav_today);
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([0, 999, 1_284, 1_234_567].map(grouped), ["0", "999", "1,284", "1,234,567"]);
    }

    #[test]
    fn values_go_where_the_text_wants_them() {
        assert_eq!(fill("{} of {}", &[&2, &5]), "2 of 5");
        assert_eq!(fill("nothing to fill", &[&2]), "nothing to fill");
        assert_eq!(fill("{} and {}", &[&"a"]), "a and ");
    }

    #[test]
    fn one_run_is_not_many() {
        assert_eq!(
            (count("{} run|{} runs", 1), count("{} run|{} runs", 3)),
            ("1 run".into(), "3 runs".into())
        );
        assert_eq!(count("{} รอบ", 1), "1 รอบ");
    }

    #[test]
    fn both_languages_fill_the_same_places() {
        for (english, thai) in texts::pairs() {
            let places = |text: &str| text.split('|').map(|form| form.matches("{}").count()).max();
            assert_eq!(places(english), places(thai), "{english} / {thai}");
            assert!(!thai.is_empty() && !english.is_empty());
        }
    }
}
