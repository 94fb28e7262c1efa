//! An error as people read it: what happened, what to do, and the words that came with it.
//!
//! Whoever finds an error says it in English, with the names and the target's own words in it. In Thai the sentence comes
//! from the code, and what came with the error stands below in small type, because a name or a SKU is only there.

mod thai;

use crate::client::Error;
use crate::words::{Language, words};
use leptos::prelude::*;
use run::doc::StepError;

/// The code of a connection whose test failed: what the test answers carries none.
pub const CONNECTION_FAILS: &str = "E0424";

/// Codes whose sentence is always the same, so that the one in Thai says all of it.
const SAYS_NO_MORE: &[&str] =
    &["E0401", "E0402", "E0405", "E0408", "E0416", "E0418", "E0419", "E0420", "E0421"];
/// Codes of calls and runs whose advice names something; that of the others is the code's own.
const ADVICE_NAMES: &[&str] = &["E0301", "E0302", "E0308", "E0424"];
/// The validator's advice names the nearest spelling or the choices.
const OF_THE_FLOW: &str = "E01";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub title: String,
    pub advice: String,
    /// In the words that came with the error, where the title is not those words already.
    pub detail: String,
}

impl Told {
    pub fn of(language: Language, code: &str, message: &str, advice: &str) -> Self {
        match (language, thai::words(code)) {
            (Language::Thai, Some((title, mend))) => Self {
                title: title.to_owned(),
                advice: mend.to_owned(),
                detail: detail(code, message, advice),
            },
            _ => Self { title: message.to_owned(), advice: advice.to_owned(), detail: String::new() },
        }
    }

    /// What the page itself says, in its own language already.
    pub fn plain(text: &str) -> Self {
        Self { title: text.to_owned(), ..Self::default() }
    }

    /// The same for a request that failed.
    pub fn refused(language: Language, error: &Error) -> Self {
        match error {
            Error::Offline => Self::plain(language.words().offline),
            Error::Unreadable => Self::plain(language.words().unreadable_answer),
            Error::Refused { body, .. } => Self::of(language, &body.code, &body.message, &body.advice),
        }
    }

    /// The same for a step that failed.
    pub fn step(language: Language, error: &StepError) -> Self {
        Self::of(language, &error.code, &error.message, &error.advice)
    }

    /// What happened and what to do, as one text.
    pub fn text(&self) -> String {
        sentences(&self.title, &self.advice)
    }
}

fn detail(code: &str, message: &str, advice: &str) -> String {
    if SAYS_NO_MORE.contains(&code) {
        return String::new();
    }
    let names = code.starts_with(OF_THE_FLOW) || ADVICE_NAMES.contains(&code);
    sentences(message, if names { advice } else { "" })
}

/// Two sentences on a line. Thai parts them by the blank alone.
fn sentences(first: &str, second: &str) -> String {
    let (first, second) = (first.trim(), second.trim());
    let english = second.starts_with(|start: char| start.is_ascii());
    let open = english && !first.ends_with(['.', '!', '?', ':']);
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (_, true) => first.to_owned(),
        _ if open => format!("{first}. {second}"),
        _ => format!("{first} {second}"),
    }
}

/// The small line with the words that came with the error.
#[component]
pub fn Detail(#[prop(into)] text: String) -> impl IntoView {
    (!text.is_empty()).then(|| view! { <p class="kl-error-detail" lang="en">{text}</p> })
}

/// An error in a box: code, what happened, what to do, and what came with it.
#[component]
pub fn ErrorWords(#[prop(optional, into)] code: String, told: Told) -> impl IntoView {
    let Told { title, advice, detail } = told;
    view! {
        <div class="kl-error-words">
            <p>{(!code.is_empty()).then(|| view! { <code class="kl-problem-code">{code}</code> " " })} {title}</p>
            {(!advice.is_empty()).then(|| view! { <p class="kl-error-advice"><b>{words().what_to_do}": "</b>{advice}</p> })}
            <Detail text=detail/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN_SKU: (&str, &str, &str) =
        ("E0308", "Odoo knows no product with the SKU NO-SUCH-TEA", "Enter the SKU in Odoo.");

    fn told(language: Language, (code, message, advice): (&str, &str, &str)) -> Told {
        Told::of(language, code, message, advice)
    }

    #[test]
    fn a_thai_reader_gets_thai_and_the_targets_own_words_below() {
        let told = told(Language::Thai, UNKNOWN_SKU);
        assert_eq!(told.title, "ระบบปลายทางไม่รับรายการนี้");
        assert!(told.advice.contains("โปรดแก้"));
        assert_eq!(told.detail, "Odoo knows no product with the SKU NO-SUCH-TEA. Enter the SKU in Odoo.");
    }

    #[test]
    fn an_english_reader_gets_what_came_with_the_error_once() {
        let told = told(Language::English, UNKNOWN_SKU);
        assert_eq!(told.text(), "Odoo knows no product with the SKU NO-SUCH-TEA. Enter the SKU in Odoo.");
        assert_eq!(told.detail, "");
    }

    #[test]
    fn a_thai_sentence_that_says_all_has_no_english_below_it() {
        let told = told(Language::Thai, ("E0402", "the e-mail or the password is wrong", "Check both."));
        assert_eq!((told.title.as_str(), told.detail.as_str()), ("อีเมลหรือรหัสผ่านไม่ถูกต้อง", ""));
    }

    #[test]
    fn a_code_from_a_newer_server_is_told_as_it_came() {
        let told = told(Language::Thai, ("E0999", "Something new", "Reload."));
        assert_eq!(told.text(), "Something new. Reload.");
    }
}
