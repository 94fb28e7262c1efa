//! When a flow starts: as people say it or as a cron line, with the next times that come of it.

mod moment;
mod plan;

use super::Place;
use super::edit::as_text;
use super::editing::{EditFrame, Editing};
use super::text::chipped;
use crate::time::Now;
use crate::words::{Words, fill, language, words};
use leptos::prelude::*;
use moment::{day, moment};
use plan::{DAYS, HOURS, MINUTES, Plan, Time};
use run::schedule::Schedule;
use ui::FieldIds;

const NEXT_TIMES: usize = 5;
const HOME_ZONE: &str = "Asia/Bangkok";
const KINDS: [&str; 6] = ["minutes", "hours", "daily", "weekly", "monthly", "cron"];

#[component]
pub fn ScheduleEditor(editing: Editing) -> impl IntoView {
    let held = editing.held;
    let line = Memo::new(move |_| held.with(|held| held.as_ref().map(as_text).unwrap_or_default()));
    let plan = Memo::new(move |_| Plan::of(&line.get()));
    // Somebody wants to see the line, also where it could be said in words.
    let as_line = RwSignal::new(false);
    let zone = zone_beside(&editing);
    let own = StoredValue::new(editing.clone());
    let set = Callback::new(move |plan: Plan| {
        let cron = plan.cron();
        own.with_value(|own| own.write((!cron.is_empty()).then(|| cron.into())));
    });
    let kind = Memo::new(move |_| if as_line.get() { "cron" } else { plan.with(Plan::name) });
    let choose = move |name: String| {
        as_line.set(name == "cron");
        if name != "cron" {
            set.run(plan.with_untracked(|plan| plan.become_kind(&name)));
        }
    };
    let fixed = move |ids: FieldIds| {
        let w = words();
        let option = move |name: &'static str| view! { <option value=name prop:selected=move || kind.get() == name>{kind_words(name, w)}</option> };
        let note = ids.note.clone();
        let more = move || match kind.get() {
            "cron" => view! { <CronLine line set note=note.clone()/> }.into_any(),
            _ => view! { <Parts plan set/> }.into_any(),
        };
        view! {
            <div class="kl-schedule">
                <select class="kl-input kl-select" id=ids.input aria-describedby=ids.note on:change=move |event| choose(event_target_value(&event))>{KINDS.map(option).collect_view()}</select>
                {more}
                <NextTimes line zone/>
            </div>
        }
        .into_any()
    };
    view! { <EditFrame editing fixed/> }
}

/// The time zone that is set in the field beside this one.
fn zone_beside(editing: &Editing) -> Memo<String> {
    let beside = Place::new(editing.place.node.clone(), "time_zone");
    editing.desk.of_document(move |doc| {
        let zone = beside.get(doc).map(|zone| as_text(&zone)).filter(|zone| !zone.is_empty());
        zone.unwrap_or_else(|| HOME_ZONE.to_owned())
    })
}

#[component]
fn CronLine(line: Memo<String>, set: Callback<Plan>, note: String) -> impl IntoView {
    let text = RwSignal::new(line.get_untracked());
    Effect::new(move |_| {
        let line = line.get();
        if text.with_untracked(|text| *text != line) {
            text.set(line);
        }
    });
    Effect::new(move |started: Option<()>| {
        let typed = text.get();
        if started.is_some() && line.with_untracked(|line| *line != typed) {
            set.run(Plan::Cron(typed));
        }
    });
    chipped(None, Some(note), text, "0 8 * * 1-5".to_owned(), words().schedule_cron)
}

/// What is to be said beside the kind.
#[component]
fn Parts(plan: Memo<Plan>, set: Callback<Plan>) -> impl IntoView {
    let w = words();
    let number = move |label: &'static str, choices: Vec<u8>, now: u8, then: Callback<u8>| {
        let option = move |n: u8| view! { <option value=n.to_string() prop:selected=n == now>{n.to_string()}</option> };
        view! {
            <label class="kl-schedule-part"><span>{label}</span>
                <select class="kl-input kl-select" on:change=move |event| if let Ok(n) = event_target_value(&event).parse() { then.run(n) }>{choices.into_iter().map(option).collect_view()}</select>
            </label>
        }
    };
    let at = move |time: Time, then: Callback<Time>| {
        view! {
            <label class="kl-schedule-part"><span>{w.schedule_at}</span>
                <input class="kl-input" type="time" prop:value=time.to_string() on:change=move |event| if let Some(time) = Time::parse(&event_target_value(&event)) { then.run(time) }/>
            </label>
        }
    };
    move || {
        match plan.get() {
        Plan::Minutes(now) => {
            number(w.schedule_every_minutes, MINUTES.to_vec(), now, Callback::new(move |n| set.run(Plan::Minutes(n)))).into_any()
        }
        Plan::Hours { every, minute } => view! {
            {number(w.schedule_every_hours, HOURS.to_vec(), every, Callback::new(move |every| set.run(Plan::Hours { every, minute })))}
            {number(w.schedule_minute, (0..60).collect(), minute, Callback::new(move |minute| set.run(Plan::Hours { every, minute })))}
        }
        .into_any(),
        Plan::Daily(time) => at(time, Callback::new(move |time| set.run(Plan::Daily(time)))).into_any(),
        Plan::Weekly(days, time) => {
            let chosen = days.clone();
            view! { <Days days=chosen set=Callback::new(move |days| set.run(Plan::Weekly(days, time)))/> {at(time, Callback::new(move |time| set.run(Plan::Weekly(days.clone(), time))))} }
                .into_any()
        }
        Plan::Monthly(date, time) => view! {
            {number(w.schedule_date, (1..=28).collect(), date, Callback::new(move |date| set.run(Plan::Monthly(date, time))))}
            {at(time, Callback::new(move |time| set.run(Plan::Monthly(date, time))))}
        }
        .into_any(),
        Plan::Cron(_) => ().into_any(),
    }
    }
}

/// Buttons for the days of the week; the last one cannot be let go.
#[component]
fn Days(days: Vec<u8>, set: Callback<Vec<u8>>) -> impl IntoView {
    let button = move |name: u8| {
        let on = days.contains(&name);
        let next: Vec<u8> = DAYS.into_iter().filter(|day| (*day == name) != days.contains(day)).collect();
        view! { <button class="kl-day" type="button" aria-pressed=on.to_string() disabled=next.is_empty() on:click=move |_| set.run(next.clone())>{day(name, language())}</button> }
    };
    view! { <div class="kl-days" role="group" aria-label=words().schedule_days>{DAYS.map(button).collect_view()}</div> }
}

/// When it will start, by the server's own arithmetic.
#[component]
fn NextTimes(line: Memo<String>, zone: Memo<String>) -> impl IntoView {
    let w = words();
    let now = expect_context::<Now>();
    let times = Memo::new(move |_| {
        let (line, zone) = (line.get(), zone.get());
        if line.trim().is_empty() {
            return None;
        }
        Some(next_times(&line, &zone, now.get()))
    });
    move || {
        Some(match times.get()? {
            Ok(times) if times.is_empty() => view! { <p class="kl-note">{w.schedule_never}</p> }.into_any(),
            Ok(times) => {
                let time = |time: String| view! { <li>{time}</li> };
                view! {
                    <div class="kl-next"><b>{fill(w.schedule_next, &[&zone.get()])}</b><ol>{times.into_iter().map(time).collect_view()}</ol></div>
                }
                .into_any()
            }
            Err(error) => view! { <p class="kl-preview" data-tone="bad">{error}</p> }.into_any(),
        })
    }
}

fn next_times(line: &str, zone: &str, now: i64) -> Result<Vec<String>, String> {
    let schedule = Schedule::parse(line, zone)?;
    let home = (zone != HOME_ZONE).then(|| Schedule::parse(line, HOME_ZONE)).transpose()?;
    let mut times = Vec::new();
    let mut after = now;
    while let Some(next) = schedule.next_after(after).filter(|_| times.len() < NEXT_TIMES) {
        let said = moment(&schedule.local(next), language()).unwrap_or_default();
        let at_home = home.as_ref().and_then(|home| moment(&home.local(next), language()));
        times.push(at_home.map_or(said.clone(), |at_home| format!("{said} ({at_home} {HOME_ZONE})")));
        after = next;
    }
    Ok(times)
}

fn kind_words(kind: &str, w: &Words) -> &'static str {
    match kind {
        "minutes" => w.schedule_minutes,
        "hours" => w.schedule_hours,
        "daily" => w.schedule_daily,
        "weekly" => w.schedule_weekly,
        "monthly" => w.schedule_monthly,
        _ => w.schedule_cron,
    }
}
