//! Between the store's words and the API's.

use model::{FlowDocument, FlowId};
use store::{Fingerprint, FlowRow, FlowTotals, RunId, RunSummaryRow, Status};

pub fn role(role: store::Role) -> api::Role {
    match role {
        store::Role::Viewer => api::Role::Viewer,
        store::Role::Operator => api::Role::Operator,
        store::Role::Editor => api::Role::Editor,
        store::Role::Owner => api::Role::Owner,
    }
}

pub fn stored_role(role: api::Role) -> store::Role {
    match role {
        api::Role::Viewer => store::Role::Viewer,
        api::Role::Operator => store::Role::Operator,
        api::Role::Editor => store::Role::Editor,
        api::Role::Owner => store::Role::Owner,
    }
}

pub fn flow_state(state: store::FlowState) -> api::FlowState {
    match state {
        store::FlowState::Live => api::FlowState::Live,
        store::FlowState::Paused => api::FlowState::Paused,
        store::FlowState::Held => api::FlowState::Held,
    }
}

pub fn stored_flow_state(state: api::FlowState) -> store::FlowState {
    match state {
        api::FlowState::Live => store::FlowState::Live,
        api::FlowState::Paused => store::FlowState::Paused,
        api::FlowState::Held => store::FlowState::Held,
    }
}

pub fn ended(status: Status) -> api::RunState {
    match status {
        Status::Done => api::RunState::Done,
        Status::Failed => api::RunState::Failed,
        Status::Cancelled => api::RunState::Cancelled,
    }
}

pub fn user(user: &store::User) -> api::UserInfo {
    api::UserInfo {
        id: user.id.clone(),
        email: user.email.clone(),
        name: user.name.clone(),
        role: role(user.role),
    }
}

pub fn token(token: &store::Token) -> api::TokenInfo {
    api::TokenInfo {
        id: token.id.clone(),
        name: token.name.clone(),
        role: role(token.role),
        created_at: token.created_at,
        last_used_at: token.last_used_at,
    }
}

pub fn totals(totals: FlowTotals) -> api::Totals {
    api::Totals {
        done: totals.done,
        failed: totals.failed,
        cancelled: totals.cancelled,
        open: totals.open,
        last_run_at: totals.last_run_at,
        last_state: totals.last_status.map(ended),
    }
}

/// The stored document was written by this program: what cannot be read is damage.
pub fn document(row: &FlowRow) -> Result<FlowDocument, store::Error> {
    serde_json::from_str(&row.document)
        .map_err(|error| store::Error::Unreadable(format!("flow {}: {error}", row.id)))
}

/// What a list needs to know of a run's flow.
#[derive(Clone)]
pub struct FlowName {
    pub id: FlowId,
    pub name: String,
}

impl FlowName {
    pub fn of(row: &FlowRow) -> Self {
        Self { id: row.id.clone(), name: row.name.clone() }
    }

    /// A flow that is gone keeps its runs for a while.
    pub fn deleted() -> Self {
        Self { id: FlowId::from("deleted"), name: String::from("(deleted)") }
    }
}

/// `retry_of` is of `links::retried`.
pub fn run(
    row: &RunSummaryRow,
    flow: FlowName,
    state: api::RunState,
    retry_of: Option<RunId>,
) -> api::RunSummary {
    api::RunSummary {
        id: row.id.to_string(),
        flow: flow.id,
        flow_name: flow.name,
        state,
        key: row.key.clone(),
        started_at: row.started_at,
        finished_at: row.finished_at,
        steps: row.steps,
        error_node: row.error_node.clone(),
        error_code: row.error_code.clone(),
        error: row.error.clone(),
        retry_of: retry_of.map(|run| run.to_string()),
    }
}

/// An open run's state when the engine does not hold it: it sleeps, or it waits for its turn.
pub fn resting(row: &RunSummaryRow) -> api::RunState {
    match row.wake_at {
        Some(_) => api::RunState::Waiting,
        None => api::RunState::Queued,
    }
}

pub fn run_id(text: &str) -> Option<RunId> {
    text.parse().ok().filter(|id| *id > 0)
}

pub fn fingerprint(fingerprint: Fingerprint) -> String {
    format!("{fingerprint:016x}")
}

pub fn stored_fingerprint(text: &str) -> Option<Fingerprint> {
    u64::from_str_radix(text, 16).ok().map(u64::cast_signed)
}

pub fn inbox_state(state: store::InboxState) -> api::InboxState {
    match state {
        store::InboxState::Open => api::InboxState::Open,
        store::InboxState::Retried => api::InboxState::Retried,
        store::InboxState::Resolved => api::InboxState::Resolved,
        store::InboxState::Ignored => api::InboxState::Ignored,
    }
}

pub fn stored_inbox_state(state: api::InboxState) -> store::InboxState {
    match state {
        api::InboxState::Open => store::InboxState::Open,
        api::InboxState::Retried => store::InboxState::Retried,
        api::InboxState::Resolved => store::InboxState::Resolved,
        api::InboxState::Ignored => store::InboxState::Ignored,
    }
}

pub fn job_state(state: store::JobState) -> api::JobState {
    match state {
        store::JobState::Working => api::JobState::Working,
        store::JobState::Done => api::JobState::Done,
        store::JobState::Cancelled => api::JobState::Cancelled,
        store::JobState::Failed => api::JobState::Failed,
    }
}

pub fn audit(entry: store::AuditEntry) -> api::AuditInfo {
    api::AuditInfo { at: entry.at, who: entry.who, what: entry.what, on: entry.on }
}
