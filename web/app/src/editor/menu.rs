//! The menus of the drawing: by a right click, a long press, or the menu key.

use super::action::{Action, colour_words};
use super::desk::Desk;
use super::events::is_typing;
use super::keys::{Keys, announced, spoken};
use crate::flow_canvas::surface::{element_of, place};
use crate::words::words;
use canvas::{Alignment, Canvas, Input, Point, Under};
use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use leptos_use::use_event_listener;
use model::{NodeId, NoteColour, NoteId};
use std::time::Duration;
use ui::{Icon, MenuItem};
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

/// A finger that stays so long, and so still, asks for the menu.
const LONG_PRESS: Duration = Duration::from_millis(500);
const STILL: f64 = 10.0;

/// A menu that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// In pixels of the window.
    at: (f64, f64),
    /// The same, from the canvas's corner: new things come there. Nothing where the keyboard asked.
    place: Option<Point>,
    about: About,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Canvas,
    Node,
    Several,
    Group,
    Note,
    Edge,
}

/// Opens the menu about something, which is chosen first unless it is part of what is chosen.
pub fn open(desk: Desk, under: &Under, at: (f64, f64), place: Option<Point>) {
    desk.does(|canvas| canvas.choose_under(under));
    let about = desk.canvas.with_untracked(|canvas| about(canvas, under));
    desk.drawing.keep_focus();
    desk.drawing.menu.set(Some(Asked { at, place, about }));
}

fn about(canvas: &Canvas, under: &Under) -> About {
    let many = canvas.selection().len() > 1;
    match under {
        Under::Group(_) => About::Group,
        Under::Node(_) | Under::Port(_) | Under::Note(..) if many => About::Several,
        Under::Node(_) | Under::Port(_) => About::Node,
        Under::Note(..) => About::Note,
        Under::Edge(_) | Under::EdgeEnd(_) => About::Edge,
        Under::Nothing => About::Canvas,
    }
}

pub fn attach(area: NodeRef<Section>, desk: Desk) {
    let _ = use_event_listener(area, ev::contextmenu, move |event: MouseEvent| {
        if is_typing(&event) {
            return;
        }
        event.prevent_default();
        let under = place(area, &event).and_then(|at| Some((at, under_at(desk, at)?)));
        if let Some((at, under)) = under {
            open(desk, &under, (f64::from(event.client_x()), f64::from(event.client_y())), Some(at));
        }
    });
    attach_long_press(area, desk);
    let _ = use_event_listener(area, ev::keydown, move |event: KeyboardEvent| by_key(area, desk, &event));
    // With nothing in focus, the keys mean what is chosen.
    let _ = use_event_listener(window(), ev::keydown, move |event: KeyboardEvent| {
        if crate::flow_canvas::surface::is_page(&event) {
            by_key(area, desk, &event);
        }
    });
}

fn under_at(desk: Desk, at: Point) -> Option<Under> {
    let under = desk.canvas.with_untracked(|canvas| canvas.under(at, false))?;
    // A port is its node's here.
    Some(match under {
        Under::Port(port) => Under::Node(port.node),
        Under::EdgeEnd(edge) => Under::Edge(edge),
        under => under,
    })
}

fn attach_long_press(area: NodeRef<Section>, desk: Desk) {
    let held: StoredValue<Option<(TimeoutHandle, Point)>> = StoredValue::new(None);
    let let_go = move || {
        if let Some((timer, _)) = held.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let _ = use_event_listener(area, ev::pointerdown, move |event: PointerEvent| {
        let_go();
        if event.pointer_type() != "touch" {
            return;
        }
        let Some(at) = place(area, &event) else { return };
        let window_at = (f64::from(event.client_x()), f64::from(event.client_y()));
        let ask = move || {
            held.try_set_value(None);
            desk.handle(Input::Interrupt);
            if let Some(under) = under_at(desk, at) {
                open(desk, &under, window_at, Some(at));
            }
        };
        if let Ok(timer) = set_timeout_with_handle(ask, LONG_PRESS) {
            held.set_value(Some((timer, at)));
        }
    });
    let _ = use_event_listener(area, ev::pointermove, move |event: PointerEvent| {
        let moved = held.with_value(|held| {
            let from = held.as_ref().map(|(_, from)| *from)?;
            Some(place(area, &event)?.distance(from) > STILL)
        });
        if moved == Some(true) {
            let_go();
        }
    });
    let _ = use_event_listener(area, ev::pointerup, move |_| let_go());
    let _ = use_event_listener(area, ev::pointercancel, move |_| let_go());
}

/// The menu key, or Shift+F10: at what has the focus, else at what is chosen, else in the middle.
fn by_key(area: NodeRef<Section>, desk: Desk, event: &KeyboardEvent) {
    let asks = event.key() == "ContextMenu" || (event.key() == "F10" && event.shift_key());
    if !asks || is_typing(event) {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
    let focused = element_of(event).and_then(|element| under_focus(&element));
    let under = focused.unwrap_or_else(|| desk.canvas.with_untracked(chosen));
    let Some(corner) = area.get_untracked().map(|area| area.get_bounding_client_rect()) else { return };
    let at = desk.canvas.with_untracked(|canvas| canvas.view().to_screen(place_of(canvas, &under)));
    open(desk, &under, (at.x + corner.x(), at.y + corner.y()), None);
}

fn under_focus(element: &web_sys::Element) -> Option<Under> {
    let around = element.closest("[data-node], [data-note], [data-group]").ok().flatten()?;
    let named = |name: &str| around.get_attribute(name);
    named("data-node")
        .map(|id| Under::Node(NodeId::from(id.as_str())))
        .or_else(|| named("data-note").map(|id| Under::Note(NoteId::from(id.as_str()), None)))
        .or_else(|| named("data-group").map(|id| Under::Group(id.as_str().into())))
}

/// What is chosen, as one thing: a menu is about it, and the focus comes back to it.
pub fn chosen(canvas: &Canvas) -> Under {
    let selection = canvas.selection();
    let group = canvas.chosen_group().filter(|_| selection.len() > 1);
    group
        .map(|group| Under::Group(group.clone()))
        .or_else(|| selection.nodes().first().map(|node| Under::Node(node.clone())))
        .or_else(|| selection.notes().first().map(|note| Under::Note(note.clone(), None)))
        .or_else(|| selection.edge().map(|edge| Under::Edge(edge.clone())))
        .unwrap_or_default()
}

/// Where on the canvas the menu about something opens.
fn place_of(canvas: &Canvas, under: &Under) -> Point {
    let scene = canvas.scene();
    let found = match under {
        Under::Node(node) => scene.node(node.as_str()).map(|node| node.area.centre()),
        Under::Note(note, _) => scene.note(note).map(|note| note.area.min),
        Under::Group(group) => scene.group(group).map(|group| group.handle().centre()),
        Under::Edge(edge) => scene.edge(edge).map(|edge| edge.curve.middle()),
        _ => None,
    };
    found.unwrap_or_else(|| canvas.view().visible(canvas.screen()).centre())
}

#[component]
pub fn Menu(desk: Desk) -> impl IntoView {
    let (drawing, keys) = (desk.drawing, Keys::here());
    move || {
        let asked = drawing.menu.get()?;
        let close = move |()| {
            drawing.menu.set(None);
            drawing.give_back_focus();
        };
        let sections = sections(desk, keys, &asked);
        Some(view! { <ui::Menu at=asked.at label=label(asked.about) sections on_close=close/> })
    }
}

fn label(about: About) -> &'static str {
    let w = words();
    match about {
        About::Canvas => w.canvas,
        About::Node => w.menu_node,
        About::Several => w.menu_several,
        About::Group => w.group,
        About::Note => w.menu_note,
        About::Edge => w.edge,
    }
}

/// What can be done with each kind of thing, in the order that people know from n8n.
fn offered(about: About) -> Vec<Vec<Action>> {
    use Action::*;
    let choosing = vec![SelectAll, ClearSelection];
    let aligned = [
        Alignment::Left,
        Alignment::Centre,
        Alignment::Right,
        Alignment::Top,
        Alignment::Middle,
        Alignment::Bottom,
        Alignment::Across,
        Alignment::Down,
    ];
    match about {
        About::Canvas => {
            vec![vec![AddNode, AddNote, Test], vec![Paste], vec![TidyUp, FoldAll, Fit], choosing]
        }
        About::Node => vec![
            vec![Open, OpenCalled, TestTo, CopyAddress, CopyTestAddress],
            vec![Rename, Replace, Toggle, Pin],
            vec![Cut, Copy, Duplicate],
            vec![TidyUp, Fold, Extract, Group, Ungroup],
            vec![SelectUpstream, SelectDownstream, SelectConnected, SelectAll, ClearSelection],
            vec![DeleteAndJoin, Delete],
        ],
        About::Several => vec![
            vec![Toggle],
            vec![Cut, Copy, Duplicate],
            aligned.into_iter().map(Align).collect(),
            vec![TidyUp, Fold, Extract, Group, Ungroup],
            choosing,
            vec![DeleteAndJoin, Delete],
        ],
        About::Group => vec![
            vec![Rename, Toggle],
            vec![Cut, Copy, Duplicate],
            vec![TidyUp, Fold, Extract, Ungroup],
            choosing,
            vec![Delete],
        ],
        About::Note => vec![
            vec![Open],
            NoteColour::ALL.into_iter().map(Paint).collect(),
            vec![Cut, Copy, Duplicate],
            choosing,
            vec![Delete],
        ],
        About::Edge => vec![vec![PutBetween], choosing, vec![Delete]],
    }
}

fn sections(desk: Desk, keys: Keys, asked: &Asked) -> Vec<Vec<MenuItem>> {
    let colour = desk.canvas.with_untracked(|canvas| {
        let note = canvas.selection().only_note().and_then(|note| canvas.scene().note(note));
        note.map(|note| note.colour)
    });
    let place = asked.place;
    let item = |action: Action| {
        let paint = match action {
            Action::Paint(colour) => Some(colour),
            _ => None,
        };
        let key = keys.first(action);
        MenuItem {
            label: paint.map_or_else(|| action.words(), colour_words).to_owned(),
            keys: key.as_deref().map(spoken).unwrap_or_default(),
            announced: key.as_deref().and_then(announced),
            icon: icon(action),
            checked: paint.map(|paint| colour == Some(paint)),
            swatch: paint.map(NoteColour::as_str),
            danger: matches!(action, Action::Delete | Action::DeleteAndJoin),
            on_choose: Callback::new(move |()| desk.drawing.at(place, || action.run(desk))),
        }
    };
    let possible = |section: Vec<Action>| {
        section.into_iter().filter(|action| action.is_possible(desk)).map(item).collect::<Vec<_>>()
    };
    offered(asked.about).into_iter().map(possible).collect()
}

fn icon(action: Action) -> Option<Icon> {
    Some(match action {
        Action::AddNode | Action::PutBetween => Icon::Plus,
        Action::AddNote | Action::Rename => Icon::Pen,
        Action::Test | Action::TestTo => Icon::Play,
        Action::TidyUp => Icon::Tidy,
        Action::Fit => Icon::Fit,
        Action::Open => Icon::Next,
        Action::CopyAddress | Action::CopyTestAddress => Icon::Globe,
        Action::Replace => Icon::Again,
        Action::Toggle => Icon::Skip,
        Action::Pin => Icon::Pin,
        Action::Copy | Action::Duplicate => Icon::Copy,
        Action::Delete | Action::DeleteAndJoin => Icon::Bin,
        _ => return None,
    })
}
