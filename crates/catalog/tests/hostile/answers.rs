//! Answers that are none, or not whole, or of something else.

use crate::calls::{self, Ended, What};
use crate::judge::{self, Again, Work};
use crate::server::{Asked, Reply};
use crate::{calls::Call, secrets};
use connector::Error;

const PAGE: &str = "<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>";
const HTML: [(&str, &str); 1] = [("content-type", "text/html; charset=utf-8")];

/// Calls that need nothing of a server with what is in the connection already: trials of systems that have nothing to be asked
/// without sending, and effects that are asked after in their other manner alone.
const ALONE: &[&str] =
    &["google_sheets/upsert_rows (probe)", "kex Test", "line_shopping/push_product (probe)", "slack Test"];

/// A connection whose keys are enough gets no tokens, and where a person consents nothing else does.
fn has_no_such_sign_in(ended: &Ended) -> bool {
    let told = |error: &Error| matches!(error, Error::Connection { message, .. } if message.ends_with("has no sign-in") || message.starts_with("nobody is signed in"));
    matches!(ended.call.what, What::Keys | What::Refresh) && ended.result.as_ref().is_err_and(told)
}

/// What never asks is not tried by anything here: whoever adds a connector sees that it is.
#[tokio::test(flavor = "multi_thread")]
async fn every_call_reaches_its_server() {
    let ended = calls::everything(|_, _| Reply::json(503, "{}")).await;
    let silent = ended.iter().filter(|ended| ended.asked().is_empty());
    let silent =
        silent.filter(|ended| !ALONE.contains(&ended.call.name().as_str()) && !has_no_such_sign_in(ended));
    let told = silent.map(|ended| format!("{} asks nobody: {:?}", ended.call.name(), ended.result));
    judge::none(told.collect());
}

async fn all_meet(reply: Reply, work: Work, again: Again) {
    meet(move |_, _| reply.clone(), work, again).await;
}

async fn meet(
    answer: impl Fn(&Call, &Asked) -> Reply + Clone + Send + Sync + 'static,
    work: Work,
    again: Again,
) {
    let ended = calls::everything(answer).await;
    let wrong = ended.iter().flat_map(|ended| judge::complaints(ended, work, again));
    judge::none(wrong.collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_429_is_waited_out_as_long_as_the_server_asks() {
    let body = r#"{"message": "too many requests"}"#;
    all_meet(Reply::of(429, &[("retry-after", "7")], body), Work::NotDone, Again::After(7)).await;
    let date = [("date", "Fri, 20 Nov 2026 03:10:00 GMT"), ("retry-after", "Fri, 20 Nov 2026 03:11:30 GMT")];
    all_meet(Reply::of(429, &date, body), Work::NotDone, Again::After(90)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_429_without_a_time_is_waited_out_all_the_same() {
    all_meet(Reply::json(429, r#"{"message": "too many requests"}"#), Work::NotDone, Again::Later).await;
    all_meet(Reply::of(429, &HTML, PAGE), Work::NotDone, Again::Later).await;
    all_meet(Reply::of(429, &[("retry-after", "soon")], ""), Work::NotDone, Again::Later).await;
    let vendors = [
        ("x-ratelimit-limit", "40"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1795144260"),
        ("x-rate-limit-problem", "minute"),
        ("x-shopify-shop-api-call-limit", "40/40"),
        ("x-hubspot-ratelimit-remaining", "0"),
    ];
    all_meet(Reply::of(429, &vendors, "{}"), Work::NotDone, Again::Later).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_is_down_is_asked_again_later() {
    all_meet(Reply::of(503, &HTML, PAGE), Work::NotDone, Again::Later).await;
    all_meet(Reply::of(503, &[("retry-after", "7")], ""), Work::NotDone, Again::After(7)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_may_have_done_it() {
    all_meet(Reply::json(500, r#"{"error": "Internal Server Error"}"#), Work::Perhaps, Again::Later).await;
    all_meet(Reply::of(500, &HTML, PAGE), Work::Perhaps, Again::Later).await;
    all_meet(Reply::of(502, &HTML, PAGE), Work::Perhaps, Again::Later).await;
    all_meet(Reply::of(504, &HTML, PAGE), Work::Perhaps, Again::Later).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_after_the_request_may_have_done_it() {
    all_meet(Reply::Hangup { reset: false }, Work::Perhaps, Again::Later).await;
    all_meet(Reply::Hangup { reset: true }, Work::Perhaps, Again::Later).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_answer_is_none() {
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"code\": 0, \"data\": [{\"id\": 1";
    all_meet(Reply::Bytes(half.into()), Work::Perhaps, Again::Later).await;
    let chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"code\": 0, \"data\"";
    all_meet(Reply::Bytes(chunk.into()), Work::Perhaps, Again::Later).await;
    let head = "HTTP/1.1 200 OK\r\ncontent-ty";
    all_meet(Reply::Bytes(head.into()), Work::Perhaps, Again::Later).await;
    all_meet(Reply::Bytes("SSH-2.0-OpenSSH_9.6\r\n".into()), Work::Perhaps, Again::Later).await;
}

/// Where the body says nothing that is needed: a success is told by the status alone, or the answer is handed on as it is.
fn needs_no_body(ended: &Ended) -> bool {
    let name = ended.call.name();
    NO_BODY.contains(&name.as_str()) && ended.result.is_ok()
}

const NO_BODY: &[&str] = &["http Test", "http/request", "s3/delete_file", "s3/read_file"];

/// The same where the answer is nothing at all: a page in its place is noticed.
const NOTHING: &[&str] = &[
    "line_shopping/cancel_order",
    "line_shopping/mark_paid",
    "line_shopping/set_tracking",
    "sap_business_one/set_tracking",
    // As an operation without an answer has it.
    "soap/call",
];

async fn not_json(reply: Reply, may_be: &[&str]) {
    let ended = calls::everything(move |_, _| reply.clone()).await;
    let read = ended
        .iter()
        .filter(|ended| !needs_no_body(ended))
        .filter(|ended| !(ended.result.is_ok() && may_be.contains(&ended.call.name().as_str())));
    judge::none(read.flat_map(|ended| judge::complaints(ended, Work::Perhaps, Again::Either)).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_is_not_an_answer() {
    not_json(Reply::of(200, &HTML, PAGE), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_not_an_answer() {
    not_json(Reply::json(200, ""), NOTHING).await;
}

/// What is well-formed and says something else. Whoever looks whether something was done, or what has changed, must not take
/// that for "nothing": an order would be made twice, or a change never be seen.
#[tokio::test(flavor = "multi_thread")]
async fn json_of_other_types_is_never_taken_for_nothing_done_or_nothing_new() {
    let soup = r#"{"data": 7, "result": "x", "results": "x", "items": "x", "response": 7, "errors": 7, "error": {"x": []},
        "code": [], "status": {}, "message": [], "records": {"a": 1}, "orders": 7, "list": null, "success": "maybe",
        "QueryResponse": [], "Invoices": {}, "Contacts": 7, "access_token": 7, "token": {}, "expires_in": "x"}"#;
    for json in ["null", "7", "\"ok\"", "true", "[]", "[[[]]]", "{}", soup] {
        let answer = Reply::json(200, json);
        let ended = calls::everything(move |_, _| answer.clone()).await;
        let mut wrong = Vec::new();
        for ended in ended.iter().filter(|ended| !ended.asked().is_empty()) {
            judge::is_silent(ended, &mut wrong);
            let asks =
                matches!(ended.call.what, What::Probe(_) | What::Poll(..) | What::Keys | What::Refresh);
            match &ended.result {
                Ok(output) if asks && !is_nothing(ended, json) => {
                    wrong.push(format!("{} takes {json} for an answer: {output}", ended.call.name()));
                }
                Ok(_) => {}
                Err(error) => {
                    let perhaps = ended.changes
                        && !crate::reading::only_reads(&ended.call.connector, ended.asked().last().unwrap());
                    if perhaps && !error.may_have_happened() {
                        wrong.push(format!("{} calls {json} undone: {error:?}", ended.call.name()));
                    }
                }
            }
        }
        judge::none(wrong);
    }
}

/// Where such an answer is what the system says of nothing: an empty list is one of a store.
fn is_nothing(ended: &Ended, json: &str) -> bool {
    judge::is_head(ended) || ended.call.connector == "woocommerce" && json == "[]"
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_is_nested_too_deep_is_refused_and_harms_nobody() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    not_json(Reply::json(200, &deep(100_000)), &[]).await;
    not_json(Reply::json(200, &format!("{{\"code\": 0, \"data\": {}}}", deep(100_000))), &[]).await;
    let ended =
        calls::everything(move |_, _| Reply::json(200, &format!("{{\"data\": {}}}", deep(100)))).await;
    let mut wrong = Vec::new();
    ended.iter().for_each(|ended| judge::is_silent(ended, &mut wrong));
    judge::none(wrong);
}

/// A server that repeats what it was told, in its own way.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_repeats_is_said_by_nobody() {
    secrets::listen();
    let mut wrong = Vec::new();
    for status in [200, 400, 401, 404, 422, 500] {
        let echo = move |_: &Call, asked: &Asked| {
            let told = serde_json::Value::from(asked.whole());
            let said = serde_json::json!({"message": told, "msg": told, "error": told, "errors": told, "error_description": told,
                "code": told, "data": {"message": told}, "status_desc": told, "desc": told, "resDesc": told});
            Reply::json(status, &said.to_string())
        };
        let ended = calls::everything(echo).await;
        ended.iter().for_each(|ended| judge::is_silent(ended, &mut wrong));
        let noted = secrets::noted();
        let known = ended.iter().flat_map(|ended| secrets::of(&ended.connection)).collect();
        let heard = secrets::said(&noted, &known);
        wrong.extend(heard.map(|secret| format!("the trace says {secret}")));
    }
    judge::none(wrong);
}
