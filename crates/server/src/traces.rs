//! Spans for whoever collects them, by OTLP over HTTP. Off unless the usual environment variables say where to.

use async_trait::async_trait;
use bytes::Bytes;
use connector::{Http, HttpPolicy};
use engine::Tracer;
use http::{Request, Response};
use model::Span;
use opentelemetry::Context;
use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider, SpanData, SpanProcessor};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;

const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// Ended spans that wait to be sent; whatever ends beyond this is dropped and counted. The standard's own default.
const WAITING_MAX: u64 = 2_048;
/// How long a collector may take for one batch.
const SEND_TIMEOUT: Span = Span::from_secs(10);
/// How long the last spans may take at the end.
const LAST_SPANS: Duration = Duration::from_secs(3);

/// Where spans go, and what became of them.
#[derive(Clone, Debug, Default)]
pub struct Traces(Option<Arc<Exporting>>);

#[derive(Debug)]
struct Exporting {
    provider: SdkTracerProvider,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    waiting: AtomicU64,
    sent: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    failing: AtomicBool,
}

impl Traces {
    /// As the environment says: `OTEL_EXPORTER_OTLP_ENDPOINT` turns it on. To be called inside the runtime.
    pub fn from_env() -> anyhow::Result<Self> {
        let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is =
            |name: &str, text: &str| std::env::var(name).is_ok_and(|value| value.eq_ignore_ascii_case(text));
        let off = is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none");
        if off || !ENDPOINTS.iter().any(set) {
            return Ok(Self::default());
        }
        let http = Http::new(HttpPolicy { allow_private: true, ..HttpPolicy::default() })?;
        let client = Client { http, runtime: Handle::current() };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(client)
            .build()?;
        let counts = Arc::new(Counts::default());
        let exporter = Counted { exporter, counts: counts.clone() };
        let bounded =
            Bounded { batches: BatchSpanProcessor::builder(exporter).build(), counts: counts.clone() };
        let provider =
            SdkTracerProvider::builder().with_span_processor(bounded).with_resource(resource()).build();
        Ok(Self(Some(Arc::new(Exporting { provider, counts }))))
    }

    pub fn tracer(&self) -> Tracer {
        let tracer =
            |on: &Arc<Exporting>| Tracer::new(BoxedTracer::new(Box::new(on.provider.tracer("khlong"))));
        self.0.as_ref().map(tracer).unwrap_or_default()
    }

    /// Spans by what became of them; nothing where none are wanted.
    pub fn counts(&self) -> Option<[(&'static str, u64); 3]> {
        let counts = &self.0.as_ref()?.counts;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Some([
            ("sent", read(&counts.sent)),
            ("failed", read(&counts.failed)),
            ("dropped", read(&counts.dropped)),
        ])
    }

    /// Sends what is left, within a bound.
    pub async fn close(&self) {
        let Some(on) = self.0.clone() else { return };
        let sent = tokio::task::spawn_blocking(move || on.provider.shutdown_with_timeout(LAST_SPANS)).await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::warn!("the last spans were not sent");
        }
    }
}

fn resource() -> Resource {
    let named = std::env::var_os("OTEL_SERVICE_NAME").is_some_and(|name| !name.is_empty())
        || std::env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|list| list.contains("service.name="));
    let builder = Resource::builder();
    if named { builder.build() } else { builder.with_service_name("khlong").build() }
}

/// Keeps runs from ever waiting for a collector: what there is no room for is dropped.
#[derive(Debug)]
struct Bounded {
    batches: BatchSpanProcessor,
    counts: Arc<Counts>,
}

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut opentelemetry_sdk::trace::Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        let counts = &self.counts;
        if counts.waiting.fetch_add(1, Ordering::Relaxed) < WAITING_MAX {
            return self.batches.on_end(span);
        }
        counts.waiting.fetch_sub(1, Ordering::Relaxed);
        counts.dropped.fetch_add(1, Ordering::Relaxed);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// Counts what was sent, and says once when a collector begins to fail and when it is back.
#[derive(Debug)]
struct Counted<E> {
    exporter: E,
    counts: Arc<Counts>,
}

impl<E: opentelemetry_sdk::trace::SpanExporter> opentelemetry_sdk::trace::SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let result = self.exporter.export(batch).await;
        let counts = &self.counts;
        let count = if result.is_ok() { &counts.sent } else { &counts.failed };
        count.fetch_add(spans, Ordering::Relaxed);
        counts.waiting.fetch_sub(spans, Ordering::Relaxed);
        match (&result, counts.failing.swap(result.is_err(), Ordering::Relaxed)) {
            (Err(error), false) => {
                tracing::warn!(%error, "the collector does not take spans; they are dropped")
            }
            (Ok(()), true) => tracing::info!("the collector takes spans again"),
            _ => {}
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// The exporter has a thread of its own, without a runtime: calls go to ours.
#[derive(Debug)]
struct Client {
    http: Http,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let sending = self.runtime.spawn(async move {
            let (head, body) = request.into_parts();
            let mut call = http.request(head.method, &head.uri.to_string()).body(body).timeout(SEND_TIMEOUT);
            for (name, value) in &head.headers {
                call = call.header(name.as_str(), value.to_str().unwrap_or_default());
            }
            call.send().await
        });
        let answer = sending.await??;
        Ok(Response::builder().status(answer.status).body(answer.body)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::Tracer as _;
    use tokio::sync::Semaphore;

    /// A collector that takes nothing until it is closed.
    #[derive(Debug)]
    struct Stuck(Arc<Semaphore>);

    impl opentelemetry_sdk::trace::SpanExporter for Stuck {
        async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
            drop(self.0.acquire().await);
            Ok(())
        }
    }

    #[test]
    fn a_collector_that_is_stuck_holds_nobody_up_and_what_is_dropped_is_counted() {
        let (stuck, counts) = (Arc::new(Semaphore::new(0)), Arc::new(Counts::default()));
        let exporter = Counted { exporter: Stuck(stuck.clone()), counts: counts.clone() };
        let bounded =
            Bounded { batches: BatchSpanProcessor::builder(exporter).build(), counts: counts.clone() };
        let provider = SdkTracerProvider::builder().with_span_processor(bounded).build();
        let tracer = provider.tracer("test");
        for _ in 0..WAITING_MAX + 700 {
            drop(tracer.start("span"));
        }
        assert_eq!(counts.dropped.load(Ordering::Relaxed), 700);
        stuck.close();
        provider.shutdown().expect("it ends");
        assert_eq!(counts.sent.load(Ordering::Relaxed), WAITING_MAX);
    }
}
