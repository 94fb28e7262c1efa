//! Many who need a token at once, in one process and in several.

use super::*;
use crate::vault::MasterKey;
use async_trait::async_trait;
use connector::{Catalog, Connector, Parts};
use engine::ConnectionSource;
use model::{ConnectorSpec, Field, FieldKind, Purpose, Value};
use secrecy::{ExposeSecret, SecretString};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use store::Store;
use store_sqlite::SqliteStore;

const SHOP: &str = "shop";

/// A system whose refresh tokens are good once.
#[derive(Default)]
struct Shop {
    asked: AtomicUsize,
    /// The number in the refresh token that is good now.
    good: AtomicUsize,
    fails: AtomicUsize,
}

struct ShopConnector(Arc<Shop>);

#[async_trait]
impl Connector for ShopConnector {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new(SHOP, Purpose::Shop, "Shop", "ร้าน").connection([Field::new(
            "client_id",
            FieldKind::Text,
            "Client id",
            "รหัสแอป",
        )])
    }

    fn token_rule(&self, _: &Connection) -> TokenRule {
        TokenRule::Consent
    }

    async fn tokens(&self, http: &Http, _: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        let shop = &self.0;
        shop.asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(30)).await;
        if shop.fails.load(Ordering::SeqCst) > 0 {
            shop.fails.fetch_sub(1, Ordering::SeqCst);
            return Err(Error::Status {
                host: SHOP.into(),
                status: 503,
                message: "away".into(),
                after: None,
            });
        }
        let given = match grant {
            Grant::Refresh(tokens) => tokens.refresh.as_ref().map(|secret| secret.expose_secret().to_owned()),
            _ => None,
        };
        let good = shop.good.load(Ordering::SeqCst);
        if given.as_deref() != Some(&format!("refresh-{good}")) {
            return Err(Error::Connection { message: "used before".into(), advice: String::new() });
        }
        shop.good.store(good + 1, Ordering::SeqCst);
        Ok(tokens(good + 1, http.source().now()))
    }
}

fn tokens(number: usize, now: Ms) -> Tokens {
    Tokens {
        refresh: Some(SecretString::from(format!("refresh-{number}"))),
        made_at: Some(now),
        expires_at: Some(now + 3_600_000),
        ..Tokens::new(format!("access-{number}"))
    }
}

#[derive(Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Ms {
        self.0.load(Ordering::SeqCst)
    }
}

struct Scene {
    shop: Arc<Shop>,
    clock: Arc<Hands>,
    store: Arc<dyn Store>,
    master: MasterKey,
}

impl Scene {
    async fn new() -> Self {
        let store: Arc<dyn Store> = SqliteStore::temporary().await.unwrap();
        let scene = Self {
            shop: Arc::default(),
            clock: Arc::new(Hands(AtomicI64::new(1_000_000))),
            store,
            master: MasterKey::random().unwrap(),
        };
        let vault = scene.process().await;
        let fields = serde_json::Map::new();
        vault.save(SHOP.into(), SHOP.into(), fields, false, |kept| kept, 1).await.unwrap();
        let (held, _) = vault.find(&SHOP.into()).unwrap();
        vault.keep(&held, tokens(0, 1_000_000)).await.unwrap();
        scene
    }

    /// One process of several.
    async fn process(&self) -> Arc<Vault> {
        let vault = Vault::open(self.store.clone(), &self.master, Value::Null).await.unwrap();
        let clock = self.clock.clone();
        let source = connector::source::Source::of_clock({
            let clock = clock.clone();
            move || clock.now()
        });
        let http = Http::new(Default::default()).unwrap().with_source(source);
        let catalog = Catalog::new(Parts::of(ShopConnector(self.shop.clone()))).into();
        Arc::new(vault.renews_with(Renewal { catalog, http, clock }))
    }

    fn hours_pass(&self) {
        self.clock.0.fetch_add(2 * 3_600_000, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.shop.asked.load(Ordering::SeqCst)
    }
}

fn access(connection: &Connection) -> String {
    connection.access_token().unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn a_token_of_the_system_before_is_nothing_to_where_the_connection_leads_now() {
    let scene = Scene::new().await;
    let vault = scene.process().await;
    let (before, _) = vault.find(&SHOP.into()).unwrap();
    let elsewhere = serde_json::Map::from_iter([("url".to_owned(), Value::from("https://other.example"))]);
    vault.save(SHOP.into(), SHOP.into(), elsewhere, false, |kept| kept, 2).await.unwrap();
    let held = vault.keep(&before, tokens(7, 1_000_000)).await.unwrap();
    assert!(held.tokens.is_none());
    vault.sign_out(&before, signed_out(&SHOP.into())).await.unwrap_err();
    assert!(!vault.find(&SHOP.into()).unwrap().0.signed_out);
}

#[tokio::test]
async fn twenty_at_once_with_an_expired_token_ask_for_one_new_one() {
    let scene = Scene::new().await;
    let vault = scene.process().await;
    scene.hours_pass();
    let name = SHOP.into();
    let all = futures::future::join_all((0..20).map(|_| vault.ready(&name))).await;
    assert!(all.into_iter().all(|one| access(&one.unwrap()) == "access-1"));
    assert_eq!(scene.asked(), 1);
}

#[tokio::test]
async fn two_processes_with_ten_each_ask_for_one_new_one() {
    let scene = Scene::new().await;
    let (one, other) = (scene.process().await, scene.process().await);
    scene.hours_pass();
    let name = SHOP.into();
    let all = futures::future::join_all((0..20).map(|n| if n % 2 == 0 { &one } else { &other }.ready(&name)));
    assert!(all.await.into_iter().all(|one| access(&one.unwrap()) == "access-1"));
    assert_eq!(scene.asked(), 1);
}

#[tokio::test]
async fn a_token_that_its_system_refused_is_replaced_once_for_all_who_were_refused() {
    let scene = Scene::new().await;
    let vault = scene.process().await;
    let name = SHOP.into();
    let refused = vault.ready(&name).await.unwrap();
    assert_eq!((access(&refused), scene.asked()), ("access-0".into(), 0));
    let all = futures::future::join_all((0..20).map(|_| vault.renew(&name, &refused))).await;
    assert!(all.into_iter().all(|one| access(&one.unwrap()) == "access-1"));
    assert_eq!(scene.asked(), 1);
}

#[tokio::test]
async fn what_another_process_saved_while_a_token_was_asked_for_stays() {
    let scene = Scene::new().await;
    let (renews, edits) = (scene.process().await, scene.process().await);
    let (asked, _) = renews.find(&SHOP.into()).unwrap();
    let fields = serde_json::Map::from_iter([("note".to_owned(), Value::from("new"))]);
    edits.save(SHOP.into(), SHOP.into(), fields.clone(), true, |kept| kept, 2).await.unwrap();
    let kept = renews.keep(&asked, tokens(1, 1_000_000)).await.unwrap();
    assert_eq!((&kept.fields, access(&kept)), (&fields, "access-0".into()));
    // And the other way round: an edit keeps the tokens that another process has got meanwhile.
    let (asked, _) = renews.find(&SHOP.into()).unwrap();
    renews.keep(&asked, tokens(2, 1_000_000)).await.unwrap();
    edits.save(SHOP.into(), SHOP.into(), Default::default(), true, |kept| kept, 3).await.unwrap();
    assert_eq!(access(&edits.find(&SHOP.into()).unwrap().0), "access-2");
}

#[tokio::test]
async fn whoever_signed_in_meanwhile_stays_signed_in_when_the_token_before_is_refused() {
    let scene = Scene::new().await;
    let (refused, other) = (scene.process().await, scene.process().await);
    let (asked, _) = refused.find(&SHOP.into()).unwrap();
    other.keep(&asked, tokens(1, 1_000_000)).await.unwrap();
    let held = refused.sign_out(&asked, signed_out(&SHOP.into())).await.unwrap();
    assert_eq!((held.signed_out, access(&held)), (false, "access-1".into()));
}

#[tokio::test]
async fn rotated_tokens_are_on_disk_before_anybody_uses_them() {
    let scene = Scene::new().await;
    for round in 1..4 {
        scene.hours_pass();
        // Each time another process, which knows what the store knows and nothing else.
        let connection = scene.process().await.ready(&SHOP.into()).await.unwrap();
        assert_eq!(access(&connection), format!("access-{round}"));
    }
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_wait_and_the_next_try_is_later() {
    let scene = Scene::new().await;
    let vault = scene.process().await;
    scene.shop.fails.store(1, Ordering::SeqCst);
    scene.hours_pass();
    let name = SHOP.into();
    let all = futures::future::join_all((0..20).map(|_| vault.ready(&name))).await;
    assert!(all.into_iter().all(|one| one.is_err_and(|error| error.retry() == Retry::Backoff)));
    assert_eq!(scene.asked(), 1);
    scene.clock.0.fetch_add(FAILED_MS, Ordering::SeqCst);
    assert_eq!(access(&vault.ready(&name).await.unwrap()), "access-1");
}

#[tokio::test]
async fn a_process_that_died_while_it_asked_keeps_nobody_from_it_for_long() {
    let scene = Scene::new().await;
    scene.hours_pass();
    let now = scene.clock.now();
    assert!(scene.store.begin_renewal(&SHOP.into(), now, now + TURN_MS).await.unwrap());
    scene.clock.0.fetch_add(TURN_MS, Ordering::SeqCst);
    let connection = scene.process().await.ready(&SHOP.into()).await.unwrap();
    assert_eq!(access(&connection), "access-1");
}

#[tokio::test]
async fn nobody_is_signed_in_after_the_app_has_changed() {
    let scene = Scene::new().await;
    let vault = scene.process().await;
    vault.save(SHOP.into(), SHOP.into(), Default::default(), false, |kept| kept, 2).await.unwrap();
    let error = vault.ready(&SHOP.into()).await.unwrap_err();
    assert!(error.to_string().contains("nobody is signed in"), "{error}");
    assert!(vault.waits_for_sign_in(&vault.find(&SHOP.into()).unwrap().0));
}

#[tokio::test]
async fn a_sign_in_is_answered_by_whoever_began_it_and_in_time() {
    let scene = Scene::new().await;
    let (began_at, answered_at) = (scene.process().await, scene.process().await);
    let begun = began_at.begin_sign_in(&SHOP.into(), "ann", 1_000).unwrap();
    let end = |state: &str, who: &str, now| answered_at.end_sign_in(state, who, now);
    assert_eq!(end(&begun.state, "ann", 2_000).unwrap().connection.as_str(), SHOP);
    assert!(end(&begun.state, "bob", 2_000).is_none());
    assert!(end(&begun.state, "ann", 1_000 + 16 * 60_000).is_none());
    let mut forged = begun.state.clone().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    assert!(end(std::str::from_utf8(&forged).unwrap(), "ann", 2_000).is_none());
}
