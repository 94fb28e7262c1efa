//! How a flow's parts are shown to people: the face of a node, the words of a state.

use crate::words::{Language, Words};
use model::{Family, FlowDocument, Node, NodeId, OperationId, Specs};
use run::doc::StepState;
use std::collections::HashMap;
use ui::{Icon, Tone};

/// The picture in front of a node's title.
#[derive(Clone, Debug, PartialEq)]
pub enum Glyph {
    Icon(Icon),
    Letter(String),
}

/// What a node looks like before anything has run.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    pub glyph: Glyph,
    pub family: Option<Family>,
    pub subtitle: String,
}

pub fn faces(flow: &FlowDocument, specs: &Specs, language: Language) -> HashMap<NodeId, Face> {
    flow.nodes.iter().map(|node| (node.id.clone(), face(node, specs, language))).collect()
}

pub fn face(node: &Node, specs: &Specs, language: Language) -> Face {
    Face {
        glyph: glyph(&node.operation, specs),
        family: specs.operation(&node.operation).map(|spec| spec.family),
        subtitle: subtitle(node, specs, language),
    }
}

/// The operations of Khlong itself and plain HTTP have pictures of their own; a system has the first letter of its name.
pub fn glyph(operation: &OperationId, specs: &Specs) -> Glyph {
    let icon = match operation.as_str() {
        "core/webhook" => Icon::Bolt,
        "core/schedule" | "core/wait" => Icon::Clock,
        "core/manual" => Icon::Play,
        "core/script" | "core/set" => Icon::Function,
        "core/map" => Icon::Across,
        "core/switch" | "core/filter" | "core/merge" => Icon::Fork,
        "core/for_each" => Icon::Again,
        "core/call" | "core/called" => Icon::Flows,
        "core/respond" => Icon::Send,
        other if other.starts_with("http/") => Icon::Globe,
        _ => return Glyph::Letter(letter(operation, specs)),
    };
    Glyph::Icon(icon)
}

fn letter(operation: &OperationId, specs: &Specs) -> String {
    let title = specs.connectors.get(operation.connector()).map(|spec| spec.title.en.as_str());
    let first = title.unwrap_or(operation.connector()).chars().next();
    first.map(|letter| letter.to_uppercase().to_string()).unwrap_or_default()
}

/// "Odoo, Create sales order, retry 8×": the system, what is done there, and what is unusual about it.
fn subtitle(node: &Node, specs: &Specs, language: Language) -> String {
    let Some(spec) = specs.operation(&node.operation) else { return node.operation.to_string() };
    let mut parts = Vec::new();
    if node.operation.connector() != "core" {
        parts.extend(
            specs
                .connectors
                .get(node.operation.connector())
                .map(|connector| language.of(&connector.title).to_owned()),
        );
    }
    let title = language.of(&spec.title);
    if title != node.label() && parts.first().is_none_or(|connector| connector != title) {
        parts.push(title.to_owned());
    }
    if let Some(script) = node.with.get("script").and_then(|script| script.as_str()) {
        let lines = script.lines().count() as u64;
        parts.push(crate::words::count(language.words().script_lines, lines));
    }
    parts.join(", ")
}

pub const fn family_name(family: Option<Family>) -> &'static str {
    match family {
        Some(Family::Trigger) => "trigger",
        Some(Family::Transform) => "transform",
        Some(Family::Control) => "control",
        Some(Family::Action) => "action",
        None => "unknown",
    }
}

pub const fn family_words(family: Option<Family>, words: &Words) -> &'static str {
    match family {
        Some(Family::Trigger) => words.family_trigger,
        Some(Family::Transform) => words.family_transform,
        Some(Family::Control) => words.family_control,
        Some(Family::Action) => words.family_action,
        None => words.unknown_operation,
    }
}

pub const fn run_state(state: api::RunState, words: &Words) -> (Tone, &'static str) {
    use api::RunState;
    match state {
        RunState::Queued => (Tone::Mute, words.state_queued),
        RunState::Held => (Tone::Warn, words.state_held),
        RunState::Running => (Tone::Info, words.state_running),
        RunState::Waiting => (Tone::Info, words.state_waiting),
        RunState::Retrying => (Tone::Warn, words.state_retrying),
        RunState::Unknown => (Tone::Warn, words.state_unknown),
        RunState::Proposed => (Tone::Warn, words.state_proposed),
        RunState::Done => (Tone::Good, words.state_done),
        RunState::Failed => (Tone::Bad, words.state_failed),
        RunState::Cancelled => (Tone::Mute, words.state_cancelled),
    }
}

/// Whether a run may still change by itself.
pub const fn is_open(state: api::RunState) -> bool {
    use api::RunState;
    !matches!(state, RunState::Done | RunState::Failed | RunState::Cancelled)
}

pub const fn step_state(state: StepState, words: &Words) -> (Tone, &'static str) {
    match state {
        StepState::Pending => (Tone::Mute, words.state_pending),
        StepState::Running => (Tone::Info, words.state_running),
        StepState::Retrying => (Tone::Warn, words.state_retrying),
        StepState::Waiting => (Tone::Info, words.state_waiting),
        StepState::Unknown => (Tone::Warn, words.state_unknown),
        StepState::Proposed => (Tone::Warn, words.state_proposed),
        StepState::Done => (Tone::Good, words.state_done),
        StepState::Failed => (Tone::Bad, words.state_failed),
        StepState::Skipped => (Tone::Mute, words.state_skipped),
        StepState::Cancelled => (Tone::Mute, words.state_cancelled),
    }
}

/// The state as an attribute of what is drawn.
pub const fn step_state_name(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "pending",
        StepState::Running => "running",
        StepState::Retrying => "retrying",
        StepState::Waiting => "waiting",
        StepState::Unknown => "unknown",
        StepState::Proposed => "proposed",
        StepState::Done => "done",
        StepState::Failed => "failed",
        StepState::Skipped => "skipped",
        StepState::Cancelled => "cancelled",
    }
}
