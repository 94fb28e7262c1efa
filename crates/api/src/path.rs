//! The endpoints, so that client and server spell them alike.

pub const SESSION: &str = "/api/v1/session";
pub const SET_UP: &str = "/api/v1/setup";
pub const SPECS: &str = "/api/v1/specs";
/// The JSON Schema of flow files.
pub const SCHEMA: &str = "/api/v1/flow.schema.json";
pub const FLOWS: &str = "/api/v1/flows";
pub const FLOW: &str = "/api/v1/flows/{id}";
/// `POST` a flow document: says what is wrong with it and saves nothing.
pub const FLOW_CHECK: &str = "/api/v1/flows/check";
pub const FLOW_EXPORT: &str = "/api/v1/flows/{id}/export";
/// What somebody works on: `GET`, `PUT`, `DELETE`.
pub const FLOW_DRAFT: &str = "/api/v1/flows/{id}/draft";
/// `POST`: the draft becomes the next version.
pub const FLOW_PUBLISH: &str = "/api/v1/flows/{id}/publish";
pub const FLOW_VERSIONS: &str = "/api/v1/flows/{id}/versions";
pub const FLOW_VERSION: &str = "/api/v1/flows/{id}/versions/{number}";
pub const FLOW_STATE: &str = "/api/v1/flows/{id}/state";
pub const FLOW_RUNS: &str = "/api/v1/flows/{id}/runs";
/// Query: `flow`, `state` (repeatable by comma), `text`, `before`, `limit`.
pub const RUNS: &str = "/api/v1/runs";
/// `POST`: many at once.
pub const RUNS_BULK: &str = "/api/v1/runs/bulk";
pub const JOBS: &str = "/api/v1/jobs";
pub const JOB: &str = "/api/v1/jobs/{id}";
pub const JOB_CANCEL: &str = "/api/v1/jobs/{id}/cancel";
/// Query: `flow`, `fingerprint`, `state`, `since`, `until`, `text`, `before`, `limit`.
pub const INBOX: &str = "/api/v1/inbox";
pub const INBOX_RECORD: &str = "/api/v1/inbox/{run}";
pub const INBOX_STATE: &str = "/api/v1/inbox/{run}/state";
pub const RUN: &str = "/api/v1/runs/{id}";
pub const RUN_RETRY: &str = "/api/v1/runs/{id}/retry";
/// Failed runs by what they have in common. Query: `flow`, `open`, `before`, `limit`.
pub const ERRORS: &str = "/api/v1/errors";
pub const RUN_CANCEL: &str = "/api/v1/runs/{id}/cancel";
pub const RUN_DECIDE: &str = "/api/v1/runs/{id}/decide";
pub const CONNECTIONS: &str = "/api/v1/connections";
pub const CONNECTION: &str = "/api/v1/connections/{name}";
/// `POST`: its system is there again; whatever waits goes on.
pub const CONNECTION_UNBLOCK: &str = "/api/v1/connections/{name}/unblock";
pub const CONNECTION_TEST: &str = "/api/v1/connections/{name}/test";
pub const TOKENS: &str = "/api/v1/tokens";
pub const TOKEN: &str = "/api/v1/tokens/{id}";
pub const AUDIT: &str = "/api/v1/audit";
/// How much the store takes, and how much it may.
pub const STORAGE: &str = "/api/v1/storage";
pub const EVENTS: &str = "/api/v1/events";
/// A trigger. Its path may have slashes.
pub const HOOK: &str = "/hooks/{path}";
/// Ends a wait.
pub const RESUME: &str = "/hooks/resume/{token}";
pub const LIVE: &str = "/health/live";
pub const READY: &str = "/health/ready";
pub const METRICS: &str = "/metrics";
pub const OPENAPI: &str = "/api/openapi.json";
/// The same to read.
pub const DOCS: &str = "/api/docs";
