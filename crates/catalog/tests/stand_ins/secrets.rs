//! No call says a secret of its connection, however it ends.

use crate::common::{Runner, object};
use crate::keys::{ALL, stand_in};
use crate::receiver::Receiver;
use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{Connection, PollCx};
use model::Span;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// Every secret of a connection, as it is and in what it may be written as on the way.
fn secrets(connection: &Connection) -> Vec<(String, String)> {
    let entered =
        connection.secrets.iter().map(|(name, secret)| (name.clone(), secret.expose_secret().to_owned()));
    let tokens = connection.tokens.iter().flat_map(|tokens| {
        let refresh = tokens.refresh.iter().map(|token| ("refresh token".to_owned(), token));
        refresh.chain([("access token".to_owned(), &tokens.access)])
    });
    let users = connection.fields.values().filter_map(Value::as_str);
    let users: Vec<&str> =
        users.chain(connection.secrets.values().map(|secret| secret.expose_secret())).collect();
    let written = |(name, secret): (String, String)| {
        let encoded = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        let basic = users.iter().map(|user| STANDARD.encode(format!("{user}:{secret}")));
        let forms: Vec<String> = basic.chain([secret.clone(), encoded, STANDARD.encode(&secret)]).collect();
        forms.into_iter().map(move |form| (name.clone(), form))
    };
    let all = entered.chain(tokens.map(|(name, token)| (name, token.expose_secret().to_owned())));
    all.flat_map(written).collect()
}

/// What a call says: its output, or its error in all the ways in which it is written down. What the target repeats is
/// blanked by the engine, as here.
async fn said(runner: &Runner, connection: &Connection, input: Value) -> String {
    let timeout = Span::from_secs(2);
    match runner.run_within(timeout, input).await {
        Ok(mut output) => {
            connection.conceal(&mut output);
            output.to_string()
        }
        Err(error) => {
            let error = connection.concealed(error);
            format!("{error} {error:?} {} {}", error.advice(), serde_json::to_string(&error).unwrap())
        }
    }
}

fn examples(connector: &str) -> Vec<(String, Value)> {
    let all = catalog::all();
    let of = |id: &str| id.split('/').next() == Some(connector);
    let operations = all.specs().operations.values().filter(|spec| of(spec.id.as_str()));
    operations.map(|spec| (spec.id.to_string(), spec.example.clone())).collect()
}

/// Every operation of a connector with its own example: what all of them say.
async fn everything_said(world: &World, connection: &Connection) -> Vec<(String, String)> {
    let all = catalog::all();
    let mut heard = Vec::new();
    for (operation, example) in examples(&connection.connector) {
        let id = operation.as_str().into();
        if all.action(&id).is_some() {
            let runner = world.runner(&operation, connection);
            heard.push((operation.clone(), said(&runner, connection, example).await));
        } else if let Some(poll) = all.poll(&id) {
            let http = world.http();
            let timeout = Span::from_secs(2);
            let cx = PollCx { http: &http, connection: Some(connection), now: world.now(), timeout };
            let looked = poll.poll(&cx, &object(json!({"since": world.ago(60)})), None).await;
            let looked = looked.map_err(|error| connection.concealed(error));
            heard.push((operation, format!("{looked:?}")));
        }
    }
    let connector = all.connector(&connection.connector).unwrap();
    let tried = connector.test(&world.http(), connection).await;
    let tried = tried.map_err(|error| connection.concealed(error));
    heard.push(("test".to_owned(), format!("{tried:?}")));
    heard.push(("the connection".to_owned(), format!("{connection:?}")));
    heard
}

fn is_silent(connection: &Connection, heard: &[(String, String)], when: &str) {
    let secrets = secrets(connection);
    let says = |(operation, text): &(String, String)| {
        let told = secrets.iter().find(|(_, secret)| text.contains(secret))?;
        Some(format!("{} {operation} says the {} {when}: {text}", connection.connector, told.0))
    };
    let said: Vec<String> = heard.iter().filter_map(says).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[tokio::test]
async fn whatever_goes_wrong_no_call_says_a_secret_of_its_connection() {
    let world = World::start().await;
    for connector in ALL {
        let connection = world.connect(connector).await;
        let heard = everything_said(&world, &connection).await;
        assert!(heard.len() > 3, "{connector} has operations");
        is_silent(&connection, &heard, "when all is well");
        for kind in ["429", "500", "html", "truncated", "token_expired"] {
            if connector == "odoo" && !matches!(kind, "429" | "500") {
                continue; // the stand-in for the ERP has faults of its own
            }
            world.fault(stand_in(connector), json!({"kind": kind})).await;
            is_silent(&connection, &everything_said(&world, &connection).await, &format!("at {kind}"));
            world.no_faults(stand_in(connector)).await;
        }
    }
}

/// Points every address of a connection to one server.
fn at(connection: &Connection, url: &str) -> Connection {
    let mut connection = connection.clone();
    for value in connection
        .fields
        .values_mut()
        .filter(|value| value.as_str().is_some_and(|text| text.starts_with("http")))
    {
        *value = url.into();
    }
    connection
}

#[tokio::test]
async fn a_system_that_repeats_what_it_was_told_makes_nobody_say_a_secret() {
    let world = World::start().await;
    for status in [200, 400, 401, 403, 404, 422, 500] {
        let echo = Receiver::echoing(status).await;
        for connector in ALL {
            let connection = at(&world.connect(connector).await, echo.origin());
            let heard = everything_said(&world, &connection).await;
            is_silent(&connection, &heard, &format!("after an echo with {status}"));
        }
    }
}

#[tokio::test]
async fn keys_that_are_refused_are_not_repeated() {
    let world = World::start().await;
    for connector in ALL {
        let mut connection = world.connect(connector).await;
        for (name, secret) in &mut connection.secrets {
            *secret = format!("wrong-{name}-0123456789abcdef").into();
        }
        if let Some(tokens) = &mut connection.tokens {
            tokens.access = "wrong-token-0123456789abcdef".into();
        }
        is_silent(&connection, &everything_said(&world, &connection).await, "when it is wrong");
    }
}
