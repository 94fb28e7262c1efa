//! What happens on the server while the page is open: one stream of events for the window.

use api::{FlowSummary, LiveEvent, RunSummary, path};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// How long events are gathered before the page hears of them: eight redraws a second look live.
const GATHER: Duration = Duration::from_millis(120);
/// More than any list shows; the newest are kept.
const GATHERED_MAX: usize = 500;

type Hear<T> = Callback<Vec<T>>;

/// A cheap handle; provided as a context by the shell.
#[derive(Clone, Copy)]
pub struct Live {
    connected: RwSignal<bool>,
    /// Grows each time the stream opens or was too slow.
    resumed: RwSignal<u32>,
    runs: StoredValue<Channel<RunSummary>>,
    flows: StoredValue<Channel<FlowSummary>>,
}

struct Channel<T: 'static> {
    gathered: Vec<T>,
    listeners: Vec<(u32, Hear<T>)>,
    next: u32,
}

impl<T> Default for Channel<T> {
    fn default() -> Self {
        Self { gathered: Vec::new(), listeners: Vec::new(), next: 0 }
    }
}

impl<T> Channel<T> {
    /// Keeps the newest word about each thing; true if it is the first since the listeners last heard.
    fn gather(&mut self, item: T, same: impl Fn(&T, &T) -> bool) -> bool {
        self.gathered.retain(|old| !same(old, &item));
        if self.gathered.len() >= GATHERED_MAX {
            self.gathered.remove(0);
        }
        self.gathered.push(item);
        self.gathered.len() == 1
    }
}

impl Live {
    /// Opens the stream; it is closed together with the owner.
    pub fn open() -> Self {
        let live = Self {
            connected: RwSignal::new(false),
            resumed: RwSignal::new(0),
            runs: StoredValue::new(Channel::default()),
            flows: StoredValue::new(Channel::default()),
        };
        if let Ok(source) = EventSource::new(path::EVENTS) {
            live.attach(source);
        }
        live
    }

    pub fn connected(self) -> Signal<bool> {
        self.connected.into()
    }

    /// What was missed while the stream was broken has to be asked for. The first time that it opens is none of these.
    pub fn on_resumed(self, ask: impl Fn() + 'static) {
        Effect::new(move |last: Option<u32>| {
            let times = self.resumed.get();
            if last.is_some_and(|last| last > 0) {
                ask();
            }
            times
        });
    }

    /// Hears of runs as long as the calling component lives.
    pub fn on_runs(self, hear: impl Fn(Vec<RunSummary>) + Send + Sync + 'static) {
        listen(self.runs, Callback::new(hear));
    }

    pub fn on_flows(self, hear: impl Fn(Vec<FlowSummary>) + Send + Sync + 'static) {
        listen(self.flows, Callback::new(hear));
    }

    fn attach(self, source: EventSource) {
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let event = event.data().as_string().and_then(|data| serde_json::from_str(&data).ok());
            if let Some(event) = event {
                self.hear(event);
            }
        });
        let opened = Closure::<dyn FnMut()>::new(move || self.opened());
        // More has changed than the server tells one by one.
        let reload = Closure::<dyn FnMut()>::new(move || self.resumed.update(|times| *times += 1));
        // The browser tries again by itself.
        let broken = Closure::<dyn FnMut()>::new(move || self.connected.set(false));
        let _ = source.add_event_listener_with_callback("reload", reload.as_ref().unchecked_ref());
        for name in ["run", "flow"] {
            let _ = source.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
        }
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(broken.as_ref().unchecked_ref()));
        let kept = StoredValue::new_local((source, hear, reload, opened, broken));
        on_cleanup(move || {
            kept.try_update_value(|(source, ..)| {
                source.set_onopen(None);
                source.set_onerror(None);
                source.close();
            });
        });
    }

    fn opened(self) {
        self.connected.set(true);
        self.resumed.update(|times| *times += 1);
    }

    fn hear(self, event: LiveEvent) {
        match event {
            LiveEvent::Run(run) => gather(self.runs, run, |a, b| a.id == b.id),
            LiveEvent::Flow(flow) => gather(self.flows, flow, |a, b| a.id == b.id),
        }
    }
}

fn gather<T: Clone + Send + Sync + 'static>(
    channel: StoredValue<Channel<T>>,
    item: T,
    same: fn(&T, &T) -> bool,
) {
    let first = channel.try_update_value(|channel| channel.gather(item, same));
    if first == Some(true) {
        set_timeout(move || deliver(channel), GATHER);
    }
}

fn deliver<T: Clone + Send + Sync + 'static>(channel: StoredValue<Channel<T>>) {
    let taken = channel
        .try_update_value(|channel| (std::mem::take(&mut channel.gathered), channel.listeners.clone()));
    let Some((gathered, listeners)) = taken else { return };
    for (_, hear) in listeners {
        hear.try_run(gathered.clone());
    }
}

fn listen<T: Send + Sync + 'static>(channel: StoredValue<Channel<T>>, hear: Hear<T>) {
    let id = channel.try_update_value(|channel| {
        channel.next += 1;
        channel.listeners.push((channel.next, hear));
        channel.next
    });
    on_cleanup(move || {
        channel.try_update_value(|channel| channel.listeners.retain(|(other, _)| Some(*other) != id));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_about_one_run_is_one_piece_of_news() {
        let mut channel = Channel::default();
        assert!(channel.gather(("run 1", 1), |a, b| a.0 == b.0));
        assert!(!channel.gather(("run 2", 1), |a, b| a.0 == b.0));
        channel.gather(("run 1", 2), |a, b| a.0 == b.0);
        assert_eq!(channel.gathered, [("run 2", 1), ("run 1", 2)]);
    }

    #[test]
    fn what_is_gathered_is_bounded_and_the_newest_stay() {
        let mut channel = Channel::default();
        for i in 0..GATHERED_MAX + 10 {
            channel.gather(i, |a, b| a == b);
        }
        assert_eq!((channel.gathered.len(), channel.gathered[0]), (GATHERED_MAX, 10));
    }
}
