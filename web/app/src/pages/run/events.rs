//! The timeline of a run: what happened when, told from its steps.

use crate::errors::Told;
use crate::words::{Language, Words, fill};
use api::RunDetail;
use model::NodeId;
use run::doc::{Attempt, Ms, StepDoc, StepState};

/// A run over many items has thousands of moments; a person reads the first ones and the last ones elsewhere.
const MOMENTS_MAX: usize = 300;

#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub at: Ms,
    /// For the dot's colour: good, bad, warn, or nothing.
    pub tone: &'static str,
    pub node: Option<NodeId>,
    pub title: String,
    pub text: String,
    /// What came with an error, where its title is in another language.
    pub detail: String,
}

pub fn moments(run: &RunDetail, language: Language) -> Vec<Moment> {
    let words = language.words();
    let arrived = Moment {
        at: run.run.started_at,
        tone: "good",
        node: Some(run.trigger_node.clone()),
        title: words.trigger_event.to_owned(),
        text: String::new(),
        detail: String::new(),
    };
    let steps = run.steps.iter().filter(|step| step.node != run.trigger_node);
    let mut all: Vec<Moment> =
        [arrived].into_iter().chain(steps.flat_map(|step| of_step(run, step, language))).collect();
    // The sort is stable: what happened in the same millisecond stays in the order of the steps.
    all.sort_by_key(|moment| moment.at);
    all.truncate(MOMENTS_MAX);
    all
}

fn of_step(run: &RunDetail, step: &StepDoc, language: Language) -> Vec<Moment> {
    let title = title(run, step, language.words());
    let moment = |at: Ms, tone: &'static str, told: Told| Moment {
        at,
        tone,
        node: Some(step.node.clone()),
        title: title.clone(),
        text: told.title,
        detail: told.detail,
    };
    let failed = step.attempts.iter().filter(|attempt| attempt.error.is_some());
    let mut all: Vec<Moment> = failed
        .map(|attempt| {
            moment(attempt.ended_at.unwrap_or(attempt.started_at), "warn", failure(attempt, language))
        })
        .collect();
    if let Some((tone, text)) = ending(step, language)
        && let Some(at) = step.finished_at.or(step.started_at)
    {
        // The last failed attempt and the step's failure are one moment.
        if step.state == StepState::Failed {
            all.pop();
        }
        all.push(moment(at, tone, text));
    }
    all
}

fn ending(step: &StepDoc, language: Language) -> Option<(&'static str, Told)> {
    let words = language.words();
    let (tone, text) = match step.state {
        StepState::Failed => {
            let failed = || Told::plain(words.state_failed);
            return Some((
                "bad",
                step.error.as_ref().map_or_else(failed, |error| Told::step(language, error)),
            ));
        }
        StepState::Done => ("good", words.state_done),
        StepState::Unknown => ("warn", words.state_unknown),
        StepState::Proposed => ("warn", words.state_proposed),
        StepState::Running => ("", words.state_running),
        StepState::Waiting => ("", words.state_waiting),
        StepState::Cancelled => ("", words.state_cancelled),
        StepState::Retrying | StepState::Skipped | StepState::Pending => return None,
    };
    Some((tone, Told::plain(text)))
}

fn failure(attempt: &Attempt, language: Language) -> Told {
    let words = language.words();
    let failed = || Told::plain(words.attempt_failed);
    let reason = attempt.error.as_ref().map_or_else(failed, |error| Told::step(language, error));
    let number = fill(words.attempt, &[&attempt.number]);
    Told { title: format!("{number}: {}", reason.title), ..reason }
}

fn title(run: &RunDetail, step: &StepDoc, words: &Words) -> String {
    let label = run
        .document
        .node(step.node.as_str())
        .map_or_else(|| step.node.to_string(), |node| node.label().to_owned());
    match step.item.last() {
        Some(item) => format!("{label}, {}", fill(words.item_number, &[&(item + 1)])),
        None => label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(steps: serde_json::Value) -> RunDetail {
        serde_json::from_value(json!({
            "run": {"id": "1", "flow": "orders", "flow_name": "Orders", "state": "done", "key": null, "started_at": 100, "finished_at": 900,
                    "steps": 2, "error_node": null, "error_code": null, "error": null, "retry_of": null},
            "version": 1,
            "document": {"khlong": 1, "id": "orders", "name": "Orders", "nodes": [
                {"id": "order", "use": "core/webhook"}, {"id": "erp", "title": "Create sales order", "use": "odoo/create_sales_order"}]},
            "trigger": {}, "trigger_node": "order", "steps": steps, "edges": [], "truncated": false
        }))
        .expect("a run")
    }

    fn lines(run: &RunDetail) -> Vec<String> {
        moments(run, Language::English)
            .iter()
            .map(|moment| {
                format!("{} {} {} {}", moment.at, moment.tone, moment.title, moment.text).trim().to_owned()
            })
            .collect()
    }

    #[test]
    fn a_step_that_worked_at_the_second_try_tells_of_both() {
        let error = json!({"code": "E0307", "message": "Too many requests", "advice": "Wait"});
        let run = run(json!([
            {"node": "order", "state": "done", "started_at": 100, "finished_at": 100},
            {"node": "erp", "state": "done", "started_at": 110, "finished_at": 900, "attempts": [
                {"number": 1, "started_at": 110, "ended_at": 200, "error": error, "retry_at": 800},
                {"number": 2, "started_at": 800, "ended_at": 900}]}
        ]));
        assert_eq!(
            lines(&run),
            [
                "100 good What arrived",
                "200 warn Create sales order Attempt 1: Too many requests",
                "900 good Create sales order Done"
            ]
        );
    }

    #[test]
    fn a_thai_timeline_says_in_thai_what_went_wrong_and_keeps_the_erps_own_words() {
        let error =
            json!({"code": "E0308", "message": "SKU TEA-500 is not in the ERP", "advice": "Create it"});
        let run = run(
            json!([{"node": "erp", "state": "failed", "error": error, "started_at": 110, "finished_at": 200}]),
        );
        let last = moments(&run, Language::Thai).pop().expect("the failure");
        assert_eq!(last.text, "ระบบปลายทางไม่รับรายการนี้");
        assert_eq!(last.detail, "SKU TEA-500 is not in the ERP. Create it");
    }

    #[test]
    fn a_failure_is_told_once() {
        let error =
            json!({"code": "E0311", "message": "SKU TEA-500 is not in the ERP", "advice": "Create it"});
        let run = run(json!([
            {"node": "erp", "state": "failed", "error": error, "started_at": 110, "finished_at": 200,
             "attempts": [{"number": 1, "started_at": 110, "ended_at": 200, "error": error}]}
        ]));
        assert_eq!(
            lines(&run),
            ["100 good What arrived", "200 bad Create sales order SKU TEA-500 is not in the ERP"]
        );
    }
}
