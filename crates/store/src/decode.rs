//! What rows of every SQL store hold, as the store's types: numbers that stand for words, and rows that are the same in all.

use crate::care::{Care, Comment, Snooze, Subject};
use crate::slots::SLOT_MS;
use crate::{
    AlertRow, BlobRow, DAY_MS, DayCount, DraftRow, Error, ErrorGroup, EventId, Fingerprint, FlowKey, FlowRow,
    FlowState, FlowTotals, GateRow, InboxRow, InboxState, JobRow, JobState, Ms, OpenBreaker, Retried,
    RetryRow, Role, RunId, RunSummaryRow, SealedConnection, Status, Token, User, VersionKey, VersionRow,
};
use crate::{Durations, SlotCount};
use model::rate::Us;
use model::{ConnectionName, FlowId, NodeId};
use std::collections::BTreeMap;

macro_rules! numbered {
    ($($word:ident: $what:literal, $($variant:ident),+;)*) => {$(
        impl TryFrom<i16> for $word {
            type Error = Error;

            fn try_from(number: i16) -> Result<Self, Error> {
                let mut known = [$(Self::$variant),+].into_iter();
                let unknown = || Error::Unreadable(format!(concat!("no ", $what, " {}"), number));
                known.find(|word| *word as i16 == number).ok_or_else(unknown)
            }
        }
    )*};
}

numbered! {
    Status: "run ends with status", Done, Failed, Cancelled;
    FlowState: "flow has state", Live, Paused, Held;
    Role: "role has number", Viewer, Operator, Editor, Owner;
    InboxState: "record has state", Open, Retried, Resolved, Ignored;
    JobState: "job has state", Working, Done, Cancelled, Failed;
}

/// In SQL, of a row of `inbox`: it is in a person's hands (`InboxState::is_a_persons`).
pub const IS_A_PERSONS: &str = "(state IN (1, 4) OR state = 3 AND changed_by <> '')";

/// Bytes whose number is part of their meaning, such as a hash.
pub fn fixed<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], Error> {
    let held = bytes.len();
    bytes.try_into().map_err(|_| Error::Unreadable(format!("a value of {held} bytes should have {N}")))
}

/// Flow; done, failed, cancelled and open runs; when the last one began, and how the last one ended.
pub type TotalsRow = (FlowKey, i64, i64, i64, i64, Option<Ms>, Option<i16>);

pub fn totals(row: TotalsRow) -> Result<(FlowKey, FlowTotals), Error> {
    let (flow, done, failed, cancelled, open, last_run_at, last_status) = row;
    let totals = FlowTotals {
        done: count(done)?,
        failed: count(failed)?,
        cancelled: count(cancelled)?,
        open: count(open)?,
        last_run_at,
        last_status: last_status.map(Status::try_from).transpose()?,
    };
    Ok((flow, totals))
}

pub const DRAFT: &str = "flow, document, based_on, revision, saved_at, saved_by";
pub type DraftColumns = (String, String, i32, i64, Ms, String);

pub fn draft((flow, document, based_on, revision, saved_at, saved_by): DraftColumns) -> DraftRow {
    DraftRow {
        flow: FlowId::new(flow),
        document,
        based_on: based_on.unsigned_abs(),
        revision,
        saved_at,
        saved_by,
    }
}

pub const POINT_HEAD: &str = "number, name, created_at, created_by";
pub type PointHeadColumns = (i32, String, Ms, String);

pub fn point_head((number, name, created_at, created_by): PointHeadColumns) -> crate::PointHead {
    crate::PointHead { number: number.unsigned_abs(), name, created_at, created_by }
}

pub const POINT: &str = "flow, number, name, document, created_at, created_by";
pub type PointColumns = (String, i32, String, String, Ms, String);

pub fn point((flow, number, name, document, created_at, created_by): PointColumns) -> crate::PointRow {
    let (flow, number) = (FlowId::new(flow), number.unsigned_abs());
    crate::PointRow { flow, number, name, document, created_at, created_by }
}

/// Flow, day since 1970, status, runs.
pub type DayRow = (FlowKey, i64, i16, i64);

pub fn day((flow, day, status, runs): DayRow) -> Result<DayCount, Error> {
    Ok(DayCount { flow, day: day * DAY_MS, status: status.try_into()?, runs: count(runs)? })
}

/// When it began in slots since 1970, flow, status, whether retried, runs.
pub type SlotRow = (i64, FlowKey, i16, i16, i64);

pub fn slot((slot, flow, status, retried, runs): SlotRow) -> Result<SlotCount, Error> {
    let (at, status) = (slot * SLOT_MS, status.try_into()?);
    Ok(SlotCount { at, flow, status, retried: retried != 0, runs: count(runs)? })
}

/// Flow, band, runs.
pub type DurationRow = (FlowKey, i16, i64);

pub fn durations(rows: Vec<DurationRow>) -> Result<BTreeMap<FlowKey, Durations>, Error> {
    let mut all: BTreeMap<FlowKey, Durations> = BTreeMap::new();
    for (flow, band, runs) in rows {
        all.entry(flow).or_default().0.insert(band, count(runs)?);
    }
    Ok(all)
}

/// A number that is never below zero, in a column that could hold one.
fn small(number: i32) -> Result<u32, Error> {
    u32::try_from(number).map_err(|_| Error::Unreadable("a count below zero".into()))
}

fn count(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Unreadable("a count below zero".into()))
}

pub type UserRow = (String, String, String, i16, String, Ms);

pub fn user((id, email, name, role, password_hash, created_at): UserRow) -> Result<User, Error> {
    Ok(User { id, email, name, role: role.try_into()?, password_hash, created_at })
}

pub type TokenRow = (String, String, Vec<u8>, i16, Ms, String, Option<Ms>);

pub fn token(row: TokenRow) -> Result<Token, Error> {
    let (id, name, hash, role, created_at, created_by, last_used_at) = row;
    let (hash, role) = (fixed(hash)?, role.try_into()?);
    Ok(Token { id, name, hash, role, created_at, created_by, last_used_at })
}

pub type ConnectionRow = (String, String, String, Vec<u8>, Ms);

pub fn connection((name, connector, fields, secrets, updated_at): ConnectionRow) -> SealedConnection {
    SealedConnection { name: ConnectionName::new(name), connector, fields, secrets, updated_at }
}

/// The columns of a flow, in the order of `FlowColumns`.
pub const FLOW: &str = "key, id, name, state, version, version_number, document, created_at, updated_at";
pub type FlowColumns = (FlowKey, String, String, i16, VersionKey, i32, String, Ms, Ms);

pub fn flow(row: FlowColumns) -> Result<FlowRow, Error> {
    let (key, id, name, state, version, number, document, created_at, updated_at) = row;
    let (id, state, version_number) = (FlowId::new(id), state.try_into()?, small(number)?);
    Ok(FlowRow { key, id, name, state, version, version_number, document, created_at, updated_at })
}

pub const VERSION: &str = "key, flow, number, logic, created_at, created_by";
pub type VersionColumns = (VersionKey, FlowKey, i32, String, Ms, String);

pub fn version(row: VersionColumns) -> Result<VersionRow, Error> {
    let (key, flow, number, logic, created_at, created_by) = row;
    Ok(VersionRow { key, flow, number: small(number)?, logic, created_at, created_by })
}

/// In this order, however a store finds them: id, flow, version, event, key, status, wake_at, started_at, finished_at,
/// steps, error_node, error_code, error, lineage.
pub type SummaryColumns = (
    RunId,
    FlowKey,
    VersionKey,
    EventId,
    Option<String>,
    Option<i16>,
    Option<Ms>,
    Ms,
    Option<Ms>,
    i32,
    Option<String>,
    Option<String>,
    Option<String>,
    RunId,
);

pub fn summary(row: SummaryColumns) -> Result<RunSummaryRow, Error> {
    let (id, flow, version, event, key, status, wake_at, started_at, finished_at, steps, ..) = row;
    let (.., error_node, error_code, error, lineage) = row;
    Ok(RunSummaryRow {
        id,
        flow,
        version,
        event,
        key,
        status: status.map(Status::try_from).transpose()?,
        wake_at,
        started_at,
        finished_at,
        steps: small(steps)?,
        error_node: error_node.map(NodeId::new),
        error_code,
        error,
        lineage,
    })
}

pub const INBOX: &str =
    "run, flow, fingerprint, at, key, node, code, message, state, changed_at, changed_by, reason";
pub type InboxColumns =
    (RunId, FlowKey, Fingerprint, Ms, Option<String>, String, String, String, i16, Ms, String, String);

pub fn inbox(row: InboxColumns) -> Result<InboxRow, Error> {
    let (run, flow, fingerprint, at, key, node, code, message, state, changed_at, changed_by, reason) = row;
    let (node, state) = (NodeId::new(node), state.try_into()?);
    Ok(InboxRow {
        run,
        flow,
        fingerprint,
        at,
        key,
        node,
        code,
        message,
        state,
        changed_at,
        changed_by,
        reason,
    })
}

pub const GROUP: &str = "fingerprint, flow, node, code, message, runs, open, first_at, last_at";
pub type GroupColumns = (Fingerprint, FlowKey, String, String, String, i64, i64, Ms, Ms);

pub fn group(row: GroupColumns) -> Result<ErrorGroup, Error> {
    let (fingerprint, flow, node, code, message, runs, open, first_at, last_at) = row;
    let (node, runs, open) = (NodeId::new(node), count(runs)?, count(open)?);
    Ok(ErrorGroup { fingerprint, flow, node, code, message, runs, open, first_at, last_at })
}

pub const CARE: &str = "kind, subject, assignee, snoozed_at, snoozed_until,
    (SELECT count(*) FROM care_comment AS c WHERE c.kind = care.kind AND c.subject = care.subject)";
pub type CareColumns = (i16, i64, Option<String>, Option<Ms>, Option<Ms>, i64);

pub fn care(row: CareColumns) -> Result<Care, Error> {
    let (kind, number, assignee, at, until, comments) = row;
    let snooze = at.map(|at| Snooze { at, until });
    Ok(Care { subject: Subject::of(kind, number)?, assignee, snooze, comments: count(comments)? as u32 })
}

pub type CommentColumns = (i32, Ms, String, String);

pub fn comment((n, at, who, body): CommentColumns) -> Comment {
    Comment { n: n.unsigned_abs(), at, who, body }
}

/// In SQL, of a row of `care` or `care_comment`.
pub const CARED_FOR_IS_GONE: &str =
    "kind = 1 AND NOT EXISTS (SELECT 1 FROM error_group WHERE fingerprint = subject)
    OR kind = 2 AND NOT EXISTS (SELECT 1 FROM inbox WHERE run = subject)";

/// In SQL, of a row of `error_group`: a question that has an answer where it is put aside. The time and a `)` follow.
pub const SNOOZED: &str =
    "SELECT 1 FROM care WHERE kind = 1 AND subject = fingerprint AND snoozed_at IS NOT NULL
    AND (snoozed_until IS NULL AND last_at <= snoozed_at OR snoozed_until >";

pub const RETRY: &str = "run, by_run, at, who, what";
pub type RetryColumns = (RunId, RunId, Ms, String, String);

pub fn retry((run, by_run, at, who, what): RetryColumns) -> RetryRow {
    RetryRow { retried: Retried { run, at, who, what }, by_run }
}

pub const JOB: &str = "id, at, who, what, state, progress, changed_at, changed_by";
pub type JobColumns = (i64, Ms, String, String, i16, String, Ms, String);

pub fn job(row: JobColumns) -> Result<JobRow, Error> {
    let (id, at, who, what, state, progress, changed_at, changed_by) = row;
    Ok(JobRow { id, at, who, what, state: state.try_into()?, progress, changed_at, changed_by })
}

/// Hash; bytes of the content, bytes as it is kept, and pieces.
pub type BlobColumns = (Vec<u8>, i64, i64, i32);

pub fn blob((hash, bytes, stored, pieces): BlobColumns) -> Result<BlobRow, Error> {
    let (hash, pieces) = (fixed(hash)?, small(pieces)?);
    Ok(BlobRow { hash, bytes: count(bytes)?, stored: count(stored)?, pieces })
}

pub const ALERT: &str = "id, rule, state, revision, changed_at, changed_by";
pub type AlertColumns = (String, String, String, i64, Ms, String);

pub fn alert((id, rule, state, revision, changed_at, changed_by): AlertColumns) -> AlertRow {
    AlertRow { id, rule, state, revision, changed_at, changed_by }
}

pub const XREF: &str = "entity, system, external, own, changed_at, changed_by";
pub type XrefColumns = (String, String, String, String, Ms, String);

pub fn xref((entity, system, external, own, changed_at, changed_by): XrefColumns) -> crate::XrefRow {
    crate::XrefRow { entity, system, external, own, changed_at, changed_by }
}

pub const CLAIM: &str = "lane, flow, key, run, who, at";
pub type ClaimColumns = (i64, FlowKey, String, Option<RunId>, String, Ms);

pub fn claim((lane, flow, key, run, who, at): ClaimColumns) -> crate::ClaimRow {
    crate::ClaimRow { lane, flow, key, run, who, at }
}

pub const GATE: &str = "connection, spent_until, held_until, open_since, trials, next_trial_at, error";
pub type GateColumns = (String, Us, Ms, Option<Ms>, i32, Ms, String);

pub fn gate(row: GateColumns) -> Result<GateRow, Error> {
    let (connection, spent_until, held_until, since, trials, next_trial_at, error) = row;
    let trials = small(trials)?;
    let open = since.map(|since| OpenBreaker { since, trials, next_trial_at, error });
    Ok(GateRow { connection: ConnectionName::new(connection), spent_until, held_until, open })
}
