//! Stores that only change some answers of another store.

/// Methods that only ask the store inside, after `before` let them.
macro_rules! pass_on {
    ($store:ident, $of:path { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $gives:ty;)* }) => {
        #[async_trait]
        impl $of for $store {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$gives, Error> {
                self.before(stringify!($name)).await?;
                self.inner.$name($($argument),*).await
            })*
        }
    };
}
pub(crate) use pass_on;

/// Everything but the hot path and the leases.
macro_rules! pass_on_the_rest {
    ($store:ident) => {
        crate::pass_on::pass_on!($store, RunQueries {
            fn runs(filter: RunFilter) -> Vec<RunSummaryRow>;
            fn summaries(runs: &[RunId]) -> Vec<RunSummaryRow>;
            fn run_detail(run: RunId) -> Option<RunDetailRow>;
            fn retries(event: EventId) -> Vec<RunSummaryRow>;
            fn flow_totals() -> Vec<(FlowKey, FlowTotals)>;
            fn days(since: Ms) -> Vec<DayCount>;
            fn size() -> StoreSize;
            fn ping() -> ();
        });

        crate::pass_on::pass_on!($store, store::Slots {
            fn slots(which: store::SlotFilter, grain: store::Grain) -> Vec<store::SlotCount>;
            fn durations(which: store::SlotFilter) -> std::collections::BTreeMap<FlowKey, store::Durations>;
        });

        crate::pass_on::pass_on!($store, store::Inbox {
            fn error_groups(filter: store::GroupFilter) -> Vec<store::ErrorGroup>;
            fn inbox(filter: store::InboxFilter) -> Vec<store::InboxRow>;
            fn dead_letter(run: RunId) -> Option<(store::InboxRow, bytes::Bytes)>;
            fn set_inbox_state(runs: &[RunId], state: store::InboxState, at: Ms, by: &str, reason: &str) -> usize;
            fn retries_by(runs: &[RunId]) -> Vec<store::RetryRow>;
            fn retries_of(runs: &[RunId]) -> Vec<store::RetryRow>;
            fn retried_by(run: RunId) -> Option<store::RetryRow>;
            fn forget_errors(before: RunId, limit: usize) -> usize;
        });

        crate::pass_on::pass_on!($store, store::Cares {
            fn cares(subjects: &[store::care::Subject]) -> Vec<store::care::Care>;
            fn assign(subject: store::care::Subject, assignee: Option<&str>) -> bool;
            fn snooze(subject: store::care::Subject, snooze: Option<store::care::Snooze>) -> bool;
            fn comment(subject: store::care::Subject, at: Ms, who: &str, body: &str) -> bool;
            fn comments(subject: store::care::Subject) -> Vec<store::care::Comment>;
            fn open_errors(now: Ms) -> (u64, u64);
        });

        crate::pass_on::pass_on!($store, store::Blobs {
            fn put_piece(upload: i64, n: u32, piece: bytes::Bytes) -> ();
            fn seal_blob(upload: i64, blob: store::BlobRow, now: Ms) -> ();
            fn drop_upload(upload: i64) -> ();
            fn blob(hash: store::BlobHash) -> Option<store::BlobRow>;
            fn blob_piece(hash: store::BlobHash, n: u32) -> Option<bytes::Bytes>;
            fn blobs(after: Option<store::BlobHash>, limit: usize) -> Vec<store::BlobRow>;
            fn sweep_blobs(now: Ms) -> usize;
        });

        crate::pass_on::pass_on!($store, store::Jobs {
            fn add_job(job: store::JobRow) -> ();
            fn jobs(before: Option<i64>, limit: usize) -> Vec<store::JobRow>;
            fn job(id: i64) -> Option<store::JobRow>;
            fn open_jobs() -> Vec<store::JobRow>;
            fn save_job(lease: store::Lease, id: i64, progress: &str, state: store::JobState, at: Ms) -> bool;
            fn cancel_job(id: i64, at: Ms, by: &str) -> bool;
        });

        crate::pass_on::pass_on!($store, Flows {
            fn save_flow(save: SaveFlow) -> FlowRow;
            fn flows() -> Vec<FlowRow>;
            fn flow(id: &FlowId) -> Option<FlowRow>;
            fn set_flow_state(id: &FlowId, state: FlowState, at: Ms) -> bool;
            fn delete_flow(id: &FlowId, at: Ms) -> bool;
            fn versions(flow: FlowKey) -> Vec<VersionRow>;
            fn numbered_version(flow: FlowKey, number: u32) -> Option<VersionRow>;
            fn version(key: VersionKey) -> Option<VersionRow>;
        });

        crate::pass_on::pass_on!($store, store::Drafts {
            fn draft(flow: &FlowId) -> Option<store::DraftRow>;
            fn drafts() -> Vec<store::DraftRow>;
            fn save_draft(save: store::SaveDraft) -> store::DraftSaved;
            fn discard_draft(flow: &FlowId, revision: i64) -> bool;
            fn keep_point(keep: store::KeepPoint) -> u32;
            fn points(flow: &FlowId) -> Vec<store::PointHead>;
            fn point(flow: &FlowId, number: u32) -> Option<store::PointRow>;
            fn forget_points(flow: &FlowId) -> ();
        });

        crate::pass_on::pass_on!($store, Connections {
            fn save_connection(connection: SealedConnection) -> ();
            fn connections() -> Vec<SealedConnection>;
            fn connection(name: &ConnectionName) -> Option<SealedConnection>;
            fn delete_connection(name: &ConnectionName) -> bool;
        });

        crate::pass_on::pass_on!($store, store::Gates {
            fn gates() -> Vec<store::GateRow>;
            fn take_calls(connection: &ConnectionName, rate: &model::Rate, calls: u32, now: Ms) -> store::Drawn;
            fn keep_spent(connection: &ConnectionName, spent_until: i64) -> ();
            fn hold(connection: &ConnectionName, until: Ms) -> ();
            fn open_breaker(connection: &ConnectionName, open: &store::OpenBreaker) -> ();
            fn begin_trial(connection: &ConnectionName, now: Ms, until: Ms) -> bool;
            fn close_breaker(connection: &ConnectionName) -> bool;
        });

        crate::pass_on::pass_on!($store, store::Claims {
            fn claim(row: store::ClaimRow, lease: Option<store::Lease>) -> store::Claimed;
            fn claim_of(lane: i64) -> Option<store::ClaimRow>;
            fn claims_of_people(flow: FlowKey) -> Vec<store::ClaimRow>;
            fn release_claim(lane: i64) -> bool;
        });

        crate::pass_on::pass_on!($store, store::Xrefs {
            fn find_xrefs(keys: &[model::xref::Key]) -> Vec<model::xref::Found>;
            fn put_xrefs(rows: Vec<store::XrefRow>) -> ();
            fn remove_xref(place: &store::XrefPlace) -> bool;
            fn xrefs(filter: &store::XrefFilter) -> Vec<store::XrefRow>;
            fn xref_kinds() -> Vec<(String, String)>;
        });

        crate::pass_on::pass_on!($store, store::Outside {
            fn cursor(flow: FlowKey, node: &NodeId) -> Option<String>;
            fn set_cursor(flow: FlowKey, node: &NodeId, cursor: &str) -> ();
            fn begin_renewal(connection: &ConnectionName, now: Ms, until: Ms) -> bool;
            fn end_renewal(connection: &ConnectionName) -> ();
            fn health() -> Vec<store::HealthRow>;
            fn keep_health(row: store::HealthRow) -> ();
            fn connectors() -> Vec<store::ConnectorRow>;
            fn save_connector(row: store::ConnectorRow) -> ();
            fn delete_connector(id: &str) -> bool;
        });

        crate::pass_on::pass_on!($store, store::Alerts {
            fn alerts() -> Vec<store::AlertRow>;
            fn alert(id: &str) -> Option<store::AlertRow>;
            fn save_alert(row: store::AlertRow) -> bool;
            fn delete_alert(id: &str) -> bool;
        });

        crate::pass_on::pass_on!($store, Schedules {
            fn schedules() -> BTreeMap<(FlowKey, NodeId), Ms>;
        });

        crate::pass_on::pass_on!($store, Settings {
            fn setting(name: &str) -> Option<String>;
            fn set_setting(name: &str, value: &str) -> ();
        });

        crate::pass_on::pass_on!($store, Accounts {
            fn create_owner(user: User) -> bool;
            fn create_user(user: User) -> ();
            fn user_by_email(email: &str) -> Option<User>;
            fn user(id: &str) -> Option<User>;
            fn users() -> Vec<User>;
            fn set_password(id: &str, password_hash: &str) -> bool;
            fn save_session(session: Session) -> ();
            fn session(id_hash: &[u8; 32], now: Ms) -> Option<Session>;
            fn delete_session(id_hash: &[u8; 32]) -> ();
            fn expire_sessions(now: Ms) -> usize;
            fn create_token(token: Token) -> ();
            fn token_by_hash(hash: &[u8; 32]) -> Option<Token>;
            fn tokens() -> Vec<Token>;
            fn touch_token(id: &str, at: Ms) -> ();
            fn delete_token(id: &str) -> bool;
            fn audit(entry: AuditEntry) -> ();
            fn audit_trail(before: Ms, limit: usize) -> Vec<AuditEntry>;
        });
    };
}
pub(crate) use pass_on_the_rest;
