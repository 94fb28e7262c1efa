//! Who takes care of failures: assigned, put aside, talked about.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Body, Path};
use super::pages;
use crate::App;
use crate::auth::{Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use api::{CareDetail, Comment, People, Person, SayComment, SetCare, SetSnooze, Snooze};
use axum::Json;
use axum::extract::State;
use std::collections::HashMap;
use store::care::{Care, Subject};
use store::{GroupFilter, Ms};

const COMMENT_BYTES_MAX: usize = 4_000;
/// Whoever puts something aside for longer means that it is to be ignored.
const SNOOZE_MS_MAX: Ms = 366 * store::DAY_MS;

/// Who takes care of a group of failures or of one record, and what was said about it.
#[utoipa::path(get, path = api::path::CARE, tag = "errors", params(("subject" = String, Path)),
    responses((status = 200, description = "Who takes care", body = CareDetail), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(subject): Path<String>,
) -> Result<Json<CareDetail>, Failure> {
    detail(&app, parse(&subject)?).await.map(Json)
}

/// Assigns it, puts it aside, or takes it up again.
#[utoipa::path(put, path = api::path::CARE, tag = "errors", params(("subject" = String, Path)), request_body = SetCare,
    responses((status = 200, description = "As it is now", body = CareDetail), AnyFailure))]
pub async fn set(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(subject): Path<String>,
    Body(wanted): Body<SetCare>,
) -> Result<Json<CareDetail>, Failure> {
    let (id, who) = (parse(&subject)?, &operator.principal.who);
    let snooze = wanted.snooze.map(|snooze| stored(snooze, id, app.now())).transpose()?;
    let there = |there: bool| if there { Ok(()) } else { Err(nothing(&subject)) };
    if let Some(assignee) = &wanted.assignee {
        let assignee = Some(assignee.trim()).filter(|assignee| !assignee.is_empty());
        let assignee = person(&app, assignee).await?;
        there(app.store().assign(id, assignee.as_deref()).await?)?;
        let on = format!("{subject} {}", assignee.as_deref().unwrap_or("-"));
        app.audit(who, "errors.assign", on).await;
    }
    if let Some(snooze) = snooze {
        there(app.store().snooze(id, snooze).await?)?;
        app.audit(who, if snooze.is_some() { "errors.snooze" } else { "errors.wake" }, &subject).await;
    }
    detail(&app, id).await.map(Json)
}

/// Says something about it.
#[utoipa::path(post, path = api::path::CARE_COMMENTS, tag = "errors", params(("subject" = String, Path)),
    request_body = SayComment,
    responses((status = 200, description = "As it is now", body = CareDetail), AnyFailure))]
pub async fn comment(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(subject): Path<String>,
    Body(said): Body<SayComment>,
) -> Result<Json<CareDetail>, Failure> {
    let (id, who, body) = (parse(&subject)?, &operator.principal.who, said.body.trim());
    if body.is_empty() || body.len() > COMMENT_BYTES_MAX {
        return Err(Failure::bad_request(format!("a comment has from 1 to {COMMENT_BYTES_MAX} bytes")));
    }
    if !app.store().comment(id, app.now(), who, body).await? {
        return Err(nothing(&subject));
    }
    app.audit(who, "errors.comment", &subject).await;
    detail(&app, id).await.map(Json)
}

/// Who there is to take care of something.
#[utoipa::path(get, path = api::path::PEOPLE, tag = "errors",
    responses((status = 200, description = "The people", body = People), AnyFailure))]
pub async fn people(State(app): State<App>, _: Require<Viewer>) -> Result<Json<People>, Failure> {
    let users = app.store().users().await?;
    let people = users.into_iter().map(|user| Person { email: user.email, name: user.name }).collect();
    Ok(Json(People { people }))
}

/// Their address as they are known by, however it was typed.
async fn person(app: &App, email: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(email) = email else { return Ok(None) };
    let found = app.store().user_by_email(email).await?;
    let user = found.ok_or_else(|| Failure::not_found(format_args!("person with the address {email:?}")))?;
    Ok(Some(user.email))
}

fn stored(wanted: SetSnooze, subject: Subject, now: Ms) -> Result<Option<store::care::Snooze>, Failure> {
    let SetSnooze { until, until_again, end } = wanted;
    match (until, until_again, end) {
        (None, false, true) => Ok(None),
        (None, true, false) if matches!(subject, Subject::Record(_)) => {
            Err(Failure::bad_request("a record happens once: say a time"))
        }
        (None, true, false) => Ok(Some(store::care::Snooze { at: now, until: None })),
        (Some(until), false, false) if until > now && until <= now + SNOOZE_MS_MAX => {
            Ok(Some(store::care::Snooze { at: now, until: Some(until) }))
        }
        (Some(_), false, false) => Err(Failure::bad_request("`until` is a time within the next year")),
        _ => Err(Failure::bad_request("say one of `until`, `until_again` and `end`")),
    }
}

async fn detail(app: &App, subject: Subject) -> Result<CareDetail, Failure> {
    let last_at = match subject {
        Subject::Group(fingerprint) => {
            let filter = GroupFilter { fingerprint: Some(fingerprint), limit: 1, ..GroupFilter::default() };
            app.store().error_groups(filter).await?.pop().map(|group| group.last_at)
        }
        Subject::Record(run) => app.store().dead_letter(run).await?.map(|(row, _)| row.at),
    };
    let last_at = last_at.ok_or_else(|| nothing(&name(subject)))?;
    let care = cares(app, &[subject]).await?.remove(&subject);
    let comments = app.store().comments(subject).await?;
    let said =
        |comment: store::care::Comment| Comment { at: comment.at, who: comment.who, body: comment.body };
    Ok(CareDetail {
        care: care.map(|care| told(&care, last_at, app.now())).unwrap_or_default(),
        comments: comments.into_iter().map(said).collect(),
    })
}

pub async fn cares(app: &App, subjects: &[Subject]) -> Result<HashMap<Subject, Care>, store::Error> {
    let found = app.store().cares(subjects).await?;
    Ok(found.into_iter().map(|care| (care.subject, care)).collect())
}

/// As people see it: whether what was put aside still is, hangs on the time and on what happened since.
pub fn told(care: &Care, last_at: Ms, now: Ms) -> api::Care {
    let snooze = care.snooze.map(|snooze| Snooze {
        since: snooze.at,
        until: snooze.until,
        active: snooze.until.map_or(last_at <= snooze.at, |until| until > now),
    });
    api::Care { assignee: care.assignee.clone(), snooze, comments: care.comments }
}

fn name(subject: Subject) -> String {
    match subject {
        Subject::Group(fingerprint) => format!("group-{}", crate::wire::fingerprint(fingerprint)),
        Subject::Record(run) => format!("run-{run}"),
    }
}

fn parse(text: &str) -> Result<Subject, Failure> {
    let found = match text.split_once('-') {
        Some(("group", fingerprint)) => pages::fingerprint(Some(fingerprint))?.map(Subject::Group),
        Some(("run", run)) => Some(Subject::Record(super::runs::parse_id(run)?)),
        _ => None,
    };
    found.ok_or_else(|| nothing(text))
}

fn nothing(subject: &str) -> Failure {
    Failure::not_found(format_args!("{subject:?} among the failures"))
}
