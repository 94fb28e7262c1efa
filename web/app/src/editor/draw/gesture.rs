//! What is drawn of a gesture under way: the edge in hand, the box, the line that cuts.

use super::super::desk::Desk;
use crate::flow_canvas::rectangle;
use canvas::{Canvas, Curve, Gesture, Point, Rect};
use leptos::prelude::*;
use std::fmt::Write;

/// The edge in hand, or the line that cuts edges.
#[component]
pub fn Line(desk: Desk) -> impl IntoView {
    let wire = Memo::new(move |_| desk.canvas.with(wire));
    let hand = Memo::new(move |_| desk.canvas.with(in_hand));
    let cut = Memo::new(move |_| {
        desk.canvas.with(|canvas| match canvas.gesture() {
            Gesture::Cutting { path, .. } => Some(through(path)),
            _ => None,
        })
    });
    view! {
        {move || wire.get().map(|(svg, refused)| view! { <path class="kl-wire" d=svg data-refused=refused.then_some("")></path> })}
        {move || hand.get().map(|(svg, refused)| view! { <path class="kl-wire" d=svg data-refused=refused.then_some("")></path> })}
        {move || cut.get().map(|svg| view! { <path class="kl-cut" d=svg></path> })}
    }
}

fn wire(canvas: &Canvas) -> Option<(String, bool)> {
    let Gesture::Wiring { from, to, over, .. } = canvas.gesture() else { return None };
    let node = canvas.scene().node(from.node.as_str())?;
    let start = node.ports.iter().find(|port| port.port == from.port)?;
    let snapped = over.as_ref().filter(|over| over.refusal.is_none());
    let input = snapped.and_then(|over| canvas.scene().node(over.node.as_str())?.input);
    let end = input.unwrap_or(*to);
    let curve =
        if start.is_error() { Curve::downward(start.at, end) } else { Curve::sideways(start.at, end) };
    Some((curve.svg(), over.as_ref().is_some_and(|over| over.refusal.is_some())))
}

/// The edges that a gesture leads elsewhere, in one path.
fn in_hand(canvas: &Canvas) -> Option<(String, bool)> {
    let (curves, may) = canvas.in_hand();
    let svg: String = curves.iter().map(Curve::svg).collect();
    (!svg.is_empty()).then_some((svg, !may))
}

fn through(path: &[Point]) -> String {
    path.iter().enumerate().fold(String::new(), |mut svg, (at, point)| {
        let sign = if at == 0 { 'M' } else { 'L' };
        // Into a text: it cannot fail.
        let _ = write!(svg, "{sign}{:.1} {:.1}", point.x, point.y);
        svg
    })
}

#[component]
pub fn BoxFrame(desk: Desk) -> impl IntoView {
    let frame = Memo::new(move |_| {
        desk.canvas.with(|canvas| match canvas.gesture() {
            Gesture::Boxing { from, to, .. } => Some(Rect::from_corners(*from, *to)),
            _ => None,
        })
    });
    move || frame.get().map(|frame| rectangle("kl-canvas-box", frame))
}
