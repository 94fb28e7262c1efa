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
/// `POST` an address: gives the flow file that it leads to, and saves nothing.
pub const FETCH: &str = "/api/v1/fetch";
/// Where a text is in all flows. Query: `text`.
pub const FIND: &str = "/api/v1/find";
pub const FLOW_EXPORT: &str = "/api/v1/flows/{id}/export";
/// What somebody works on: `GET`, `PUT`, `DELETE`.
pub const FLOW_DRAFT: &str = "/api/v1/flows/{id}/draft";
/// `POST`: the draft becomes the next version.
pub const FLOW_PUBLISH: &str = "/api/v1/flows/{id}/publish";
pub const FLOW_VERSIONS: &str = "/api/v1/flows/{id}/versions";
pub const FLOW_VERSION: &str = "/api/v1/flows/{id}/versions/{number}";
/// How the day goes, Bangkok time.
pub const TODAY: &str = "/api/v1/today";
/// What happened to one ordering key over all flows. Query: `key`, `before`.
pub const ORDER: &str = "/api/v1/order";
/// Runs per five minutes. Query: `hours`.
pub const FLOW_SERIES: &str = "/api/v1/flows/{id}/series";
/// `POST`: keeps the draft under a name.
pub const FLOW_POINTS: &str = "/api/v1/flows/{id}/points";
pub const FLOW_POINT: &str = "/api/v1/flows/{id}/points/{number}";
/// `POST` a trigger's node: waits for its next event at its test address. `GET` asks whether it has come, `DELETE` ends it.
pub const FLOW_LISTEN: &str = "/api/v1/flows/{id}/listen";
/// `POST` a trigger that asks its system now and then: it asks at once.
pub const FLOW_LOOK: &str = "/api/v1/flows/{id}/look";
/// `POST` a node that only reads, its fields worked out: calls its system for real.
pub const FLOW_ASK: &str = "/api/v1/flows/{id}/ask";
/// `POST`: a window of the editor is open; says who else has one.
pub const FLOW_EDITING: &str = "/api/v1/flows/{id}/editing";
pub const FLOW_STATE: &str = "/api/v1/flows/{id}/state";
/// `PUT`: how far the flow goes with its effects, of the flow and of its draft.
pub const FLOW_STAGE: &str = "/api/v1/flows/{id}/stage";
/// What people do by hand: `GET`, `POST` a key, `DELETE`. Query: `key`.
pub const FLOW_CLAIMS: &str = "/api/v1/flows/{id}/claims";
/// `PUT`: the folder and the tags, of the flow and of its draft.
pub const FLOW_LABELS: &str = "/api/v1/flows/{id}/labels";
/// Flows to begin with.
pub const TEMPLATES: &str = "/api/v1/templates";
pub const FLOW_RUNS: &str = "/api/v1/flows/{id}/runs";
/// Query: `flow`, `state` (repeatable by comma), `text`, `key`, `key_start`, `since`, `until`, `before`, `limit`.
pub const RUNS: &str = "/api/v1/runs";
/// How many they are; the query as of `RUNS`.
pub const RUNS_COUNT: &str = "/api/v1/runs/count";
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
/// Failed runs by what they have in common. Query: `flow`, `fingerprint`, `open`, `mine`, `snoozed`, `before`, `limit`.
pub const ERRORS: &str = "/api/v1/errors";
/// How many wait for a person.
pub const ERRORS_COUNT: &str = "/api/v1/errors/count";
/// Who takes care: of a group as `group-` and its fingerprint, of a record as `run-` and its run. `GET`, `PUT`.
pub const CARE: &str = "/api/v1/care/{subject}";
/// `POST`: says something about it.
pub const CARE_COMMENTS: &str = "/api/v1/care/{subject}/comments";
/// Who there is.
pub const PEOPLE: &str = "/api/v1/people";
pub const RUN_CANCEL: &str = "/api/v1/runs/{id}/cancel";
pub const RUN_DECIDE: &str = "/api/v1/runs/{id}/decide";
pub const CONNECTIONS: &str = "/api/v1/connections";
pub const CONNECTION: &str = "/api/v1/connections/{name}";
/// `POST`: its system is there again; whatever waits goes on.
pub const CONNECTION_UNBLOCK: &str = "/api/v1/connections/{name}/unblock";
pub const CONNECTION_TEST: &str = "/api/v1/connections/{name}/test";
/// `POST`: records of its system to choose from.
pub const CONNECTION_SIGN_IN: &str = "/api/v1/connections/{name}/sign-in";
/// Where the browser hands in what it brought back from a consent page.
pub const SIGN_IN_RETURN: &str = "/api/v1/sign-in/return";
pub const CONNECTION_LOOKUP: &str = "/api/v1/connections/{name}/lookup";
/// Every connector with its operations. Query: `imported`.
pub const CONNECTORS: &str = "/api/v1/connectors";
/// `POST` an API document or its address: what it would become as a connector. Nothing is saved.
pub const CONNECTORS_PREVIEW: &str = "/api/v1/connectors/preview";
/// `PUT` an API document: imports it, or imports it anew. `DELETE` one that nobody uses.
pub const CONNECTOR: &str = "/api/v1/connectors/{id}";
/// A connector as it is kept, to be imported elsewhere.
pub const CONNECTOR_DOCUMENT: &str = "/api/v1/connectors/{id}/document";
/// Cross-references: `GET`, `PUT` one or several, `DELETE` one. Query: `entity`, `system`, `text`, `after`, `limit`; `external`.
pub const XREFS: &str = "/api/v1/xrefs";
/// The entities and systems that there are.
pub const XREF_KINDS: &str = "/api/v1/xrefs/kinds";
/// `POST` keys: what is known of each.
pub const XREF_FIND: &str = "/api/v1/xrefs/find";
pub const ALERTS: &str = "/api/v1/alerts";
/// One rule: `GET`, `PUT`, `DELETE`.
pub const ALERT: &str = "/api/v1/alerts/{id}";
/// `POST`: somebody takes care of what it tells of, and it tells no more of that.
pub const ALERT_ACKNOWLEDGE: &str = "/api/v1/alerts/{id}/acknowledge";
/// `POST`: everybody it would tell gets a message that says that it is a test.
pub const ALERT_DRILL: &str = "/api/v1/alerts/{id}/drill";
pub const TOKENS: &str = "/api/v1/tokens";
pub const TOKEN: &str = "/api/v1/tokens/{id}";
pub const AUDIT: &str = "/api/v1/audit";
/// How much the store takes, and how much it may.
pub const STORAGE: &str = "/api/v1/storage";
pub const EVENTS: &str = "/api/v1/events";
/// A trigger. Its path may have slashes.
pub const HOOK: &str = "/hooks/{path}";
/// A trigger while somebody waits for a test event.
pub const HOOK_TEST: &str = "/hooks-test/{path}";
/// Ends a wait.
pub const RESUME: &str = "/hooks/resume/{token}";
pub const LIVE: &str = "/health/live";
pub const READY: &str = "/health/ready";
pub const METRICS: &str = "/metrics";
pub const OPENAPI: &str = "/api/openapi.json";
/// The same to read.
pub const DOCS: &str = "/api/docs";

#[cfg(test)]
mod tests {
    #[test]
    fn a_word_beside_the_ids_of_flows_is_the_id_of_none() {
        let word = super::FLOW_CHECK.strip_prefix("/api/v1/flows/").expect("it stands beside them");
        assert!(model::ids::NO_FLOW_IDS.contains(&word));
    }
}
