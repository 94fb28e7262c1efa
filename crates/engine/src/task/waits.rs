//! Steps that wait for a time or a call; and the answer to whoever asked.

use super::{Stop, Task};
use crate::big::{too_large, whole};
use crate::codes;
use crate::door::Answer;
use crate::flow::{ms, span_of};
use crate::keys;
use crate::sleepers::{Sleeper, What};
use model::{Port, Value};
use run::doc::{Settled, StepError, StepState};
use run::{At, Data, Event, Failure, StepMemory};
use serde_json::json;
use store::Ms;

impl Task {
    pub(super) fn start_wait(
        &mut self,
        at: &At,
        fields: Result<Value, StepError>,
        callback: bool,
        known: Option<StepMemory>,
    ) -> Result<(), Stop> {
        let until = match known.and_then(|known| known.waiting) {
            Some((until, _)) => until,
            None => match fields.and_then(|fields| self.wait_until(&fields, callback)) {
                Ok(until) => {
                    let event =
                        Event::Waiting { step: self.run.step_id(at), until, callback, at: self.now() };
                    self.record(event);
                    until
                }
                Err(error) => return self.fail(at, error),
            },
        };
        if callback {
            let token =
                keys::callback_token(&self.core.options.callback_key, self.row.id, &self.run.step_id(at));
            self.notes.input(at, &Data::from(json!({"callback": format!("/hooks/resume/{token}")})));
        }
        self.sleep(at, until, What::Wait { callback });
        Ok(())
    }

    pub(super) fn wait_until(&self, fields: &Value, callback: bool) -> Result<Option<Ms>, StepError> {
        let invalid = |message: String| {
            let advice = "Give a length of time such as 10m, or a time such as 2026-11-23T09:00:00+07:00.";
            codes::error(codes::WAIT, message, advice)
        };
        let span = |name: &str| span_of(fields.get(name)).map_err(&invalid);
        let after = |span| self.now().saturating_add(ms(span));
        if callback {
            return Ok(span("timeout")?.map(after));
        }
        if let Some(length) = span("for")? {
            return Ok(Some(after(length)));
        }
        match fields.get("until") {
            Some(Value::String(text)) => {
                let time = chrono::DateTime::parse_from_rfc3339(text)
                    .map_err(|_| invalid(format!("\"{text}\" is not a time")))?;
                Ok(Some(time.timestamp_millis()))
            }
            Some(Value::Number(time)) if time.is_i64() => Ok(time.as_i64()),
            _ => Err(invalid("the wait says neither how long nor until when".into())),
        }
    }

    pub(super) fn sleep(&mut self, at: &At, until: Option<Ms>, what: What) {
        self.sleep_since(self.now(), at, until, what);
    }

    pub(super) fn sleep_since(&mut self, since: Ms, at: &At, until: Option<Ms>, what: What) {
        let state = match what {
            What::Retry => StepState::Retrying,
            What::Ask => StepState::Unknown,
            What::Propose => StepState::Proposed,
            What::Wait { .. } | What::Child { .. } | What::Gate { .. } => StepState::Waiting,
        };
        self.notes.state(at, state, until);
        self.sleepers.add(Sleeper { at: at.clone(), since, until, what });
    }

    /// After the clock was set back. That is written down, so that the next walk does not begin the wait anew.
    pub(super) fn reckon_anew(&mut self) {
        let now = self.now();
        for (at, until) in self.sleepers.set_back(now) {
            self.notes.state(&at, StepState::Retrying, Some(until));
            let step = self.run.step_id(&at);
            let failure = self.memory.step(&step).and_then(|known| known.failure.clone());
            if let Some(failure) = failure {
                let failure = Failure { retry_at: Some(until), ..failure };
                self.record(Event::Failed { step, failure, at: now });
            }
        }
    }

    pub(super) async fn wake(&mut self, sleeper: Sleeper) -> Result<(), Stop> {
        match sleeper.what {
            What::Gate { .. } => self.launch(sleeper.at, None).await,
            What::Retry => {
                crate::failpoint::reach("retry");
                self.launch(sleeper.at, None).await
            }
            What::Wait { callback } => {
                crate::failpoint::reach("timer");
                let port = if callback { "timeout" } else { Port::OUT };
                self.conclude(&sleeper.at, port, Value::Null, None)
            }
            What::Ask | What::Propose | What::Child { .. } => Ok(()),
        }
    }

    /// Records an outcome that cannot be computed again, and goes on with it.
    pub(super) fn conclude(
        &mut self,
        at: &At,
        port: &str,
        output: Value,
        settled: Option<Settled>,
    ) -> Result<(), Stop> {
        let step = self.run.step_id(at);
        let done = Event::Done {
            step: step.clone(),
            port: Port::from(port),
            output: output.clone(),
            at: self.now(),
            settled,
        };
        self.record(done);
        // One that went well the first time has no history worth keeping.
        self.note_attempts(at, |known| known.tries() > 1);
        self.complete(at, port, Data::from(output))
    }

    /// Notes what the journal knows of a step's attempts, where there is something to know.
    pub(super) fn note_attempts(&mut self, at: &At, telling: impl Fn(&StepMemory) -> bool) {
        let step = self.run.step_id(at);
        if let Some(known) = self.memory.step(&step).filter(|known| telling(known)) {
            self.notes.attempts(at, &known.attempts);
        }
    }

    pub(super) fn respond(&mut self, at: &At, mut fields: Value, got: Data) -> Result<(), Stop> {
        let status =
            fields.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        let headers = fields.get("headers").and_then(Value::as_object).into_iter().flatten();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let headers = headers.map(|(name, value)| (name.clone(), text(value))).collect();
        let body = match fields.get_mut("body") {
            Some(body) => Data::from(body.take()).compact(),
            None => match whole(&got) {
                Some(got) => got,
                None => return self.fail(at, too_large()),
            },
        };
        if let Some(answer) = self.answer.take() {
            // Whoever asked may have gone; the run goes on.
            answer.send(Answer { status: status.unwrap_or(200), headers, body: body.text() }).ok();
        }
        self.result = Some(body.clone());
        self.complete(at, Port::OUT, body)
    }
}
