//! Questions that a person puts to a connected system and waits for: what bounds them, and why there may be no answer.

use crate::codes;
use crate::failure::Failure;
use crate::lookups::Wait;
use axum::http::StatusCode;
use connector::Connection;
use model::Value;
use std::time::Duration;

/// A person waits for the answer.
pub const ANSWER_MAX: Duration = Duration::from_secs(15);

#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    #[error("calls over the connection are held back: {0}")]
    HeldBack(String),
    #[error("there were many questions in the last minute")]
    TooOften(Wait),
    #[error("the system did not answer within {} seconds", ANSWER_MAX.as_secs())]
    TooSlow,
    #[error("{message}")]
    Target { message: String, advice: String },
    /// Nobody was asked: the question itself cannot be put.
    #[error("{message}")]
    Mistake { message: String, advice: String },
}

impl Unanswered {
    /// What the system said, without what it may have repeated of the connection's secrets.
    pub fn target(held: Option<&Connection>, error: &connector::Error) -> Self {
        let said = error.to_string();
        let message = held.map_or_else(|| said.clone(), |held| concealed(held, &said));
        let advice = error.advice();
        match error {
            connector::Error::Input { .. } => Self::Mistake { message, advice },
            _ => Self::Target { message, advice },
        }
    }

    /// `by_hand` says what can be done without an answer, as the end of a sentence.
    pub fn into_failure(self, by_hand: &str) -> Failure {
        let message = self.to_string();
        let advice = match self {
            Self::TooOften(wait) => {
                let busy = Failure::new(StatusCode::TOO_MANY_REQUESTS, codes::BUSY, message);
                return busy.retry_after(wait.seconds);
            }
            Self::HeldBack(_) => format!("Look at the connection, or {by_hand}."),
            Self::TooSlow => format!("Try again, or {by_hand}."),
            Self::Target { advice, .. } => advice,
            Self::Mistake { advice, .. } => return Failure::bad_request(message).advice(advice),
        };
        Failure::new(StatusCode::BAD_GATEWAY, codes::TARGET_REFUSED, message).advice(advice)
    }
}

/// The answer, if it comes while somebody can be expected to wait.
pub async fn in_time<T>(answer: impl Future<Output = T>) -> Result<T, Unanswered> {
    tokio::time::timeout(ANSWER_MAX, answer).await.map_err(|_| Unanswered::TooSlow)
}

/// A text of a system without the connection's secrets.
pub fn concealed(held: &Connection, text: &str) -> String {
    let mut value = Value::from(text);
    held.conceal(&mut value);
    value.as_str().unwrap_or_default().to_owned()
}
