use super::Home;
use super::sample::{START, at};
use crate::{AuditEntry, Error, Role, Session, Token, User};

fn user(name: &str) -> User {
    User {
        id: format!("id of {name}"),
        email: format!("{name}@example.com"),
        name: name.into(),
        role: Role::Owner,
        password_hash: "$argon2id$1".into(),
        created_at: START,
    }
}

fn token(n: u8) -> Token {
    Token {
        id: format!("token {n}"),
        name: "nightly export".into(),
        hash: [n; 32],
        role: Role::Viewer,
        created_at: at(n.into()),
        created_by: "ann".into(),
        last_used_at: None,
    }
}

pub async fn the_first_user_is_created_once(home: &dyn Home) {
    let store = home.open().await;
    assert!(store.create_owner(user("ann")).await.expect("created"));
    assert!(!store.create_owner(user("bob")).await.expect("asked"));
    let names: Vec<String> = store.users().await.expect("asked").into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["ann"]);
}

pub async fn an_address_belongs_to_one_user(home: &dyn Home) {
    let store = home.open().await;
    store.create_user(user("ann")).await.expect("created");
    let twin = User { id: "another".into(), email: "ANN@example.com".into(), ..user("ann") };
    let refused = store.create_user(twin).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    let found = store.user_by_email("Ann@Example.com").await.expect("asked");
    assert!(found == Some(user("ann")), "people type it as they like");
    assert!(store.user_by_email("bob@example.com").await.expect("asked").is_none());
}

pub async fn a_user_gets_a_new_password(home: &dyn Home) {
    let store = home.open().await;
    store.create_user(user("ann")).await.expect("created");
    assert!(store.set_password("id of ann", "$argon2id$2").await.expect("set"));
    let ann = store.user("id of ann").await.expect("asked").expect("she is there");
    assert_eq!(ann.password_hash, "$argon2id$2");
    assert!(!store.set_password("nobody", "$argon2id$2").await.expect("asked"));
}

fn session(n: u8, data: &[u8]) -> Session {
    Session { id_hash: [n; 32], data: data.into(), expires_at: at(100) }
}

pub async fn a_session_lives_until_it_expires(home: &dyn Home) {
    let store = home.open().await;
    store.save_session(session(1, b"one")).await.expect("saved");
    assert!(store.session(&[1; 32], at(99)).await.expect("asked") == Some(session(1, b"one")));
    assert!(store.session(&[1; 32], at(100)).await.expect("asked").is_none());
    assert_eq!(store.expire_sessions(at(99)).await.expect("swept"), 0);
    assert_eq!(store.expire_sessions(at(100)).await.expect("swept"), 1);
}

pub async fn a_session_is_replaced_and_deleted(home: &dyn Home) {
    let store = home.open().await;
    store.save_session(session(1, b"one")).await.expect("saved");
    store.save_session(session(1, b"two")).await.expect("saved");
    assert!(store.session(&[1; 32], START).await.expect("asked") == Some(session(1, b"two")));
    store.delete_session(&[1; 32]).await.expect("deleted");
    assert!(store.session(&[1; 32], START).await.expect("asked").is_none());
}

pub async fn a_token_is_found_by_its_hash_and_remembers_its_use(home: &dyn Home) {
    let store = home.open().await;
    store.create_token(token(1)).await.expect("created");
    store.create_token(token(2)).await.expect("created");
    store.touch_token("token 1", at(50)).await.expect("touched");
    let found = store.token_by_hash(&[1; 32]).await.expect("asked").expect("it is there");
    assert!(found == Token { last_used_at: Some(at(50)), ..token(1) });
    let names: Vec<String> = store.tokens().await.expect("asked").into_iter().map(|token| token.id).collect();
    assert_eq!(names, ["token 1", "token 2"]);
    assert!(store.delete_token("token 1").await.expect("deleted"));
    assert!(!store.delete_token("token 1").await.expect("asked"));
    assert!(store.token_by_hash(&[1; 32]).await.expect("asked").is_none());
}

pub async fn the_audit_trail_is_newest_first(home: &dyn Home) {
    let store = home.open().await;
    let entry =
        |n: i64| AuditEntry { at: at(n), who: "ann".into(), what: "run.retry".into(), on: n.to_string() };
    for n in [1, 2, 3] {
        store.audit(entry(n)).await.expect("written");
    }
    assert_eq!(store.audit_trail(at(9), 2).await.expect("asked"), [entry(3), entry(2)]);
    assert_eq!(store.audit_trail(at(3), 9).await.expect("asked"), [entry(2), entry(1)]);
}
