//! The API: one file per group of endpoints.

mod alerts;
mod asking;
mod audit;
mod body;
mod both;
mod care;
mod claims;
pub(crate) mod connections;
mod connectors;
mod docs;
mod drafts;
mod errors;
mod events;
mod fetching;
mod finding;
mod flows;
mod inbox;
mod jobs;
mod labels;
mod listening;
mod looking;
mod lookups;
mod pages;
mod questions;
mod runs;
mod session;
mod sign_in;
mod specs;
mod stage;
mod storage;
mod story;
mod templates;
mod today;
pub(crate) mod tokens;
mod xrefs;

use crate::failure::Failure;
use crate::{App, codes, hooks, metrics};
use axum::Router;
use axum::http::StatusCode;
use docs::SignInWays;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest body the API takes: a flow file, and a little for what is around it.
const BODY_BYTES_MAX: u64 = model::DOCUMENT_BYTES_MAX as u64 + 1_024;
/// The same where a body holds an API document as a text, whose quotes and line breaks take two bytes each.
const API_DOCUMENT_BYTES_MAX: u64 = 28 << 20;

#[derive(OpenApi)]
#[openapi(
    info(title = "Khlong", description = "Everything that the web UI does, and what programs need."),
    // What is served beside the API, without its layers: described with it all the same.
    paths(hooks::receive, hooks::receive_test, hooks::resume, metrics::live, metrics::ready, metrics::metrics),
    components(schemas(api::ErrorBody, api::LiveEvent)),
    modifiers(&SignInWays)
)]
struct Description;

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::show, session::sign_in, session::sign_out))
        .routes(routes!(session::set_up))
        .routes(routes!(specs::specs))
        .routes(routes!(specs::schema))
        .routes(routes!(flows::list, flows::import))
        .routes(routes!(flows::check))
        .routes(routes!(fetching::fetch))
        .routes(routes!(finding::find))
        .routes(routes!(flows::show, flows::delete))
        .routes(routes!(flows::export))
        .routes(routes!(flows::series))
        .routes(routes!(flows::set_state))
        .routes(routes!(flows::start))
        .routes(routes!(drafts::show, drafts::save, drafts::discard))
        .routes(routes!(drafts::publish))
        .routes(routes!(labels::set))
        .routes(routes!(stage::set_stage))
        .routes(routes!(claims::claims, claims::claim, claims::release))
        .routes(routes!(drafts::editing))
        .routes(routes!(drafts::keep_point))
        .routes(routes!(drafts::point))
        .routes(routes!(listening::listen, listening::heard, listening::stop))
        .routes(routes!(asking::ask))
        .routes(routes!(looking::look))
        .routes(routes!(templates::templates))
        .routes(routes!(drafts::versions))
        .routes(routes!(drafts::version))
        .routes(routes!(runs::list))
        .routes(routes!(runs::count))
        .routes(routes!(jobs::start))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::cancel))
        .routes(routes!(inbox::list))
        .routes(routes!(inbox::show))
        .routes(routes!(inbox::set_state))
        .routes(routes!(runs::show))
        .routes(routes!(runs::retry))
        .routes(routes!(errors::list))
        .routes(routes!(errors::count))
        .routes(routes!(care::show, care::set))
        .routes(routes!(care::comment))
        .routes(routes!(care::people))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::decide))
        .routes(routes!(connections::list))
        .routes(routes!(connections::show, connections::save, connections::delete))
        .routes(routes!(connections::test))
        .routes(routes!(connections::unblock))
        .routes(routes!(connectors::list))
        .routes(routes!(connectors::preview))
        .routes(routes!(connectors::save, connectors::delete))
        .routes(routes!(connectors::document))
        .routes(routes!(sign_in::begin))
        .routes(routes!(sign_in::end))
        .routes(routes!(lookups::look_up))
        .routes(routes!(xrefs::list, xrefs::put, xrefs::remove))
        .routes(routes!(xrefs::kinds))
        .routes(routes!(xrefs::find))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::show, alerts::save, alerts::delete))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(alerts::drill))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::delete))
        .routes(routes!(audit::list))
        .routes(routes!(storage::show))
        .routes(routes!(today::show))
        .routes(routes!(story::show))
        .routes(routes!(events::stream))
        .routes(routes!(docs::openapi_json))
        .routes(routes!(docs::page))
}

/// The API's description, made from its handlers. Built when somebody asks: at start it would only cost time.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut openapi = described().into_openapi();
    docs::name_operations(&mut openapi);
    openapi
}

pub fn router() -> Router<App> {
    Router::from(described())
        .route("/api/{*rest}", axum::routing::any(nothing_here))
        .method_not_allowed_fallback(wrong_method)
}

async fn nothing_here() -> Failure {
    Failure::not_found("such address in the API")
}

pub(crate) async fn wrong_method() -> Failure {
    Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        codes::WRONG_METHOD,
        "this address does not take this method",
    )
}
