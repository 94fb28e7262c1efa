//! An engine with a store in memory. Every question to the store, every commit and every call lets others go on.

use crate::explore::a_while;
use async_trait::async_trait;
use connector::{Action, ActionCx, Catalog, Connection, Connector, Error, Http, HttpPolicy};
use futures::future::BoxFuture;
use interleave::{Clock, ConnectionSource, Engine, Options};
use model::{
    ConnectionName, ConnectionSpec, ConnectorSpec, EffectRule, Field, FieldKind, FlowDocument, Need,
    OperationSpec, Words,
};
use serde_json::{Value, json};
use shuttle::future::yield_now;
use std::cell::{Cell, RefCell};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use store::memory::MemoryStore;
use store::{FlowRow, FlowState, Ms, RunId, SaveFlow, Status, Store};
use testkit::{FlakyStore, Weather};
use tokio::sync::watch;

/// Looks until whoever is waited for has surely been forgotten.
const LOOKS_MAX: usize = 20_000;

/// One call, as the other system saw it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub to: String,
    pub n: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    Began(Call),
    /// With an answer, or cut off.
    Ended(Call),
}

thread_local! {
    /// One test is one thread, whatever goes on in it.
    static SEEN: RefCell<Vec<Seen>> = const { RefCell::new(Vec::new()) };
    /// So many calls find nobody there.
    static AWAY: Cell<usize> = const { Cell::new(0) };
}

pub fn seen() -> Vec<Seen> {
    SEEN.with_borrow(Clone::clone)
}

pub fn calls() -> Vec<Call> {
    let began = |seen| match seen {
        Seen::Began(call) => Some(call),
        Seen::Ended(_) => None,
    };
    seen().into_iter().filter_map(began).collect()
}

/// The most calls that were under way at once, of those that are looked at.
pub fn most_at_once(of: impl Fn(&Call) -> bool) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for seen in seen() {
        match seen {
            Seen::Began(call) if of(&call) => now += 1,
            Seen::Ended(call) if of(&call) => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    most
}

pub fn set_away(calls: usize) {
    AWAY.set(calls);
}

struct Write;

struct UnderWay(Call);

impl Drop for UnderWay {
    fn drop(&mut self) {
        SEEN.with_borrow_mut(|seen| seen.push(Seen::Ended(self.0.clone())));
    }
}

#[async_trait]
impl Action for Write {
    fn spec(&self) -> OperationSpec {
        OperationSpec::action("erp/write", "Write", "เขียน")
            .about("Writes something down.", "เขียนลงไป")
            .field(Field::new("to", FieldKind::Text, "To", "ถึง").required())
            .field(Field::new("n", FieldKind::Json, "Number", "เลข"))
            .effect(EffectRule::Idempotent)
            .connection(Need::Optional)
            .example(json!({"to": "a"}), json!({}))
    }

    async fn run(&self, _: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let to = input["to"].as_str().unwrap_or_default().to_owned();
        let call = Call { to, n: input["n"].as_i64().unwrap_or_default() };
        SEEN.with_borrow_mut(|seen| seen.push(Seen::Began(call.clone())));
        let _under_way = UnderWay(call);
        a_while().await;
        let away = AWAY.get();
        AWAY.set(away.saturating_sub(1));
        match away {
            0 => Ok(json!({})),
            _ => Err(Error::Unreachable { host: "erp".into(), message: "nobody is there".into() }),
        }
    }
}

struct Erp;

impl Connector for Erp {
    fn spec(&self) -> ConnectorSpec {
        let words = Words::new("ERP", "ERP");
        let connection = Some(ConnectionSpec { fields: vec![Field::rate(None)] });
        ConnectorSpec {
            id: "erp".into(),
            title: words.clone(),
            about: words,
            connection,
            ..ConnectorSpec::default()
        }
    }
}

/// Dear to make, and the same in every order.
static MADE: LazyLock<(Catalog, Http)> = LazyLock::new(|| {
    let catalog = testkit::catalog_with(Arc::new(Erp), [Arc::new(Write) as Arc<dyn Action>]);
    (catalog, Http::new(HttpPolicy::default()).expect("an HTTP client"))
});

/// Where others may go on.
struct Breeze;

#[async_trait]
impl Weather for Breeze {
    async fn before(&self, _: &'static str) -> Result<(), store::Error> {
        yield_now().await;
        Ok(())
    }

    async fn after_commit(&self) -> Result<(), store::Error> {
        a_while().await;
        Ok(())
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct Hands(Arc<watch::Sender<Ms>>);

impl Hands {
    pub fn advance(&self, by: Ms) {
        self.0.send_modify(|now| *now += by);
    }
}

impl Clock for Hands {
    fn now(&self) -> Ms {
        *self.0.borrow()
    }

    fn jumped(&self) -> BoxFuture<'_, ()> {
        let mut moves = self.0.subscribe();
        Box::pin(async move {
            moves.changed().await.ok();
        })
    }
}

struct Connections(Option<Arc<Connection>>);

impl ConnectionSource for Connections {
    fn connection(&self, name: &ConnectionName) -> Option<Arc<Connection>> {
        self.0.clone().filter(|connection| connection.name == *name)
    }
}

/// The connection `erp`, with these fields.
pub fn erp(fields: Value) -> Arc<Connection> {
    let fields = fields.as_object().cloned().unwrap_or_default();
    let (name, connector) = (ConnectionName::new("erp"), "erp".to_owned());
    Arc::new(Connection::new(name, connector, fields, Default::default()))
}

/// What outlives an engine.
pub struct World {
    pub store: Arc<dyn Store>,
    pub clock: Hands,
    pub options: Options,
    connection: Option<Arc<Connection>>,
}

impl World {
    pub async fn new(flow: &FlowDocument) -> Self {
        SEEN.with_borrow_mut(Vec::clear);
        set_away(0);
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let save = testkit::saving(flow, testkit::START);
        let save = SaveFlow { keep_done: Ms::MAX >> 1, keep_failed: Ms::MAX >> 1, ..save };
        store.save_flow(save).await.expect("the flow is saved");
        let clock = Hands(Arc::new(watch::Sender::new(testkit::START)));
        let options = Options { park_after: Duration::ZERO, ..Options::default() };
        Self { store, clock, options, connection: None }
    }

    pub fn connect(self, fields: Value) -> Self {
        Self { connection: Some(erp(fields)), ..self }
    }

    pub async fn start(&self) -> Engine {
        self.start_on(self.store.clone()).await
    }

    /// One process on a store of its own or a shared one.
    pub async fn start_on(&self, store: Arc<dyn Store>) -> Engine {
        let (catalog, http) = MADE.clone();
        let store = FlakyStore::under(Arc::new(Breeze), store);
        let connections = Arc::new(Connections(self.connection.clone()));
        let clock = Arc::new(self.clock.clone());
        let started = Engine::start(store, catalog, http, connections, clock, self.options.clone()).await;
        started.expect("the engine starts")
    }

    /// How a run ended; nothing while it is open.
    pub async fn status(&self, run: RunId) -> Option<Status> {
        self.store.run_detail(run).await.expect("memory answers")?.summary.status
    }

    pub async fn set_state(&self, engine: &Engine, state: FlowState) {
        let row: Option<FlowRow> = {
            let id = "orders".into();
            self.store.set_flow_state(&id, state, testkit::START).await.expect("memory answers");
            self.store.flow(&id).await.expect("memory answers")
        };
        engine.deploy(row.expect("it is there")).await.expect("it is deployed");
    }
}

/// Waits for what must come without anybody doing anything more.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..LOOKS_MAX {
        if holds().await {
            return;
        }
        yield_now().await;
    }
    panic!("in vain: {what}");
}

/// Ends the engine once it has nothing to do any more, of which nothing may be left.
pub async fn rest(engine: Engine) {
    until("nothing is left to do", async || {
        let gauges = engine.gauges();
        let open = gauges.active + gauges.waiting + gauges.parked + gauges.lanes;
        open == 0 && engine.bytes_held() == [0; 3]
    })
    .await;
    engine.shutdown(Duration::ZERO).await;
}
