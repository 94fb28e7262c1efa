//! Who takes care of a failure: assigned, put aside for a while, talked about.

use super::super::act;
use crate::client::{client, path as fill_path};
use crate::load::{self, Load};
use crate::session::{Session, SessionState};
use crate::time::{Ago, date_time, now_ms};
use crate::words::{count, fill, words};
use api::{Care, CareDetail, Comment, People, SayComment, SetCare, SetSnooze, path};
use leptos::prelude::*;
use ui::{Button, ButtonKind, Choice, Icon, Pill, Select, TextArea, Tone};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Bangkok is seven hours ahead the whole year.
const OFFSET: i64 = 7 * HOUR;
/// When people begin to work.
const MORNING: i64 = 8 * HOUR;

/// Everything about one subject: `group-…` or `run-…`.
#[component]
pub fn CareOf(subject: String, changed: Callback<()>, #[prop(optional)] once: bool) -> impl IntoView {
    let client = client();
    let address = fill_path(path::CARE, &subject);
    let load = Load::new(move || {
        let address = address.clone();
        async move { client.get::<CareDetail>(&address).await }
    });
    let subject = StoredValue::new(subject);
    let there = move |detail: Signal<CareDetail>| {
        view! { <Panel subject detail load changed once/> }
    };
    view! { <div class="kl-care">{load::draw(load, there)}</div> }
}

/// Sends a change and takes over what came of it.
#[derive(Clone, Copy)]
struct Change {
    subject: StoredValue<String>,
    load: Load<CareDetail>,
    busy: RwSignal<bool>,
    changed: Callback<()>,
}

impl Change {
    fn set(self, wanted: SetCare) {
        let (client, path) = (client(), fill_path(path::CARE, &self.subject.get_value()));
        act(self.busy, async move { client.put::<CareDetail>(&path, &wanted).await }, move |detail| {
            self.take(detail)
        });
    }

    fn snooze(self, snooze: SetSnooze) {
        self.set(SetCare { snooze: Some(snooze), ..SetCare::default() });
    }

    fn take(self, detail: CareDetail) {
        self.load.update(|kept| *kept = detail);
        // A group that is put aside may have left the page before the answer came.
        self.changed.try_run(());
    }
}

#[component]
fn Panel(
    subject: StoredValue<String>,
    detail: Signal<CareDetail>,
    load: Load<CareDetail>,
    changed: Callback<()>,
    once: bool,
) -> impl IntoView {
    let change = Change { subject, load, busy: RwSignal::new(false), changed };
    view! {
        <div class="kl-row kl-care-row">
            <Assign detail change/>
            <SnoozeChoice detail change once/>
        </div>
        <Thread detail change/>
    }
}

#[component]
fn Assign(detail: Signal<CareDetail>, change: Change) -> impl IntoView {
    let w = words();
    let client = client();
    let people = Load::new(move || async move { client.get::<People>(path::PEOPLE).await });
    let value =
        RwSignal::new(detail.with_untracked(|detail| detail.care.assignee.clone().unwrap_or_default()));
    let choices = Signal::derive(move || {
        let known = people.get().map(|people| people.people).unwrap_or_default();
        let now = detail.with(|detail| detail.care.assignee.clone());
        let gone = now.filter(|email| !known.iter().any(|person| person.email == *email));
        let nobody = Choice::new("", w.care_nobody);
        let each = known.into_iter().map(|person| Choice::new(person.email, person.name));
        [nobody]
            .into_iter()
            .chain(each)
            .chain(gone.map(|email| Choice::new(email.clone(), email)))
            .collect::<Vec<_>>()
    });
    let known = Memo::new(move |_| detail.with(|detail| detail.care.assignee.clone().unwrap_or_default()));
    Effect::new(move |last: Option<String>| {
        let now = value.get();
        if last.is_some_and(|last| last != now) && known.with_untracked(|known| *known != now) {
            change.set(SetCare { assignee: Some(now.clone()), ..SetCare::default() });
        }
        now
    });
    // In the end what the server has is shown, also where it has refused.
    Effect::new(move |_| {
        let known = known.get();
        if !change.busy.get() && value.with_untracked(|value| *value != known) {
            value.set(known);
        }
    });
    let me = my_address();
    let mine = me.clone();
    let is_mine = move || mine.as_deref() == Some(value.get().as_str());
    view! {
        <Select label=w.care_assignee value choices/>
        <Show when=move || !is_mine()>
            {
                let me = me.clone();
                me.map(|me| view! { <Button kind=ButtonKind::Quiet busy=change.busy on_click=move |_| value.set(me.clone())>{w.care_me}</Button> })
            }
        </Show>
    }
}

fn my_address() -> Option<String> {
    match expect_context::<Session>().state() {
        SessionState::Known(info) => info.user.map(|user| user.email),
        _ => None,
    }
}

/// Until when somebody does not want to see it.
fn until(word: &str, now: i64) -> Option<SetSnooze> {
    let time = |until: i64| Some(SetSnooze { until: Some(until), ..SetSnooze::default() });
    let midnight = (now + OFFSET).div_euclid(DAY) * DAY - OFFSET;
    match word {
        "hour" => time(now + HOUR),
        "tomorrow" => time(midnight + DAY + MORNING),
        "week" => time(midnight + 7 * DAY + MORNING),
        "again" => Some(SetSnooze { until_again: true, ..SetSnooze::default() }),
        _ => None,
    }
}

#[component]
fn SnoozeChoice(detail: Signal<CareDetail>, change: Change, once: bool) -> impl IntoView {
    let w = words();
    let value = RwSignal::new(String::new());
    let all = [
        ("", w.snooze_choose),
        ("hour", w.snooze_hour),
        ("tomorrow", w.snooze_tomorrow),
        ("week", w.snooze_week),
        ("again", w.snooze_again),
    ];
    // One record happens once.
    let all = all.into_iter().filter(|(word, _)| !once || *word != "again");
    let choices: Vec<Choice> = all.map(|(word, text)| Choice::new(word, text)).collect();
    let choices = StoredValue::new(choices);
    Effect::new(move |_| {
        if let Some(snooze) = until(&value.get(), now_ms()) {
            value.set(String::new());
            change.snooze(snooze);
        }
    });
    let aside = Memo::new(move |_| detail.with(|detail| aside_words(&detail.care)));
    let wake = move |_| change.snooze(SetSnooze { end: true, ..SetSnooze::default() });
    view! {
        <Show
            when=move || aside.get().is_some()
            fallback=move || view! { <Select label=w.snooze value choices=Signal::stored(choices.get_value())/> }
        >
            <span class="kl-care-aside"><Pill tone=Tone::Mute>{move || aside.get()}</Pill></span>
            <Button kind=ButtonKind::Quiet busy=change.busy on_click=wake>{w.snooze_end}</Button>
        </Show>
    }
}

/// "Put aside until …", where that is still so.
pub fn aside_words(care: &Care) -> Option<String> {
    let w = words();
    let snooze = care.snooze.as_ref().filter(|snooze| snooze.active)?;
    Some(match snooze.until {
        Some(until) => fill(w.snoozed_until, &[&date_time(until)]),
        None => w.snoozed_again.to_owned(),
    })
}

#[component]
fn Thread(detail: Signal<CareDetail>, change: Change) -> impl IntoView {
    let w = words();
    let text = RwSignal::new(String::new());
    let client = client();
    let send = move |_| {
        let body = SayComment { body: text.get_untracked() };
        if body.body.trim().is_empty() {
            return;
        }
        let path = fill_path(path::CARE_COMMENTS, &change.subject.get_value());
        act(change.busy, async move { client.post::<CareDetail>(&path, &body).await }, move |detail| {
            text.set(String::new());
            change.take(detail);
        });
    };
    let said = move || detail.with(|detail| detail.comments.iter().cloned().map(comment).collect_view());
    let number = move || detail.with(|detail| count(w.comments, detail.comments.len() as u64));
    view! {
        <details class="kl-details kl-thread" open=detail.with_untracked(|detail| !detail.comments.is_empty())>
            <summary>{number}</summary>
            <ol class="kl-comments">{said}</ol>
            <TextArea label=w.comment value=text rows=2/>
            <div class="kl-row"><span class="kl-spring"></span><Button icon=Icon::Send busy=change.busy on_click=send>{w.comment_send}</Button></div>
        </details>
    }
}

fn comment(said: Comment) -> impl IntoView {
    view! {
        <li>
            <small><b>{said.who}</b> " · " <Ago at=said.at/></small>
            <p>{said.body}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-26 at 23:30 in Bangkok.
    const NOW: i64 = 1_795_710_600_000;

    #[test]
    fn tomorrow_is_at_eight_in_bangkok_however_late_it_is() {
        let at = |word: &str| until(word, NOW).and_then(|snooze| snooze.until).map(|until| until - NOW);
        assert_eq!(at("tomorrow"), Some(8 * HOUR + HOUR / 2));
        assert_eq!(at("hour"), Some(HOUR));
        assert_eq!(at("week"), Some(6 * DAY + 8 * HOUR + HOUR / 2));
    }

    #[test]
    fn until_it_happens_again_needs_no_time() {
        assert_eq!(until("again", NOW), Some(SetSnooze { until_again: true, ..SetSnooze::default() }));
        assert_eq!(until("", NOW), None);
    }
}
