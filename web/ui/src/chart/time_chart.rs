//! Numbers over time, to be looked at, asked point by point, and read as a table.

use super::line::{HEIGHT, WIDTH, area, line, nearest, top, x};
use crate::Tone;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// What is drawn: some lines over the same moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartData {
    /// What each moment is called.
    pub moments: Vec<String>,
    pub lines: Vec<ChartLine>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ChartLine {
    pub name: String,
    pub tone: Tone,
    /// With what lies below it.
    pub filled: bool,
    /// One for each moment.
    pub values: Vec<u64>,
}

impl ChartData {
    fn top(&self) -> u64 {
        top(self.lines.iter().flat_map(|line| line.values.iter().copied()).max().unwrap_or(0))
    }

    /// The lines with what each says of a moment.
    fn at(&self, place: usize) -> impl Iterator<Item = (&ChartLine, u64)> {
        self.lines.iter().filter_map(move |line| Some((line, *line.values.get(place)?)))
    }

    /// Where a moment stands, in hundredths of the width.
    fn percent(&self, place: usize) -> f64 {
        100.0 * x(place, self.moments.len()) / WIDTH
    }

    /// The moments that are named below the picture: some few, equally far apart.
    fn named(&self) -> Vec<usize> {
        let last = self.moments.len().saturating_sub(1);
        let parts = NAMED_MAX.min(last);
        let named = (0..=parts).map(|part| last * part / parts.max(1));
        named.filter(|place| *place < self.moments.len()).collect()
    }
}

/// More would touch one another on a phone.
const NAMED_MAX: usize = 4;

#[component]
pub fn TimeChart(
    #[prop(into)] data: Signal<ChartData>,
    /// What the chart shows, for whoever does not see it.
    #[prop(into)]
    label: String,
    /// What opens the numbers as a table, and what its first column is called.
    as_table: &'static str,
    moment: &'static str,
) -> impl IntoView {
    let chosen = RwSignal::new(None::<usize>);
    let last = move || data.with(|data| data.moments.len().saturating_sub(1));
    let point = move |event: PointerEvent| {
        let Some(plot) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let part = f64::from(event.offset_x()) / f64::from(plot.client_width().max(1));
        chosen.set(nearest(part, last() + 1));
    };
    let step = move |event: KeyboardEvent| {
        let now = chosen.get().unwrap_or_else(last);
        let next = match event.key().as_str() {
            "ArrowLeft" => now.saturating_sub(1),
            "ArrowRight" => (now + 1).min(last()),
            "Home" => 0,
            "End" => last(),
            "Escape" => return chosen.set(None),
            _ => return,
        };
        event.prevent_default();
        chosen.set(Some(next));
    };
    view! {
        <div class="kl-chart">
            <div class="kl-chart-plot" tabindex="0" role="group" aria-label=label on:pointermove=point on:pointerdown=point
                on:pointerleave=move |_| chosen.set(None) on:keydown=step on:blur=move |_| chosen.set(None)>
                <Picture data/>
                {move || chosen.get().and_then(|place| said(&data.get(), place))}
            </div>
            <div class="kl-chart-moments" aria-hidden="true">{move || data.with(moments)}</div>
            <Table data as_table moment/>
        </div>
    }
}

#[component]
fn Picture(data: Signal<ChartData>) -> impl IntoView {
    let draw = move || {
        data.with(|data| {
            let top = data.top();
            let draw = |of: &ChartLine| {
                let filled = of.filled.then(|| view! { <path class="kl-chart-area" d=area(&of.values, top)/> });
                view! { <g data-tone=of.tone.as_str()>{filled}<path class="kl-chart-line" d=line(&of.values, top)/></g> }
            };
            data.lines.iter().map(draw).collect_view()
        })
    };
    let height = |third: u64| HEIGHT * third as f64 / 3.0;
    let rule =
        move |third| view! { <path class="kl-chart-rule" d=format!("M0 {0:.1}H{WIDTH}", height(third))/> };
    let scale = move || {
        let top = data.with(ChartData::top);
        let mark = |third: u64| view! { <span>{(top / 3 * (3 - third)).to_string()}</span> };
        (0..3).map(mark).collect_view()
    };
    view! {
        <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            {(0..4).map(rule).collect_view()}
            {draw}
        </svg>
        <div class="kl-chart-scale" aria-hidden="true">{scale}</div>
    }
}

fn moments(data: &ChartData) -> impl IntoView + use<> {
    let name = |place: usize| view! { <span>{data.moments[place].clone()}</span> };
    data.named().into_iter().map(name).collect_view()
}

/// The values of one moment, beside it.
fn said(data: &ChartData, place: usize) -> Option<impl IntoView + use<>> {
    let moment = data.moments.get(place)?.clone();
    let percent = data.percent(place);
    let is_right = (percent > 50.0).then_some("");
    let value = |(line, value): (&ChartLine, u64)| {
        view! { <span data-tone=line.tone.as_str()><b>{value.to_string()}</b>" "{line.name.clone()}</span> }
    };
    let values = data.at(place).map(value).collect_view();
    Some(view! {
        <div class="kl-chart-point" style:left=format!("{percent:.2}%") data-right=is_right>
            <div class="kl-chart-said" role="status"><b>{moment}</b>{values}</div>
        </div>
    })
}

/// Made when it is opened: it may have hundreds of rows.
#[component]
fn Table(data: Signal<ChartData>, as_table: &'static str, moment: &'static str) -> impl IntoView {
    let open = RwSignal::new(false);
    let row = |data: &ChartData, place: usize| {
        let cell = |(_, value): (&ChartLine, u64)| view! { <td class="kl-number">{value.to_string()}</td> };
        let cells = data.at(place).map(cell).collect_view();
        view! { <tr><th scope="row">{data.moments[place].clone()}</th>{cells}</tr> }
    };
    let rows =
        move || data.with(|data| (0..data.moments.len()).rev().map(|place| row(data, place)).collect_view());
    let heads = move || {
        let head = |line: &ChartLine| view! { <th scope="col" class="kl-number">{line.name.clone()}</th> };
        data.with(|data| data.lines.iter().map(head).collect_view())
    };
    let table = move || {
        open.get().then(|| {
            view! {
                <div class="kl-chart-table"><table class="kl-table">
                    <thead><tr><th scope="col">{moment}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }
        })
    };
    view! {
        <details class="kl-chart-numbers" on:toggle=move |_| open.update(|open| *open = !*open)>
            <summary>{as_table}</summary>
            {table}
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(moments: usize) -> ChartData {
        let done = ChartLine {
            name: "done".into(),
            tone: Tone::Brand,
            filled: true,
            values: (0..moments as u64).collect(),
        };
        ChartData { moments: (0..moments).map(|place| format!("m{place}")).collect(), lines: vec![done] }
    }

    #[test]
    fn a_few_moments_are_named_with_the_first_and_the_last() {
        assert_eq!(data(289).named(), [0, 72, 144, 216, 288]);
        assert_eq!(data(3).named(), [0, 1, 2]);
        assert_eq!((data(1).named(), data(0).named()), (vec![0], vec![]));
    }

    #[test]
    fn a_moment_is_told_with_every_line() {
        let data = data(3);
        let said: Vec<_> = data.at(2).map(|(line, value)| (line.name.as_str(), value)).collect();
        assert_eq!(said, [("done", 2)]);
        assert_eq!(data.at(3).count(), 0);
        assert_eq!(data.percent(1), 50.0);
    }
}
