use super::*;
use crate::Settings;
use crate::alerts::words;
use api::AlertLanguage;
use serde_json::{Value, json};
use store::{FlowRow, RunId};
use tempfile::TempDir;

const MINUTE: Ms = 60_000;
const HOUR: Ms = 60 * MINUTE;

/// A server without a port.
struct Server {
    app: App,
    _folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = Settings::new(folder.path(), "http://localhost");
        settings.allow_network_dir = true;
        let app = App::open(&settings).await.expect("it opens");
        Self { app, _folder: folder }
    }

    /// A flow that takes orders and does this with each of them.
    async fn flow(&self, id: &str, node: Value) -> FlowRow {
        let flow = json!({
            "khlong": 1, "id": id, "name": format!("Flow {id}"), "settings": { "order_by": "${trigger.body.n}" },
            "nodes": [{ "id": "in", "use": "core/webhook", "with": { "path": id } }, node],
            "edges": [{ "from": "in", "to": "do" }],
        });
        crate::flows::import(&self.app, flow.to_string().as_bytes(), "ann").await.expect("imported");
        self.app.store().flow(&FlowId::from(id)).await.expect("asked").expect("it is there")
    }

    /// Takes an order in, and waits until its run has ended, if it does.
    async fn order(&self, flow: &str, n: &str, ends: bool) -> RunId {
        let mut changes = self.app.engine().watch();
        let body = json!({ "n": n });
        let started = self.app.engine().start_run(&FlowId::from(flow), None, body).await.expect("started");
        loop {
            let found = self.app.store().summaries(&[started.run]).await.expect("asked").pop();
            if found.is_some_and(|run| !ends || run.status.is_some()) {
                return started.run;
            }
            changes.recv().await.expect("something happens");
        }
    }

    async fn connect(&self, name: &str, fields: Value) {
        let fields = fields.as_object().cloned().unwrap_or_default();
        let (name, now) = (ConnectionName::from(name), self.app.now());
        let saved = self.app.vault().save(name, "http".into(), fields, false, |secrets| secrets, now).await;
        saved.expect("saved");
    }

    /// What is wrong so much later, by subject; nothing where it is not the time to look.
    async fn seen(&self, later: Ms, when: Value) -> Option<Vec<String>> {
        let rule = json!({ "name": "Orders", "when": when, "to": [] });
        let rule: AlertRule = serde_json::from_value(rule).expect("a rule");
        let look = Look::at(&self.app, self.app.now() + later);
        let seen = look.see(&rule).await.expect("asked")?;
        let text = |(subject, trouble): (String, Trouble)| {
            format!("{subject} | {}", words::text(&trouble.facts, AlertLanguage::En))
        };
        Some(seen.into_iter().map(text).collect())
    }
}

fn passes() -> Value {
    json!({ "id": "do", "use": "core/script", "with": { "script": "input" } })
}

/// Orders with a `b` in their number fail.
fn stumbles() -> Value {
    json!({ "id": "do", "use": "core/script", "with": { "script": "if input.n.contains(\"b\") { throw `no`; } input" } })
}

fn waits() -> Value {
    json!({ "id": "do", "use": "core/wait", "with": { "callback": true } })
}

fn none() -> Option<Vec<String>> {
    Some(Vec::new())
}

#[test]
fn a_flow_fails_when_enough_runs_ended_and_enough_of_them_failed() {
    for (failed, runs, failing) in [
        (0, 0, false),
        (1, 4, false),
        (1, 5, true),
        (1, 6, false),
        (2, 10, true),
        (10, 10, true),
        (0, 10, false),
    ] {
        assert_eq!(is_failing(failed, runs, 20, 5), failing, "{failed} of {runs}");
    }
}

#[tokio::test]
async fn a_flow_whose_runs_fail_is_seen_while_they_count() {
    let server = Server::start().await;
    server.flow("good", passes()).await;
    server.flow("bad", stumbles()).await;
    for (flow, n) in [("good", "1"), ("good", "2"), ("bad", "1"), ("bad", "b2"), ("bad", "b3")] {
        server.order(flow, n, true).await;
    }
    let rate = |flow: Option<&str>, percent: u32, runs_min: u32| json!({ "failure_rate": { "flow": flow, "percent": percent, "minutes": 30, "runs_min": runs_min } });
    let failing = Some(vec!["bad | Flow bad: 2 of 3 runs failed within 30 minutes".to_owned()]);
    assert_eq!(server.seen(0, rate(None, 60, 3)).await, failing);
    assert_eq!(server.seen(0, rate(Some("bad"), 60, 3)).await, failing);
    assert_eq!(server.seen(29 * MINUTE, rate(None, 60, 3)).await, failing);
    for unseen in [rate(None, 67, 3), rate(None, 60, 4), rate(Some("good"), 1, 1), rate(Some("gone"), 1, 1)] {
        assert_eq!(server.seen(0, unseen.clone()).await, none(), "{unseen}");
    }
    assert_eq!(server.seen(40 * MINUTE, rate(None, 60, 3)).await, none(), "it was long ago");
}

#[tokio::test]
async fn silence_is_seen_after_a_while_and_not_outside_business_hours() {
    let server = Server::start().await;
    server.flow("orders", stumbles()).await;
    let run = server.order("orders", "b1", true).await;
    let quiet = |hours: Value| json!({ "quiet": { "flow": "orders", "minutes": 60, "hours": hours } });
    assert_eq!(server.seen(59 * MINUTE, quiet(Value::Null)).await, none());
    let seen = server.seen(61 * MINUTE, quiet(Value::Null)).await.expect("it is time");
    assert!(seen[0].starts_with("orders | Flow orders: no event since 20"), "{seen:?}");
    // A time of the day that is over before an hour has gone, whenever this test runs.
    let local = (server.app.now() + 7 * HOUR).rem_euclid(DAY_MS) / HOUR;
    let hour = |hour: Ms| format!("{:02}:00", hour.rem_euclid(24));
    let from = (local + 12) % 24;
    let far =
        json!({ "from": hour(from), "until": if from >= 22 { "24:00".into() } else { hour(from + 2) } });
    assert_eq!(server.seen(5 * HOUR, quiet(far.clone())).await, none(), "nobody was at work meanwhile");
    assert_eq!(server.seen(5 * DAY_MS, quiet(far)).await, None, "somebody was, and is not now");
    // A retry is no event.
    server.app.engine().retry(run).await.expect("it goes on");
    assert_eq!(server.seen(61 * MINUTE, quiet(Value::Null)).await.map(|seen| seen.len()), Some(1));
    assert_eq!(server.seen(0, json!({ "quiet": { "flow": "gone", "minutes": 1 } })).await, none());
}

#[tokio::test]
async fn the_oldest_that_waits_is_seen() {
    let server = Server::start().await;
    server.flow("waits", waits()).await;
    server.flow("fails", stumbles()).await;
    let oldest = |queue: &str, flow: Option<&str>| json!({ "oldest": { "queue": queue, "flow": flow, "minutes": 30 } });
    assert_eq!(server.seen(HOUR, oldest("runs", None)).await, none());
    server.order("waits", "1042", false).await;
    server.order("waits", "1043", false).await;
    let failed = server.order("fails", "b7", true).await;
    for (queue, flow, subject, key) in [
        ("runs", None, "runs | ", "1042"),
        ("runs", Some("waits"), "waits | ", "Flow waits, 1042"),
        ("inbox", None, "inbox | ", "b7"),
        ("inbox", Some("fails"), "fails | ", "Flow fails, b7"),
    ] {
        assert_eq!(server.seen(29 * MINUTE, oldest(queue, flow)).await, none());
        let seen = server.seen(31 * MINUTE, oldest(queue, flow)).await.expect("it is time");
        assert!(seen.len() == 1 && seen[0].starts_with(subject) && seen[0].ends_with(key), "{seen:?}");
    }
    assert_eq!(server.seen(HOUR, oldest("runs", Some("fails"))).await, none());
    // What somebody has put aside waits for nobody.
    let (record, _) = server.app.store().dead_letter(failed).await.expect("asked").expect("it is there");
    let snooze = store::care::Snooze { at: server.app.now(), until: None };
    let group = store::care::Subject::Group(record.fingerprint);
    assert!(server.app.store().snooze(group, Some(snooze)).await.expect("put aside"));
    assert_eq!(server.seen(HOUR, oldest("inbox", None)).await, none());
}

#[tokio::test]
async fn an_order_that_is_not_done_in_time_is_seen_whether_it_waits_or_failed() {
    let server = Server::start().await;
    server.flow("waits", waits()).await;
    server.flow("fails", stumbles()).await;
    let not_done = |flow: &str| json!({ "not_done": { "flow": flow, "minutes": 15 } });
    server.order("waits", "1042", false).await;
    server.order("waits", "1043", false).await;
    server.order("fails", "1044", true).await;
    server.order("fails", "b1045", true).await;
    assert_eq!(server.seen(14 * MINUTE, not_done("waits")).await, none());
    let waits = Some(vec!["waits | Flow waits: 2 not done after 15 minutes: 1042, 1043".to_owned()]);
    assert_eq!(server.seen(16 * MINUTE, not_done("waits")).await, waits);
    let fails = Some(vec!["fails | Flow fails: 1 not done after 15 minutes: b1045".to_owned()]);
    assert_eq!(server.seen(16 * MINUTE, not_done("fails")).await, fails);
}

#[tokio::test]
async fn a_connection_that_is_broken_or_ends_soon_is_seen() {
    let server = Server::start().await;
    let now = server.app.now();
    let fields = |more: Value| {
        let mut fields = json!({ "base_url": "http://127.0.0.1:9", "test_url": "http://127.0.0.1:9/me" });
        fields.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        fields
    };
    server.connect("erp", fields(json!({}))).await;
    server.connect("shop", fields(json!({ "expires": "2020-02-29" }))).await;
    let broken = |name: Option<&str>, minutes: u32| json!({ "connection_broken": { "connection": name, "minutes": minutes } });
    assert_eq!(server.seen(0, broken(None, 0)).await, none());
    let tried = Err(connector::Error::Connection { message: "no".into(), advice: String::new() });
    health::note(&server.app, &"erp".into(), &tried).await.expect("kept");
    let erp = Some(vec!["erp | connection erp: it did not work when it was last tried (E0302)".to_owned()]);
    assert_eq!(server.seen(0, broken(None, 0)).await, erp);
    assert_eq!(server.seen(11 * MINUTE, broken(Some("erp"), 10)).await, erp);
    assert_eq!(server.seen(9 * MINUTE, broken(None, 10)).await, none());
    assert_eq!(server.seen(0, broken(Some("shop"), 0)).await, none());
    let open = store::OpenBreaker { since: now, trials: 1, next_trial_at: now + HOUR, error: "away".into() };
    server.app.store().open_breaker(&"shop".into(), &open).await.expect("opened");
    let seen = server.seen(MINUTE, broken(None, 0)).await.expect("it is time");
    assert!(seen.len() == 2 && seen[1].contains("calls are held back"), "{seen:?}");
    let ends = |name: Option<&str>| json!({ "connection_expires": { "connection": name, "days": 14 } });
    let shop = Some(vec!["shop | connection shop: the key ends at 2020-02-29 07:00".to_owned()]);
    assert_eq!(server.seen(0, ends(None)).await, shop);
    assert_eq!(server.seen(0, ends(Some("erp"))).await, none());
}
