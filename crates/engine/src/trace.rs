//! Where runs and attempts stand in traces: W3C Trace Context in, out, and kept with the event, so that a run that was
//! parked or goes on after a restart is in the trace of the request that it came from.

use crate::flow::Flow;
use connector::Error;
use http::{HeaderMap, HeaderName, HeaderValue};
use model::Value;
use opentelemetry::global::{BoxedSpan, BoxedTracer};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer as _,
};
use opentelemetry::{Context, KeyValue};
use run::Data;
use serde_json::Map;
use std::sync::Arc;
use store::RunId;

/// The names under which an event's head keeps them.
const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";
/// Longer states are dropped: that is all that the standard asks everybody to carry.
const STATE_BYTES_MAX: usize = 512;
const PARENT_BYTES: usize = 55;

/// Records spans; nobody where nobody wants them.
#[derive(Clone, Debug, Default)]
pub struct Tracer(Option<Arc<BoxedTracer>>);

impl Tracer {
    pub fn new(tracer: BoxedTracer) -> Self {
        Self(Some(Arc::new(tracer)))
    }

    /// An event at the door.
    pub fn receive(&self, flow: &Flow, trigger: &str, parent: &Trace) -> Span {
        self.open(parent, || {
            let attributes = [flow_attribute(flow), KeyValue::new("khlong.node", trigger.to_owned())];
            let builder = SpanBuilder::from_name(format!("receive {}", flow.id)).with_kind(SpanKind::Server);
            builder.with_attributes(attributes)
        })
    }

    /// A run, from when it comes into memory until it leaves it.
    pub fn run(&self, flow: &Flow, run: RunId, parent: &Trace) -> Span {
        self.open(parent, || {
            let attributes = [flow_attribute(flow), KeyValue::new("khlong.run", run)];
            let builder = SpanBuilder::from_name(format!("run {}", flow.id)).with_kind(SpanKind::Internal);
            builder.with_attributes(attributes)
        })
    }

    /// One attempt at an effect.
    pub fn attempt(&self, flow: &Flow, run: RunId, node: usize, attempt: u32, parent: &Trace) -> Span {
        self.open(parent, || {
            let node = &flow.doc().nodes[node];
            let attributes = [
                flow_attribute(flow),
                KeyValue::new("khlong.run", run),
                KeyValue::new("khlong.node", node.id.to_string()),
                KeyValue::new("khlong.attempt", i64::from(attempt)),
            ];
            let builder = SpanBuilder::from_name(node.operation.to_string()).with_kind(SpanKind::Client);
            builder.with_attributes(attributes)
        })
    }

    fn open(&self, parent: &Trace, builder: impl FnOnce() -> SpanBuilder) -> Span {
        Span(self.0.as_ref().map(|tracer| tracer.build_with_context(builder(), &parent.context())))
    }
}

fn flow_attribute(flow: &Flow) -> KeyValue {
    KeyValue::new("khlong.flow", flow.id.to_string())
}

/// A span under way; it ends when it is dropped.
#[derive(Debug, Default)]
pub struct Span(Option<BoxedSpan>);

impl Span {
    /// Where what follows from it stands. Without a recorder, that is where it stands itself.
    pub fn trace(&self, parent: &Trace) -> Trace {
        match &self.0 {
            Some(span) if span.span_context().is_valid() => Trace::of_span(span.span_context()),
            _ => parent.clone(),
        }
    }

    pub fn set(&mut self, name: &'static str, value: impl Into<opentelemetry::Value>) {
        if let Some(span) = &mut self.0 {
            span.set_attribute(KeyValue::new(name, value));
        }
    }

    /// The code alone: words may be the target's or a customer's.
    pub fn fail(&mut self, code: &str) {
        if let Some(span) = &mut self.0 {
            span.set_attribute(KeyValue::new("error.type", code.to_owned()));
            span.set_status(Status::error(""));
        }
    }

    pub fn came<T>(&mut self, outcome: &'static str, result: &Result<T, Error>) {
        self.set("khlong.outcome", outcome);
        if let Err(error) = result {
            self.fail(error.code());
        }
    }
}

/// A place in a trace, as it is sent and kept; nowhere by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    parent: Option<String>,
    state: Option<String>,
}

impl Trace {
    /// What a request says. Whatever does not follow the standard is as if it were not there.
    pub fn of_headers(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(parent) = text(PARENT).filter(|parent| read(parent).is_some()) else {
            return Self::default();
        };
        // Of several headers, the standard makes one list; one that is cut off would say something else.
        let mut states = headers.get_all(STATE).iter().map(HeaderValue::to_str);
        let state = states.try_fold(String::new(), |list, state| {
            let comma = if list.is_empty() { "" } else { "," };
            state.map(|state| format!("{list}{comma}{state}"))
        });
        Self::new(parent.to_owned(), state.unwrap_or_default())
    }

    /// What an event's head keeps.
    pub fn of_head(head: &Map<String, Value>) -> Self {
        Self::of(|name| head.get(name)?.as_str().map(str::to_owned))
    }

    /// What an event keeps, read as nodes read `trigger`.
    pub fn of_trigger(trigger: &Data) -> Self {
        Self::of(|name| trigger.walk(&[name])?.value().as_str().map(str::to_owned))
    }

    fn of(read_text: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| read_text(name).unwrap_or_default();
        let parent = text(PARENT);
        if read(&parent).is_some() { Self::new(parent, text(STATE)) } else { Self::default() }
    }

    fn of_span(context: &SpanContext) -> Self {
        let (trace, span) = (context.trace_id(), context.span_id());
        let parent = format!("00-{trace}-{span}-{:02x}", context.trace_flags().to_u8());
        Self::new(parent, context.trace_state().header())
    }

    fn new(parent: String, state: String) -> Self {
        let good = (1..=STATE_BYTES_MAX).contains(&state.len()) && state.parse::<TraceState>().is_ok();
        Self { parent: Some(parent), state: good.then_some(state) }
    }

    pub fn keep(self, head: &mut Map<String, Value>) {
        for (name, text) in [(PARENT, self.parent), (STATE, self.state)] {
            if let Some(text) = text {
                head.insert(name.into(), text.into());
            }
        }
    }

    /// What is sent along with a call.
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let header = |name, text: &Option<String>| {
            Some((HeaderName::from_static(name), HeaderValue::try_from(text.as_deref()?).ok()?))
        };
        [header(PARENT, &self.parent), header(STATE, &self.state)].into_iter().flatten().collect()
    }

    fn context(&self) -> Context {
        let Some((trace, span, flags)) = self.parent.as_deref().and_then(read) else {
            return Context::new();
        };
        let state = self.state.as_deref().and_then(|state| state.parse().ok()).unwrap_or_default();
        Context::new().with_remote_span_context(SpanContext::new(trace, span, flags, true, state))
    }
}

/// `00-<32 hex digits>-<16>-<2>`, in small letters. Later versions are not known yet, and are not taken for this one.
fn read(parent: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let plain =
        parent.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) || byte == b'-');
    let mut parts = parent.split('-');
    let mut part = |length| parts.next().filter(|part| plain && part.len() == length);
    let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
    if version != "00" || parent.len() != PARENT_BYTES {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    (trace != TraceId::INVALID && span != SpanId::INVALID).then_some((trace, span, flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn sent(parent: &'static str, states: &[&str]) -> Trace {
        let mut headers = HeaderMap::new();
        headers.insert(PARENT, HeaderValue::from_static(parent));
        for state in states {
            headers.append(STATE, HeaderValue::try_from(*state).expect("a header"));
        }
        Trace::of_headers(&headers)
    }

    #[test]
    fn what_came_is_what_is_kept_and_sent_on() {
        let trace = sent(GOOD, &["rojo=00f067aa0ba902b7", "congo=t61rcWkgMzE"]);
        let mut head = Map::new();
        trace.clone().keep(&mut head);
        assert_eq!(head[PARENT], GOOD);
        assert_eq!(head[STATE], "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
        assert_eq!(Trace::of_head(&head), trace);
        assert_eq!(Span::default().trace(&trace).headers(), trace.headers());
    }

    #[test]
    fn whatever_is_no_traceparent_is_as_if_it_were_not_there() {
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736+00f067aa0ba902b7-01",
        ] {
            assert_eq!(sent(bad, &["a=b"]), Trace::default(), "{bad}");
        }
        assert_eq!(sent(GOOD, &["no list"]).headers().len(), 1);
        let long = format!("a={}", "x".repeat(STATE_BYTES_MAX));
        assert_eq!(sent(GOOD, &[&long]).headers().len(), 1);
    }
}
