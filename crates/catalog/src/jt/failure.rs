//! What J&T's codes mean for a step. None of them gets better by itself.

use super::api::text;
use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

/// A refusal in J&T's own words.
pub struct Said {
    code: String,
    words: String,
}

/// What J&T gives where it agrees, or why it does not.
pub fn read(answer: &Answer) -> Result<Result<Value, Said>, Error> {
    let mut said: Value = answer.json()?;
    match text(&said, "code").as_str() {
        "1" => Ok(Ok(said.get_mut("data").map(Value::take).unwrap_or_default())),
        "" => Err(Error::Unreadable { host: answer.host(), message: "an answer without a code".into() }),
        code => Ok(Err(Said { code: code.to_owned(), words: text(&said, "msg") })),
    }
}

pub fn of(Said { code, words }: &Said) -> Error {
    let message = format!("J&T refuses ({code}): {}", shorten(words));
    let connection = |advice: &str| Error::Connection { message: message.clone(), advice: advice.into() };
    match code.as_str() {
        "145003010" | "145003051" => connection("Check the API account, and whether it is for this address."),
        "145003012" => connection("Ask for this interface to be launched in J&T's console."),
        "145003030" | "145003052" | "145003053" => connection("Check the private key."),
        "145003031" => connection("Check the customer code and the password."),
        "145003050" => Error::Refused {
            message,
            advice: "Correct the data that this node sends; addresses have to agree with J&T's own list."
                .into(),
        },
        _ => Error::Refused { message, advice: "Read J&T's words, correct the data, then retry.".into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;

    fn of(code: &str, words: &str) -> Error {
        super::of(&Said { code: code.into(), words: words.into() })
    }

    #[test]
    fn every_code_is_final_and_says_whom_it_concerns() {
        let keys =
            ["145003010", "145003012", "145003030", "145003031", "145003051", "145003052", "145003053"];
        for code in keys {
            assert_eq!(of(code, "no").code(), "E0302", "{code}");
        }
        for code in ["145003050", "999001010", "0"] {
            assert_eq!(of(code, "no").code(), "E0308", "{code}");
        }
        for code in keys.iter().chain(&["145003050", "0"]) {
            let error = of(code, "no");
            assert_eq!((error.retry(), error.may_have_happened()), (Retry::Never, false), "{code}");
        }
    }
}
