//! What people are to be told of by themselves: rules, who takes care, and whether messages arrive.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Body, Path};
use crate::alerts::{self, Outcome, State as Kept, Told};
use crate::auth::{Editor, Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::{App, codes};
use api::{
    AlertAcknowledged, AlertDrill, AlertInfo, AlertList, AlertOccasion, AlertRule, AlertTold, AlertTrouble,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::future::join_all;
use model::{ConnectionName, FlowId};
use store::AlertRow;

/// How often a change is tried again that another one came before.
const TRIES_MAX: usize = 8;

impl From<alerts::Error> for Failure {
    fn from(error: alerts::Error) -> Self {
        Failure::new(StatusCode::UNPROCESSABLE_ENTITY, codes::BAD_ALERT, error.to_string())
    }
}

/// All rules, and how each stands.
#[utoipa::path(get, path = api::path::ALERTS, tag = "alerts",
    responses((status = 200, description = "All rules", body = AlertList), AnyFailure))]
pub async fn list(State(app): State<App>, _: Require<Viewer>) -> Result<Json<AlertList>, Failure> {
    // What a newer release wrote is left to it.
    let rows = app.store().alerts().await?.into_iter();
    Ok(Json(AlertList { alerts: rows.filter_map(|row| info(row).ok()).collect() }))
}

/// One rule, and how it stands.
#[utoipa::path(get, path = api::path::ALERT, tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, description = "The rule", body = AlertInfo), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<String>,
) -> Result<Json<AlertInfo>, Failure> {
    info(found(&app, &id).await?).map(Json)
}

/// Makes a rule or changes it. It is looked at now, and then every fifteen seconds.
///
/// What people were told of before stands as it did, so that a change does not tell it twice; a rule that is turned off forgets it.
#[utoipa::path(put, path = api::path::ALERT, tag = "alerts", params(("id" = String, Path)), request_body = AlertRule,
    responses((status = 200, description = "The rule as it is now", body = AlertInfo), AnyFailure))]
pub async fn save(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<String>,
    Body(rule): Body<AlertRule>,
) -> Result<Json<AlertInfo>, Failure> {
    check(&app, &id, &rule).await?;
    let who = &editor.principal.who;
    for _ in 0..TRIES_MAX {
        let kept = app.store().alert(&id).await?;
        let state = kept.as_ref().filter(|_| rule.enabled).map(|kept| kept.state.clone());
        let row = AlertRow {
            id: id.clone(),
            rule: serde_json::to_string(&rule).map_err(Failure::internal)?,
            state: state.unwrap_or_else(|| Kept::default().write()),
            revision: kept.map_or(0, |kept| kept.revision),
            changed_at: app.now(),
            changed_by: who.clone(),
        };
        if app.store().save_alert(row).await? {
            app.audit(who, "alert.save", &id).await;
            app.alerts().look_now();
            return info(found(&app, &id).await?).map(Json);
        }
    }
    Err(overtaken())
}

/// Deletes a rule. What it told of is not told to be over.
#[utoipa::path(delete, path = api::path::ALERT, tag = "alerts", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone"), AnyFailure))]
pub async fn delete(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    if !app.store().delete_alert(&id).await? {
        return Err(nothing(&id));
    }
    app.audit(&editor.principal.who, "alert.delete", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody takes care of what a rule has told of: people are told no more of that, but once when it is over.
#[utoipa::path(post, path = api::path::ALERT_ACKNOWLEDGE, tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, description = "The rule as it is now", body = AlertInfo), AnyFailure))]
pub async fn acknowledge(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<String>,
) -> Result<Json<AlertInfo>, Failure> {
    let who = &operator.principal.who;
    for _ in 0..TRIES_MAX {
        let row = found(&app, &id).await?;
        let mut state = Kept::read(&row.state)?;
        if state.acknowledge(who, app.now()) == 0 {
            return Err(Failure::conflict("nothing is wrong here that nobody takes care of"));
        }
        if app.store().save_alert(AlertRow { state: state.write(), ..row }).await? {
            app.audit(who, "alert.acknowledge", &id).await;
            return info(found(&app, &id).await?).map(Json);
        }
    }
    Err(overtaken())
}

/// Sends everybody whom a rule tells a message that says that it is a drill, and tells what came of each.
///
/// The rule stays as it stands. Over each connection 60 such messages and lookups may be sent in a minute.
#[utoipa::path(post, path = api::path::ALERT_DRILL, tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, description = "What came of it", body = AlertDrill), AnyFailure))]
pub async fn drill(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<String>,
) -> Result<Json<AlertDrill>, Failure> {
    let rule = read(&found(&app, &id).await?)?;
    let now = app.now();
    app.audit(&editor.principal.who, "alert.drill", &id).await;
    let told = rule.to.iter().map(|target| async {
        let turn = app.lookups().turn(&ConnectionName::from(target.connection.as_str()), now);
        let outcome = match turn {
            Ok(_turn) => alerts::drill(&app, &id, &rule, target, now).await,
            Err(wait) => Outcome::Failed {
                message: "there were many questions in the last minute".into(),
                advice: format!("Try again in {} seconds.", wait.seconds),
                again: true,
            },
        };
        told(Told { target: target.clone(), at: now, occasion: AlertOccasion::Drill, outcome })
    });
    Ok(Json(AlertDrill { told: join_all(told).await }))
}

/// Whether a rule makes sense, and names what there is.
async fn check(app: &App, id: &str, rule: &AlertRule) -> Result<(), Failure> {
    alerts::check(id, rule)?;
    let (flow, connection) = alerts::named(&rule.when);
    if let Some(flow) = flow
        && app.store().flow(&FlowId::from(flow)).await?.is_none()
    {
        return Err(alerts::Error::Unknown(format!("flow {flow:?}")).into());
    }
    if let Some(connection) = connection
        && app.vault().find(&ConnectionName::from(connection)).is_none()
    {
        return Err(alerts::Error::Unknown(format!("connection {connection:?}")).into());
    }
    Ok(alerts::check_targets(app, rule)?)
}

/// The rules that tell over a connection.
pub async fn over(app: &App, connection: &ConnectionName) -> Result<Vec<String>, Failure> {
    let rows = app.store().alerts().await?.into_iter();
    let tells = |row: &AlertRow| {
        let rule = serde_json::from_str::<AlertRule>(&row.rule);
        rule.is_ok_and(|rule| rule.to.iter().any(|target| target.connection == connection.as_str()))
    };
    Ok(rows.filter(tells).map(|row| format!("alert {}", row.id)).collect())
}

async fn found(app: &App, id: &str) -> Result<AlertRow, Failure> {
    app.store().alert(id).await?.ok_or_else(|| nothing(id))
}

fn read(row: &AlertRow) -> Result<AlertRule, Failure> {
    serde_json::from_str(&row.rule).map_err(|error| Failure::internal(format!("alert {}: {error}", row.id)))
}

fn info(row: AlertRow) -> Result<AlertInfo, Failure> {
    let (rule, state) = (read(&row)?, Kept::read(&row.state)?);
    let trouble = |(subject, standing): (String, alerts::Standing)| AlertTrouble {
        subject,
        text: alerts::text(&standing.trouble.facts, rule.language),
        since: standing.trouble.since,
        told_at: standing.told_at,
        acknowledged: standing.acknowledged.map(|by| AlertAcknowledged { at: by.at, by: by.by }),
    };
    Ok(AlertInfo {
        troubles: state.standing.into_iter().map(trouble).collect(),
        told: state.told.into_iter().map(told).collect(),
        untold: state.messages.len() as u64,
        id: row.id,
        rule,
        changed_at: row.changed_at,
        changed_by: row.changed_by,
    })
}

fn told(told: Told) -> AlertTold {
    let (ok, message, advice) = match told.outcome {
        Outcome::Ok => (true, String::new(), String::new()),
        Outcome::Failed { message, advice, .. } => (false, message, advice),
    };
    let (connection, to) = (told.target.connection, told.target.to);
    AlertTold { connection, to, ok, at: told.at, occasion: told.occasion, message, advice }
}

fn nothing(id: &str) -> Failure {
    Failure::not_found(format_args!("alert {id:?}"))
}

fn overtaken() -> Failure {
    Failure::conflict("the alert changes all the time: try again")
}
