//! Everything that a connector can be asked to do.

use crate::connections;
use crate::server::{Asked, Reply, Server};
use connector::lookup::Wanted;
use connector::sign_in::Grant;
use connector::source::Source;
use connector::{ActionCx, Catalog, Connection, Error, Http, HttpPolicy, PollCx};
use model::{EffectRule, OperationId, Span};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::task::JoinSet;

/// 2026-11-20T03:10:00Z.
pub const NOW: i64 = 1_795_144_200_000;
/// An hour and ten minutes before.
const SINCE: &str = "2026-11-20T09:00:00+07:00";
/// What an answer may have at most.
pub const BODY_BYTES_MAX: u64 = 1 << 20;
pub const TIMEOUT: Span = Span::from_secs(5);
/// Calls at the same time.
const AT_ONCE: usize = 16;

/// One thing to ask of a connector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    pub connector: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Action(OperationId),
    /// The question whether an action was done.
    Probe(OperationId),
    /// A trigger that asks, at first and later.
    Poll(OperationId, bool),
    Test,
    LookUp(&'static str),
    Keys,
    Refresh,
}

impl Call {
    pub fn name(&self) -> String {
        match &self.what {
            What::Action(id) => id.to_string(),
            What::Probe(id) => format!("{id} (probe)"),
            What::Poll(id, first) => format!("{id} ({} look)", if *first { "first" } else { "next" }),
            other => format!("{} {other:?}", self.connector),
        }
    }
}

/// What came of a call.
pub struct Ended {
    pub call: Call,
    pub connection: Connection,
    pub result: Result<Value, Error>,
    pub server: Server,
    /// Whether it is one that may change something at the target.
    pub changes: bool,
}

impl Ended {
    pub fn asked(&self) -> Vec<Asked> {
        self.server.asked()
    }
}

/// Everything that any connector can be asked.
pub fn all(catalog: &Catalog) -> Vec<Call> {
    let mut calls = Vec::new();
    for connector in connections::all(catalog) {
        let mut add = |what| calls.push(Call { connector: connector.clone(), what });
        for id in catalog.specs().operations.keys().filter(|id| of(id) == connector) {
            if let Some(action) = catalog.action(id) {
                add(What::Action(id.clone()));
                if action.spec().effect == Some(EffectRule::Probe) {
                    add(What::Probe(id.clone()));
                }
            }
            if catalog.poll(id).is_some() {
                add(What::Poll(id.clone(), true));
                add(What::Poll(id.clone(), false));
            }
        }
        let lookups = catalog.connector(&connector).map(|connector| connector.lookups()).unwrap_or_default();
        lookups.into_iter().for_each(|kind| add(What::LookUp(kind)));
        [What::Test, What::Keys, What::Refresh].into_iter().for_each(&mut add);
    }
    calls
}

fn of(id: &OperationId) -> &str {
    id.as_str().split('/').next().unwrap_or_default()
}

/// A client for servers on this machine.
pub fn http() -> Http {
    let policy = HttpPolicy { allow_private: true, body_bytes_max: BODY_BYTES_MAX, ..HttpPolicy::default() };
    Http::new(policy).unwrap().with_source(Source::fixed(NOW, [7; 16]))
}

/// Makes a call against a server of its own; `url` is where the connection says that it is.
pub async fn make(catalog: &Catalog, call: Call, server: Server, url: &str) -> Ended {
    let connection = connections::complete(catalog, &call.connector, url);
    let http = http();
    let changes = match &call.what {
        What::Action(id) => !catalog.specs().operations[id].only_reads(&with(catalog, id, url)),
        _ => false,
    };
    let result = run(catalog, &call, &http, &connection, url).await;
    let result = result.map_err(|error| connection.concealed(error));
    Ended { result, call, connection, server, changes }
}

fn with(catalog: &Catalog, id: &OperationId, url: &str) -> serde_json::Map<String, Value> {
    let mut example = catalog.specs().operations[id].example.clone();
    // Some systems list no longer time than some days.
    if let Some(since) = example.get_mut("since") {
        *since = SINCE.into();
    }
    if id.as_str() == "http/request" {
        example["url"] = format!("{url}/orders").into();
    }
    example.as_object().cloned().unwrap_or_default()
}

async fn run(
    catalog: &Catalog,
    call: &Call,
    http: &Http,
    connection: &Connection,
    url: &str,
) -> Result<Value, Error> {
    let connector = catalog.connector(&call.connector).unwrap();
    let cx = ActionCx { http, connection: Some(connection), step_key: "run-7/erp/0", timeout: TIMEOUT };
    match &call.what {
        What::Action(id) => {
            let mut output = catalog.action(id).unwrap().run(&cx, with(catalog, id, url).into()).await?;
            connection.conceal(&mut output);
            Ok(output)
        }
        What::Probe(id) => {
            let found = catalog.action(id).unwrap().probe(&cx, with(catalog, id, url).into()).await?;
            Ok(found.unwrap_or_default())
        }
        What::Poll(id, first) => {
            let cursor = (!first).then(|| json!({"at": NOW - 600_000}));
            let mut with = with(catalog, id, url);
            with.insert("since".into(), SINCE.into());
            let cx = PollCx { http, connection: Some(connection), now: NOW, timeout: TIMEOUT };
            let polled = catalog.poll(id).unwrap().poll(&cx, &with, cursor.as_ref()).await?;
            Ok(polled.cursor)
        }
        What::Test => connection.concealed_trial(connector.test(http, connection).await).map(Value::from),
        What::LookUp(kind) => {
            let wanted = Wanted { kind: (*kind).to_owned(), text: "tea".into(), ..Wanted::default() };
            let page = connector.look_up(http, connection, &wanted).await?;
            Ok(page.records.len().into())
        }
        What::Keys => connector.tokens(http, connection, &Grant::Keys).await.map(|_| Value::Null),
        What::Refresh => {
            let tokens = connection.tokens.as_ref().unwrap();
            connector.tokens(http, connection, &Grant::Refresh(tokens)).await.map(|_| Value::Null)
        }
    }
}

/// Makes every call, each against a server of its own that answers so.
pub async fn everything(
    answer: impl Fn(&Call, &Asked) -> Reply + Clone + Send + Sync + 'static,
) -> Vec<Ended> {
    let catalog = Arc::new(catalog::all());
    let mut left = all(&catalog).into_iter();
    let (mut at_work, mut ended) = (JoinSet::new(), Vec::new());
    loop {
        while at_work.len() < AT_ONCE
            && let Some(call) = left.next()
        {
            let (catalog, answer) = (catalog.clone(), answer.clone());
            at_work.spawn(async move {
                let named = call.clone();
                let server = Server::start(move |asked| answer(&named, asked)).await;
                let url = server.url.clone();
                make(&catalog, call, server, &url).await
            });
        }
        match at_work.join_next().await {
            Some(done) => ended.push(done.expect("no call panics")),
            None => return ended,
        }
    }
}
