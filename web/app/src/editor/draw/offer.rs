//! What is offered beside something that the pointer is over: the most usual things to do with a node, and with an edge. The
//! keyboard has the same in the menu.

use super::super::action::Action;
use super::super::menu;
use super::board::Board;
use crate::words::words;
use canvas::{Point, Selection, Under};
use leptos::prelude::*;
use model::{Edge, NodeId};
use ui::{Icon, Picture};

#[component]
pub fn Offers(board: Board) -> impl IntoView {
    move || match board.hovered.get() {
        Under::Node(node) => view! { <NodeOffer board node/> }.into_any(),
        Under::Edge(edge) => view! { <EdgeOffer board edge/> }.into_any(),
        _ => ().into_any(),
    }
}

#[component]
fn NodeOffer(board: Board, node: NodeId) -> impl IntoView {
    let desk = board.desk;
    let (id, label) = (
        node.clone(),
        desk.canvas.with_untracked(|canvas| {
            canvas.scene().node(node.as_str()).map(|node| node.label.clone()).unwrap_or_default()
        }),
    );
    let at = move || {
        board.laid.track();
        let corner = desk.canvas.with_untracked(|canvas| {
            canvas.scene().node(id.as_str()).map(|node| Point::new(node.area.max().x, node.area.min.y))
        });
        board.view.get().to_screen(corner.unwrap_or_default())
    };
    let only = StoredValue::new(node);
    let choose = move || drop(desk.does(|canvas| canvas.select(Some(only.get_value()))));
    let does = move |action: Action, icon: Icon| {
        view! { <Offered icon label=action.words() on_click=move |_| { choose(); action.run(desk) }/> }
    };
    let more = move |event: web_sys::MouseEvent| {
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        menu::open(desk, &Under::Node(only.get_value()), at, None);
    };
    view! {
        <Bar board label at=Signal::derive(at) kind="node">
            {does(Action::TestTo, Icon::Play)}
            {does(Action::AddNode, Icon::Plus)}
            {does(Action::Toggle, Icon::Skip)}
            {does(Action::Delete, Icon::Bin)}
            <Offered icon=Icon::More label=words().more_fields on_click=more/>
        </Bar>
    }
}

#[component]
fn EdgeOffer(board: Board, edge: Edge) -> impl IntoView {
    let desk = board.desk;
    let placed = edge.clone();
    let at = move || {
        board.laid.track();
        let middle =
            desk.canvas.with_untracked(|canvas| canvas.scene().edge(&placed).map(|edge| edge.curve.middle()));
        board.view.get().to_screen(middle.unwrap_or_default())
    };
    let only = StoredValue::new(edge);
    let does = move |action: Action, icon: Icon| {
        let run = move |_| {
            desk.does(|canvas| canvas.choose_all(Selection::of_edge(only.get_value())));
            action.run(desk);
        };
        view! { <Offered icon label=action.words() on_click=run/> }
    };
    view! {
        <Bar board label=words().edge at=Signal::derive(at) kind="edge">
            {does(Action::PutBetween, Icon::Plus)}
            {does(Action::Delete, Icon::Bin)}
        </Bar>
    }
}

#[component]
fn Bar(
    board: Board,
    #[prop(into)] label: String,
    at: Signal<Point>,
    kind: &'static str,
    children: Children,
) -> impl IntoView {
    // What happens here is not for the canvas below: neither presses, nor that the pointer is over something else.
    let keep = |event: web_sys::PointerEvent| event.stop_propagation();
    let gone = Memo::new(move |_| board.hovered.with(|under| *under == Under::Nothing));
    view! {
        <div
            class="kl-offer"
            role="toolbar"
            aria-label=label
            data-kind=kind
            hidden=move || gone.get()
            style:--x=move || format!("{:.0}px", at.get().x)
            style:--y=move || format!("{:.0}px", at.get().y)
            on:pointerdown=keep
            on:pointermove=keep
            on:dblclick=|event| event.stop_propagation()
        >
            {children()}
        </div>
    }
}

/// One of the buttons. Tab passes them by: whoever goes by Tab is not hovering.
#[component]
fn Offered(
    icon: Icon,
    #[prop(into)] label: String,
    #[prop(into)] on_click: Callback<web_sys::MouseEvent>,
) -> impl IntoView {
    view! {
        <button class="kl-offer-button" type="button" tabindex="-1" title=label.clone() aria-label=label on:click=move |event| on_click.run(event)><Picture icon/></button>
    }
}
