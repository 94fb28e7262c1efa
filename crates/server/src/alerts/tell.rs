//! Sending a message over one of the connections that people have, by the catalog's own operations.

use super::facts::Trouble;
use super::rule::Error;
use super::state::{Due, Outcome};
use super::words::{self, Words};
use crate::App;
use api::{AlertOccasion, AlertRule, AlertTarget};
use connector::{ActionCx, Connection, Retry};
use engine::ConnectionSource;
use model::{ConnectionName, OperationId, Span, Value};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::Ms;

/// How long one message may take. What is claimed is claimed for longer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// So often a message waits while the gate of its connection lets nothing through. Then it goes all the same: an alert that is
/// one call too many does less harm than one that nobody hears.
const PATIENT_TRIES: u32 = 2;
/// How much is kept of what went wrong.
const CHARS_MAX: usize = 500;

/// How a message gets to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Mail,
    Line,
    Slack,
    Http,
}

impl Way {
    fn of(connector: &str) -> Option<Self> {
        match connector {
            "email" => Some(Self::Mail),
            "line" => Some(Self::Line),
            "slack" => Some(Self::Slack),
            "http" => Some(Self::Http),
            _ => None,
        }
    }

    fn operation(self) -> OperationId {
        OperationId::from(match self {
            Self::Mail => "email/send",
            Self::Line => "line/push_message",
            Self::Slack => "slack/post_message",
            Self::Http => "http/request",
        })
    }

    /// The operation's fields.
    fn fields(self, held: &Connection, to: Option<&str>, words: &Words, said: &Value) -> Value {
        let Words { title, text } = words;
        match self {
            Self::Mail => json!({"to": to, "subject": title, "text": text}),
            Self::Line => json!({"to": to, "text": text}),
            // Names may hold what Slack takes for a call to everybody.
            Self::Slack => {
                json!({"text": text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")})
            }
            Self::Http => {
                let url = to.or_else(|| held.text("base_url"));
                json!({"method": "POST", "url": url, "body_kind": "json", "body": said, "timeout": "30s"})
            }
        }
    }
}

/// Whether a rule's targets are there, and whether each says whom it is for where that has to be said.
pub fn check(app: &App, rule: &AlertRule) -> Result<(), Error> {
    for AlertTarget { connection, to } in &rule.to {
        let name = ConnectionName::from(connection.as_str());
        let unknown = || Error::Unknown(format!("connection {connection:?}"));
        let (held, _) = app.vault().find(&name).ok_or_else(unknown)?;
        let way = Way::of(&held.connector);
        let way = way.ok_or_else(|| Error::Connector { connector: held.connector.clone() })?;
        let to = to.as_deref().map(str::trim).filter(|to| !to.is_empty());
        let no_address = |what| Error::NoAddress { connection: connection.clone(), what };
        match (way, to) {
            (Way::Mail, None) => {
                return Err(no_address("a mail address, or several with commas between them"));
            }
            (Way::Line, None) => return Err(no_address("a user's, group's or room's id")),
            (Way::Slack, Some(_)) => return Err(Error::Address(connection.clone())),
            (Way::Http, Some(to)) if !to.starts_with('/') || to.starts_with("//") => {
                return Err(Error::Path(connection.clone()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Sends what is due, and says how that came out.
pub async fn send(app: &App, id: &str, rule: &AlertRule, due: &Due) -> Outcome {
    let message = &due.message;
    let key = format!("alert-{id}-{}-{}", message.at, message.occasion.as_str());
    let words =
        words::message(rule, message.occasion, &message.troubles, message.more, message.at, app.base_url());
    let said = said(id, rule, message.occasion, &message.troubles, message.at, &words);
    let name = ConnectionName::from(due.target.connection.as_str());
    let call = over(app, &name, due.target.to.as_deref(), &words, &said, &key);
    if due.tries >= PATIENT_TRIES {
        return outcome(call.await);
    }
    match app.engine().call_aside(&name, call).await {
        Some(answer) => outcome(answer),
        None => Outcome::Failed {
            message: "calls over the connection are held back".into(),
            advice: "Nothing: it is sent in a moment. Look at the connection if it stays.".into(),
            again: true,
        },
    }
}

/// A message that says of itself that it is a test, at once.
pub async fn drill(app: &App, id: &str, rule: &AlertRule, target: &AlertTarget, now: Ms) -> Outcome {
    let occasion = AlertOccasion::Drill;
    let words = words::message(rule, occasion, &[], 0, now, app.base_url());
    let said = said(id, rule, occasion, &[], now, &words);
    let name = ConnectionName::from(target.connection.as_str());
    let key = format!("alert-{id}-{now}-drill");
    outcome(over(app, &name, target.to.as_deref(), &words, &said, &key).await)
}

/// For programs.
fn said(
    id: &str,
    rule: &AlertRule,
    occasion: AlertOccasion,
    troubles: &[Trouble],
    at: Ms,
    words: &Words,
) -> Value {
    let told = |trouble: &Trouble| {
        let text = words::text(&trouble.facts, rule.language);
        json!({"since": trouble.since, "text": text, "facts": trouble.facts})
    };
    let troubles: Vec<Value> = troubles.iter().map(told).collect();
    json!({
        "alert": id,
        "name": rule.name,
        "occasion": occasion,
        "drill": occasion == AlertOccasion::Drill,
        "at": at,
        "text": words.text,
        "troubles": troubles,
    })
}

/// One call over the connection, with a new token where the one there was has ended.
async fn over(
    app: &App,
    name: &ConnectionName,
    to: Option<&str>,
    words: &Words,
    said: &Value,
    key: &str,
) -> Result<(), connector::Error> {
    let held = app.vault().ready(name).await?;
    match once(app, &held, to, words, said, key).await {
        Err(connector::Error::TokenEnded { .. }) => {
            let renewed = app.vault().renew(name, &held).await?;
            once(app, &renewed, to, words, said, key).await
        }
        answer => answer,
    }
}

async fn once(
    app: &App,
    held: &Arc<Connection>,
    to: Option<&str>,
    words: &Words,
    said: &Value,
    key: &str,
) -> Result<(), connector::Error> {
    let unusable = || connector::Error::Connection {
        message: format!("{} tells nobody anything", held.connector),
        advice: "Choose another connection in the alert.".into(),
    };
    let way = Way::of(&held.connector).ok_or_else(unusable)?;
    let catalog = app.catalog();
    let action = catalog.action(&way.operation()).ok_or_else(unusable)?;
    let to = to.map(str::trim).filter(|to| !to.is_empty());
    let http = app.http().over(held)?;
    let timeout = Span::from_ms(TIMEOUT.as_millis() as u64);
    let cx = ActionCx { http: &http, connection: Some(held), step_key: key, timeout };
    let answer = match tokio::time::timeout(TIMEOUT, action.run(&cx, way.fields(held, to, words, said))).await
    {
        Ok(answer) => answer,
        Err(_) => {
            let message = format!("no answer within {} s", TIMEOUT.as_secs());
            Err(connector::Error::Unanswered { host: held.connector.clone(), message })
        }
    };
    // A system that repeats what it was told must not make the list of alerts tell a key.
    answer.map(drop).map_err(|error| held.concealed(error))
}

fn outcome(answer: Result<(), connector::Error>) -> Outcome {
    match answer {
        Ok(()) => Outcome::Ok,
        Err(error) => Outcome::Failed {
            message: error.to_string().chars().take(CHARS_MAX).collect(),
            advice: error.advice().chars().take(CHARS_MAX).collect(),
            again: error.retry() != Retry::Never,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Catalog;
    use serde_json::Map;
    use std::collections::BTreeMap;

    #[test]
    fn each_way_fills_the_fields_of_its_operation_and_slack_calls_nobody() {
        let known = Catalog::new(catalog::parts());
        let words = Words { title: "[Khlong] Orders".into(), text: "<!channel> & 1042".into() };
        let said = json!({"alert": "orders"});
        for (connector, to) in [
            ("email", Some("ops@example.com")),
            ("line", Some("U4af4980629")),
            ("slack", None),
            ("http", None),
        ] {
            let fields = Map::from_iter([("base_url".into(), json!("https://hooks.example.com/T/1"))]);
            let held = Connection::new("ops".into(), connector.into(), fields, BTreeMap::new());
            let way = Way::of(connector).expect("it tells somebody");
            let action = known.action(&way.operation()).expect("the operation is there");
            let fields = way.fields(&held, to, &words, &said);
            let names = action.spec().fields.into_iter().map(|field| field.name).collect::<Vec<_>>();
            for name in fields.as_object().into_iter().flat_map(|fields| fields.keys()) {
                assert!(names.contains(name), "{connector} has no field {name}");
            }
            let sent = fields.to_string();
            assert_eq!(action.check(fields), Ok(()), "{connector}");
            match connector {
                "slack" => assert!(sent.contains("&lt;!channel&gt; &amp; 1042"), "{sent}"),
                "http" => assert!(sent.contains("https://hooks.example.com/T/1"), "{sent}"),
                _ => assert!(sent.contains("<!channel> & 1042"), "{sent}"),
            }
        }
    }
}
