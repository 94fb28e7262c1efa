//! The API's own description, for programs and for people.

use crate::failure::Failure;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use std::fmt::Write as _;
use std::sync::OnceLock;
use utoipa::Modify;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, SecurityRequirement};

/// The two ways to say who asks.
pub struct SignInWays;

impl Modify for SignInWays {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("khl_…").build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("khlong")));
        components.add_security_scheme("session", cookie);
        let ways = ["token", "session"].map(|way| SecurityRequirement::new(way, [""; 0]));
        openapi.security = Some(ways.into());
    }
}

/// Several groups have a `list`; with its group before it a name is an operation's own.
pub fn name_operations(openapi: &mut OpenApi) {
    for item in openapi.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().filter_map(Option::as_mut) {
            let group = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
            operation.operation_id = operation.operation_id.take().map(|name| format!("{group}_{name}"));
        }
    }
}

/// The OpenAPI document.
#[utoipa::path(get, path = api::path::OPENAPI, tag = "docs", security(()),
    responses((status = 200, description = "This document", body = Object)))]
pub async fn openapi_json() -> Result<Response, Failure> {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = match TEXT.get() {
        Some(text) => text,
        None => {
            let text = super::openapi().to_json().map_err(Failure::internal)?;
            TEXT.get_or_init(|| text)
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], text.as_str()).into_response())
}

/// The same as a page.
#[utoipa::path(get, path = api::path::DOCS, tag = "docs", security(()),
    responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
pub async fn page() -> Html<String> {
    Html(render(&super::openapi()))
}

/// The methods of a path in the order in which people look for them.
pub fn methods(item: &PathItem) -> [(&'static str, Option<&Operation>); 4] {
    [
        ("GET", item.get.as_ref()),
        ("POST", item.post.as_ref()),
        ("PUT", item.put.as_ref()),
        ("DELETE", item.delete.as_ref()),
    ]
}

fn render(openapi: &OpenApi) -> String {
    let mut page = String::from(HEAD);
    for (path, item) in &openapi.paths.paths {
        for (method, operation) in methods(item) {
            if let Some(operation) = operation {
                endpoint(&mut page, method, path, operation);
            }
        }
    }
    page.push_str("<h2>Schemas</h2>\n");
    let schemas = openapi.components.iter().flat_map(|components| &components.schemas);
    for (name, schema) in schemas {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        let (name, text) = (escape(name), escape(&text));
        let _ = writeln!(
            page,
            "<details id=\"{name}\"><summary><code>{name}</code></summary><pre>{text}</pre></details>"
        );
    }
    page.push_str("</main>\n");
    page
}

fn endpoint(page: &mut String, method: &str, path: &str, operation: &Operation) {
    let about = operation.summary.as_deref().unwrap_or_default();
    let (path, about) = (escape(path), escape(about));
    let _ = writeln!(page, "<details><summary><code>{method} {path}</code> {about}</summary>");
    if let Some(more) = &operation.description {
        let _ = writeln!(page, "<p>{}</p>", escape(more));
    }
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let about = parameter.description.as_deref().unwrap_or_default();
        let _ = writeln!(page, "<p><code>{}</code> {}</p>", escape(&parameter.name), escape(about));
    }
    if let Some(RefOr::T(body)) = &operation.request_body {
        schema_line(page, "Takes", &serde_json::to_value(&body.content).unwrap_or_default());
    }
    for (status, response) in &operation.responses.responses {
        if let RefOr::T(response) = response {
            let content = serde_json::to_value(&response.content).unwrap_or_default();
            schema_line(page, &format!("Gives {status}"), &content);
        }
    }
    page.push_str("</details>\n");
}

/// One line with links to the schemas that a body refers to.
fn schema_line(page: &mut String, what: &str, content: &serde_json::Value) {
    let _ = write!(page, "<p>{}", escape(what));
    let text = content.to_string();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = escape(part.split('"').next().unwrap_or_default());
        let _ = write!(page, " <a href=\"#{name}\"><code>{name}</code></a>");
    }
    page.push_str("</p>\n");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

// Without a style of its own: the content security policy allows none in a page, and a file for it alone is not worth it.
const HEAD: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Khlong API</title>
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\"></head><body><main>
<h1>Khlong API</h1>
<p>For machines: <a href=\"/api/openapi.json\">openapi.json</a>. Programs send <code>Authorization: Bearer khl_…</code>;
browsers have a session and send <code>x-khlong-csrf</code> with every change.</p>
<h2>Endpoints</h2>
";
