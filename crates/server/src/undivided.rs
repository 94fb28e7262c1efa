//! A change is made as a whole: saved, set live and written down, even when whoever asked for it has gone meanwhile.

use crate::failure::Failure;
use crate::{App, auth};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Around the API. The server drops a request's future when its connection ends, at whatever `.await` it then is; a
/// task of its own goes on to its end.
pub async fn run(State(app): State<App>, request: Request, next: Next) -> Response {
    if !auth::changes(request.method()) {
        return next.run(request).await;
    }
    let answered = app.changes().spawn(next.run(request)).await;
    answered.unwrap_or_else(|error| Failure::internal(error).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::post;
    use std::sync::Arc;
    use tokio::sync::Notify;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_change_is_finished_although_whoever_asked_has_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = Settings::new(folder.path(), "http://localhost");
        settings.allow_network_dir = true;
        let app = App::open(&settings).await.expect("it opens");
        let [begun, go, done] = [(); 3].map(|()| Arc::new(Notify::new()));
        let change = {
            let (begun, go, done) = (begun.clone(), go.clone(), done.clone());
            move || async move {
                begun.notify_one();
                go.notified().await;
                done.notify_one();
            }
        };
        let router = Router::new()
            .route("/", post(change))
            .layer(axum::middleware::from_fn_with_state(app.clone(), run));
        let request = Request::post("/").body(Body::empty()).expect("a request");
        let asked = tokio::spawn(router.oneshot(request));
        begun.notified().await;
        asked.abort();
        let _ = asked.await;
        go.notify_one();
        done.notified().await;
    }
}
