//! The edges, each a curve of its own in one picture.

use super::super::testing;
use super::board::Board;
use crate::flow_canvas::pixels;
use crate::words::{count, words};
use canvas::Under;
use leptos::prelude::*;
use model::Edge;

#[component]
pub fn EdgeLine(board: Board, edge: Edge) -> impl IntoView {
    let drawn = {
        let edge = edge.clone();
        board
            .of_edge(&edge.clone(), move |canvas| canvas.scene().edge(&edge).map(|placed| placed.curve.svg()))
    };
    let error = edge.from.port.as_str() == model::Port::ERROR;
    let edge = StoredValue::new(edge);
    let is = move |other: &Edge| edge.with_value(|edge| edge == other);
    let chosen = move || board.selection.with(|selection| selection.edge().is_some_and(is));
    let held = move || board.held.with(|held| held.iter().find(|(edge, _)| is(edge)).map(|(_, what)| *what));
    let hovered = move || board.hovered.with(|under| matches!(under, Under::Edge(edge) if is(edge)));
    view! {
        <path
            d=move || drawn.get()
            data-error=error.then_some("")
            data-chosen=move || chosen().then_some("")
            data-hovered=move || hovered().then_some("")
            data-taken=move || edge.with_value(|edge| testing::taken(board.desk, edge))
            data-held=held
        ></path>
    }
}

/// The edge under the pointer once more, before all others: where many cross, it shows which one is meant.
#[component]
pub fn EdgeInFront(board: Board) -> impl IntoView {
    let drawn = Memo::new(move |_| {
        let Under::Edge(edge) = board.hovered.get() else { return None };
        board.redrawn.track();
        board.desk.canvas.with_untracked(|canvas| canvas.scene().edge(&edge).map(|placed| placed.curve.svg()))
    });
    move || drawn.get().map(|svg| view! { <path class="kl-front" d=svg></path> })
}

/// How many values went along an edge in the last test.
#[component]
pub fn EdgeCount(board: Board, edge: Edge) -> impl IntoView {
    let at = {
        let edge = edge.clone();
        board.of_edge(&edge.clone(), move |canvas| {
            canvas.scene().edge(&edge).map(|placed| placed.curve.middle())
        })
    };
    let went = Memo::new(move |_| testing::count(board.desk, &edge).filter(|count| *count > 0));
    let label = move |went: u64| {
        let title = count(words().items, went);
        let place = move || at.get().unwrap_or_default();
        view! { <span class="kl-edge-count" title=title style:--x=move || pixels(place().x) style:--y=move || pixels(place().y)>{went.to_string()}</span> }
    };
    move || went.get().map(label)
}
