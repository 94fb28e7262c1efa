//! How far a flow goes with its effects, as a person sets it: by the API, or by the command line.

use api::SetStage;
use model::{FlowDocument, Mode, Problem, ScriptCheck, Specs, Surroundings};

pub fn apply(wanted: &SetStage, document: &mut FlowDocument) {
    document.settings.mode = wanted.mode;
    if let Some(canary) = &wanted.canary {
        document.settings.canary = Some(canary.clone());
    }
}

/// What is wrong with the mode. Whatever else is wrong with the flow by now, it must not keep it from going back.
pub fn problems(document: &FlowDocument, specs: &Specs, scripts: &dyn ScriptCheck) -> Vec<Problem> {
    let problems = model::validate(document, specs, &Surroundings::default(), scripts);
    let of_mode = |problem: &Problem| {
        problem.at.starts_with("/settings/mode") || problem.at.starts_with("/settings/canary")
    };
    problems.into_iter().filter(|problem| problem.is_error() && of_mode(problem)).collect()
}

/// As the audit trail says what was done.
pub fn word(mode: Mode) -> String {
    format!("flow.stage.{}", mode.as_str())
}

/// To which flow, and for a canary to how much of it.
pub fn on(document: &FlowDocument) -> String {
    let canary = document.settings.canary.as_ref().filter(|_| document.settings.mode == Mode::Canary);
    match canary {
        Some(canary) => format!("{} {}% and {} keys", document.id, canary.percent, canary.keys.len()),
        None => document.id.to_string(),
    }
}
