//! What is given as a connector: an API document, or a connector that was exported; and whether it may be taken.

use crate::codes;
use crate::failure::Failure;
use axum::http::StatusCode;
use model::{Family, Words};
use openapi::access::{Access, GrantKind, Scheme, Server};
use openapi::limits::TITLE_CHARS_MAX;
use openapi::{Imported, Operation, Problem, Wanted};
use std::collections::BTreeSet;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Document(#[from] Problem),
    #[error("the file is the connector {found:?}, and not {wanted:?}")]
    OtherId { found: String, wanted: String },
    #[error("the connector holds {0:?}, which is no operation of its own")]
    Foreign(String),
    #[error("{0:?} is a built-in connector")]
    BuiltIn(String),
    #[error("the document leads to {}, and connections of this connector hold secrets for other servers", .0.join(", "))]
    MovedSecrets(Vec<String>),
    #[error("the document no longer has operations that flows use: {}", .0.join("; "))]
    UsedOperations(Vec<String>),
    #[error("the connector is used by {}", .0.join(", "))]
    InUse(Vec<String>),
    #[error("a name has {TITLE_CHARS_MAX} letters at most")]
    LongTitle,
    #[error("none of the chosen operations is in the document")]
    NothingChosen,
    #[error("give either the document or the address that it is at")]
    OneOfBoth,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Document(problem) => unreadable(problem.message.en).advice(problem.advice.en),
            Error::OtherId { .. } | Error::Foreign(_) => unreadable(message),
            Error::BuiltIn(_) => Self::conflict(message).advice("Give the connector another id."),
            Error::MovedSecrets(_) => Self::conflict(message).advice(
                "Import it under another id, or delete its connections first, so that no secret is sent where its owner did not \
                 mean it to go.",
            ),
            Error::UsedOperations(_) => Self::conflict(message)
                .advice("Take the operations out of the flows first, or import the document under another id."),
            Error::InUse(_) => Self::conflict(message),
            Error::OneOfBoth | Error::LongTitle | Error::NothingChosen => Self::bad_request(message),
        }
    }
}

fn unreadable(message: String) -> Failure {
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, codes::BAD_CONNECTOR, message)
}

/// Reads a document or an export. A document may take a good second and some hundred MB: not for a thread that serves.
pub fn text_of(text: &str, wanted: &Wanted) -> Result<Imported, Error> {
    let imported = match Imported::from_json(text) {
        Ok(exported) => exported,
        Err(_) => openapi::read(text, wanted)?,
    };
    let id = wanted.id.clone().unwrap_or_else(|| imported.spec.id.clone());
    check(&imported, &id)?;
    Ok(imported)
}

/// Takes of a connector only what was chosen, by the part of an operation's id behind the slash, and gives it another name.
pub fn narrow(imported: &mut Imported, title: Option<&str>, operations: &[String]) -> Result<(), Error> {
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    if let Some(title) = title {
        if title.chars().count() > TITLE_CHARS_MAX {
            return Err(Error::LongTitle);
        }
        imported.spec.title = Words::new(title, title);
    }
    if !operations.is_empty() {
        let chosen: BTreeSet<&str> = operations.iter().map(String::as_str).collect();
        imported.operations.retain(|operation| chosen.contains(operation.spec.id.operation()));
        if imported.operations.is_empty() {
            return Err(Error::NothingChosen);
        }
    }
    Ok(())
}

/// How one signs in, in the words of the API; each way once, in the order of the alphabet.
pub fn ways_in(access: &Access) -> Vec<String> {
    let ways = access.schemes.values().flat_map(|scheme| match scheme {
        Scheme::Key { .. } => vec!["key"],
        Scheme::Basic { .. } => vec!["basic"],
        Scheme::Bearer { .. } => vec!["bearer"],
        Scheme::OAuth(oauth) => oauth.grants.iter().map(|grant| way(grant.kind)).collect(),
    });
    ways.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect()
}

fn way(kind: GrantKind) -> &'static str {
    match kind {
        GrantKind::ClientCredentials => "oauth_keys",
        GrantKind::AuthorizationCode => "oauth_person",
    }
}

/// Somebody may have changed an export by hand: it must not speak for other connectors.
pub(super) fn check(imported: &Imported, id: &str) -> Result<(), Error> {
    let found = &imported.spec.id;
    if found != id {
        return Err(Error::OtherId { found: found.clone(), wanted: id.to_owned() });
    }
    let mut seen = BTreeSet::new();
    let mut is_own = |operation: &Operation| {
        let spec = &operation.spec;
        spec.id.connector() == id && spec.family == Family::Action && seen.insert(spec.id.clone())
    };
    match imported.operations.iter().find(|operation| !is_own(operation)) {
        Some(operation) => Err(Error::Foreign(operation.spec.id.to_string())),
        None => Ok(()),
    }
}

/// Whoever may import must not learn by it the secrets that others entered: while there are connections, a connector leads only
/// where it led before.
pub fn refuse_moved_secrets(before: &Imported, after: &Imported) -> Result<(), Error> {
    let known = origins(before);
    let new: Vec<String> = origins(after).into_iter().filter(|origin| !known.contains(origin)).collect();
    if new.is_empty() { Ok(()) } else { Err(Error::MovedSecrets(new)) }
}

/// Every server that secrets may go to. Variables in them are filled in by connections and stay as they are.
fn origins(imported: &Imported) -> BTreeSet<String> {
    let Access { servers, schemes } = &imported.access;
    let own = imported.operations.iter().filter_map(|operation| operation.call.server.as_ref());
    let addresses = servers.iter().chain(own).map(|server: &Server| server.address.as_str());
    let grants = schemes.values().filter_map(|scheme| match scheme {
        Scheme::OAuth(oauth) => Some(&oauth.grants),
        _ => None,
    });
    let urls = grants.flatten().flat_map(|grant| {
        [Some(&grant.token_url), grant.refresh_url.as_ref(), grant.authorize_url.as_ref()]
            .into_iter()
            .flatten()
    });
    addresses.chain(urls.map(String::as_str)).map(origin).collect()
}

/// Scheme and host of an address, as it is written.
fn origin(address: &str) -> String {
    let parts: Vec<&str> = address.splitn(4, ['/', '?', '#']).take(3).collect();
    parts.join("/").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(server: &str) -> Imported {
        let text = format!(
            r#"{{"openapi": "3.0.3", "info": {{"title": "Shop"}}, "servers": [{{"url": "{server}"}}],
                "paths": {{"/orders": {{"get": {{}}}}}}}}"#
        );
        text_of(&text, &Wanted::default()).unwrap()
    }

    #[test]
    fn a_path_may_change_and_a_server_may_not() {
        let before = document("https://api.shop.example/v1");
        for (server, refused) in [
            ("https://API.shop.example/v2", false),
            ("https://api.shop.example.evil.example/v1", true),
            ("http://api.shop.example/v1", true),
            ("https://api.shop.example:8443/v1", true),
            ("https://evil.example/api.shop.example/v1", true),
        ] {
            let moved = refuse_moved_secrets(&before, &document(server));
            assert_eq!(matches!(moved, Err(Error::MovedSecrets(_))), refused, "{server}");
        }
    }

    #[test]
    fn only_what_was_chosen_is_taken_and_under_the_name_that_was_given() {
        let text = r#"{"openapi": "3.0.3", "info": {"title": "Shop"}, "servers": [{"url": "https://a.example"}],
            "paths": {"/orders": {"get": {"operationId": "list"}, "post": {"operationId": "create"}}}}"#;
        let read = || text_of(text, &Wanted::default()).unwrap();
        let mut imported = read();
        narrow(&mut imported, Some(" Our shop "), &["create".into()]).unwrap();
        let ids: Vec<&str> = imported.operations.iter().map(|one| one.spec.id.as_str()).collect();
        assert_eq!((ids, &*imported.spec.title.th), (vec!["shop/create"], "Our shop"));
        let nothing = narrow(&mut read(), None, &["delete".into()]);
        assert!(matches!(nothing, Err(Error::NothingChosen)));
    }

    #[test]
    fn an_export_is_taken_as_it_is_and_speaks_for_itself_alone() {
        let exported = document("https://api.shop.example").to_json().unwrap();
        let wanted = Wanted { id: Some("shop".into()), ..Wanted::default() };
        assert!(text_of(&exported, &wanted).is_ok());
        let other = Wanted { id: Some("store".into()), ..Wanted::default() };
        assert!(matches!(text_of(&exported, &other), Err(Error::OtherId { .. })));
        let forged = exported.replace("\"shop/", "\"odoo/");
        assert_ne!(forged, exported);
        assert!(matches!(text_of(&forged, &wanted), Err(Error::Foreign(_))));
    }
}
