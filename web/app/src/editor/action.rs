//! What somebody can do to the flow on the desk, whichever way they ask for it: by a key, a menu, a button on the drawing
//! or the command bar.

use super::desk::{Desk, Wanted};
use super::events::after_chosen;
use super::{connecting, draw, outline, parts, testing};
use crate::commands::Commands;
use crate::flow_canvas::surface::is_by_keyboard;
use crate::words::words;
use canvas::draft::drawing::groups_of;
use canvas::draft::edits::Gap;
use canvas::walk::Direction;
use canvas::{Alignment, Canvas, Change, Gesture, Input, Key, Point, Way};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use model::NoteColour;
use rehearsal::Reach;

/// One thing to be done. All that are about nodes, notes, groups or an edge mean what is chosen.
///
/// **A key** calls `action.run(desk)` and keeps the event from the browser; before that, where a node has the focus, it hands
/// the canvas `Input::Focus(node)`, since keys mean what has the focus. **A menu** opened on something first calls
/// `canvas.choose_under(&under)`, offers those for which `action.is_possible(desk)`, calls each by `action.words()`, and runs
/// the chosen one after it has closed and given the focus back. `run` does everything else, such as leading the focus on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    // Everywhere in the product.
    CommandBar,
    Shortcuts,
    OpenFlow,
    NewFlow,
    // The flow and how it is looked at.
    Publish,
    Unpublish,
    Find,
    Outline,
    FocusSetup,
    Log,
    LogInput,
    LogOutput,
    Expand,
    Collapse,
    /// To the part of the page behind this one, or before it.
    NextPart,
    PreviousPart,
    /// The focus goes to the node there.
    Walk(Direction),
    Scroll(Direction),
    /// To the flow or page that was looked at before this one, and on again.
    GoBack,
    GoOn,
    /// To the node behind in the order of the flow, or before: each is reached so.
    Next,
    Previous,
    Undo,
    Redo,
    Test,
    KeepPoint,
    AddNode,
    AddNote,
    Paste,
    TidyUp,
    SelectAll,
    ClearSelection,
    FoldAll,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Fit,
    /// One node as large as the screen, and back.
    Magnify,
    // What is chosen.
    Open,
    OpenCalled,
    Connect,
    /// By a little, or by more.
    Nudge(Direction, bool),
    Earlier,
    Later,
    TestTo,
    CopyAddress,
    CopyTestAddress,
    Rename,
    Replace,
    Toggle,
    Pin,
    Copy,
    Cut,
    Duplicate,
    Fold,
    Group,
    Ungroup,
    SelectUpstream,
    SelectDownstream,
    SelectConnected,
    /// A flow of their own, which is called in their place.
    Extract,
    Align(Alignment),
    Paint(NoteColour),
    Delete,
    /// Those that were connected through it are connected then.
    DeleteAndJoin,
    /// Into the chosen edge.
    PutBetween,
}

impl Action {
    /// What it is called in a list of things to do.
    pub fn words(self) -> &'static str {
        let w = words();
        match self {
            Action::CommandBar => w.action_command_bar,
            Action::Shortcuts => w.action_shortcuts,
            Action::OpenFlow => w.action_open_flow,
            Action::NewFlow => w.action_new_flow,
            Action::Publish => w.publish,
            Action::Unpublish => w.unpublish,
            Action::Find => w.action_find,
            Action::Outline => w.action_outline,
            Action::FocusSetup => w.action_focus_setup,
            Action::Log => w.action_log,
            Action::LogInput => w.action_log_input,
            Action::LogOutput => w.action_log_output,
            Action::Expand => w.action_expand,
            Action::Collapse => w.action_collapse,
            Action::NextPart => w.action_next_part,
            Action::PreviousPart => w.action_previous_part,
            Action::Walk(direction) => walk_words(direction),
            Action::Scroll(direction) => scroll_words(direction),
            Action::GoBack => w.action_go_back,
            Action::GoOn => w.action_go_on,
            Action::Next => w.action_walk_next,
            Action::Previous => w.action_walk_previous,
            Action::OpenCalled => w.action_open_called,
            Action::Connect => w.action_connect,
            Action::Nudge(direction, far) => nudge_words(direction, far),
            Action::Earlier => w.action_earlier,
            Action::Later => w.action_later,
            Action::Undo => w.undo,
            Action::Redo => w.redo,
            Action::Test => w.action_test,
            Action::KeepPoint => w.point_title,
            Action::AddNode => w.action_add_node,
            Action::AddNote => w.action_add_note,
            Action::Paste => w.action_paste,
            Action::TidyUp => w.tidy_up,
            Action::SelectAll => w.action_select_all,
            Action::ClearSelection => w.action_clear_selection,
            Action::FoldAll => w.action_fold_all,
            Action::ZoomIn => w.zoom_in,
            Action::ZoomOut => w.zoom_out,
            Action::ZoomReset => w.zoom_reset,
            Action::Fit => w.zoom_fit,
            Action::Magnify => w.action_magnify,
            Action::Open => w.action_open,
            Action::TestTo => w.action_test_to,
            Action::CopyAddress => w.action_copy_address,
            Action::CopyTestAddress => w.action_copy_test_address,
            Action::Rename => w.action_rename,
            Action::Replace => w.action_replace,
            Action::Toggle => w.toggle_off,
            Action::Pin => w.action_pin,
            Action::Copy => w.copy,
            Action::Cut => w.action_cut,
            Action::Duplicate => w.duplicate,
            Action::Fold => w.action_fold,
            Action::Group => w.action_group,
            Action::Ungroup => w.action_ungroup,
            Action::SelectUpstream => w.action_select_upstream,
            Action::SelectDownstream => w.action_select_downstream,
            Action::SelectConnected => w.action_select_connected,
            Action::Extract => w.action_extract,
            Action::Align(how) => align_words(how),
            Action::Paint(colour) => colour_words(colour),
            Action::Delete => w.delete,
            Action::DeleteAndJoin => w.action_delete_and_join,
            Action::PutBetween => w.action_put_between,
        }
    }

    /// Whether it would do anything now. Asked when a menu opens: it follows nothing.
    pub fn is_possible(self, desk: Desk) -> bool {
        desk.canvas.with_untracked(|canvas| {
            let chosen = canvas.selection();
            let groups = || {
                canvas.draft().map(|draft| groups_of(draft.doc(), chosen)).is_some_and(|all| !all.is_empty())
            };
            match self {
                Action::Undo => canvas.draft().is_some_and(canvas::draft::Draft::can_undo),
                Action::Redo => canvas.draft().is_some_and(canvas::draft::Draft::can_redo),
                Action::TidyUp | Action::Fit => !canvas.scene().nodes.is_empty(),
                Action::SelectAll => chosen.len() < canvas.scene().nodes.len() + canvas.scene().notes.len(),
                Action::ClearSelection => !chosen.is_empty() || *canvas.gesture() != Gesture::Idle,
                Action::Publish => super::publish::can_begin(desk),
                Action::Unpublish => desk.live.get_untracked().is_some(),
                Action::Find | Action::Walk(_) | Action::Next | Action::Previous => {
                    !canvas.scene().nodes.is_empty()
                }
                Action::OpenCalled => called(canvas).is_some(),
                Action::Connect => canvas.selected().is_some_and(|node| connecting::can_begin(canvas, node)),
                Action::Nudge(..) => !chosen.is_empty(),
                Action::Earlier | Action::Later => canvas.selected().is_some(),
                Action::Expand | Action::Collapse | Action::FoldAll => !canvas.scene().groups.is_empty(),
                Action::Open if chosen.edge().is_some() => true,
                Action::Open | Action::Rename => chosen.len() == 1 || canvas.chosen_group().is_some(),
                Action::TestTo | Action::Replace => canvas.selected().is_some(),
                Action::CopyAddress | Action::CopyTestAddress => canvas.selected().is_some_and(|node| {
                    desk.hooks.with_untracked(|all| all.iter().any(|hook| hook.node == *node))
                }),
                Action::Pin => canvas.selected().is_some_and(|node| testing::may_pin(desk, node)),
                Action::Copy | Action::Cut | Action::Duplicate => {
                    !(chosen.nodes().is_empty() && chosen.notes().is_empty())
                }
                Action::Toggle
                | Action::Group
                | Action::Extract
                | Action::SelectUpstream
                | Action::SelectDownstream
                | Action::SelectConnected => !chosen.nodes().is_empty(),
                Action::Fold | Action::Ungroup => groups(),
                Action::Align(_) => chosen.len() > 1,
                Action::Paint(_) => !chosen.notes().is_empty(),
                Action::Delete => !chosen.is_empty(),
                Action::DeleteAndJoin => {
                    chosen.nodes().iter().any(|node| canvas.scene().edges_at(node.as_str()).next().is_some())
                }
                Action::PutBetween => chosen.edge().is_some(),
                Action::CommandBar
                | Action::Shortcuts
                | Action::OpenFlow
                | Action::NewFlow
                | Action::Outline
                | Action::FocusSetup
                | Action::NextPart
                | Action::PreviousPart
                | Action::Log
                | Action::LogInput
                | Action::LogOutput
                | Action::Test
                | Action::KeepPoint
                | Action::AddNode
                | Action::AddNote
                | Action::Paste
                | Action::Scroll(_)
                | Action::GoBack
                | Action::GoOn
                | Action::Magnify
                | Action::ZoomIn
                | Action::ZoomOut
                | Action::ZoomReset => true,
            }
        })
    }

    /// What its key means where it is not possible. W, A, S and D scroll; D switches off what is chosen, where something is.
    pub fn otherwise(self) -> Option<Self> {
        (self == Action::Toggle).then_some(Action::Scroll(Direction::Forward))
    }

    pub fn run(self, desk: Desk) {
        let changes = self.changes(desk);
        super::asking::tell(desk, self, &changes);
        for change in changes {
            match change {
                Change::FocusNode(node) => super::focus_node(node),
                Change::FocusEdge(edge) => draw::focus_edge(&edge),
                _ => {}
            }
        }
    }

    fn changes(self, desk: Desk) -> Vec<Change> {
        match self {
            Action::Undo => desk.does(Canvas::undo),
            Action::Redo => desk.does(Canvas::redo),
            Action::AddNote => add_note(desk),
            Action::TidyUp => desk.does(Canvas::tidy),
            Action::SelectAll => desk.does(Canvas::select_all),
            Action::ClearSelection => desk.handle(Input::Key(Key::Escape)),
            Action::Walk(direction) => walk(desk, direction),
            Action::Scroll(direction) => {
                let (at, by) = (Point::default(), toward(direction, SCROLL));
                desk.handle(Input::Wheel { at, by, zoom: false })
            }
            Action::Next => walk_along(desk, Direction::Down),
            Action::Previous => walk_along(desk, Direction::Up),
            Action::Nudge(direction, far) => nudge(desk, direction, far),
            Action::Earlier => reorder(desk, -1),
            Action::Later => reorder(desk, 1),
            Action::Expand => desk.does(|canvas| canvas.fold(&canvas.meant_groups(), false)),
            Action::Collapse => desk.does(|canvas| canvas.fold(&canvas.meant_groups(), true)),
            Action::FoldAll => fold(desk, true),
            Action::ZoomIn => desk.handle(Input::Key(Key::ZoomIn)),
            Action::ZoomOut => desk.handle(Input::Key(Key::ZoomOut)),
            Action::ZoomReset => desk.handle(Input::Key(Key::ZoomReset)),
            Action::Fit => desk.handle(Input::Key(Key::Fit)),
            Action::Magnify => desk.handle(Input::Key(Key::Magnify)),
            Action::Toggle => desk.does(Canvas::toggle),
            Action::Duplicate => desk.does(Canvas::duplicate),
            Action::Fold => fold(desk, false),
            Action::Group => desk.does(|canvas| canvas.group(words().group)),
            Action::Ungroup => desk.does(Canvas::ungroup),
            Action::SelectUpstream => desk.does(|canvas| canvas.select_along(Way::Upstream)),
            Action::SelectDownstream => desk.does(|canvas| canvas.select_along(Way::Downstream)),
            Action::SelectConnected => desk.does(|canvas| canvas.select_along(Way::Both)),
            Action::Align(how) => desk.does(|canvas| canvas.align(how)),
            Action::Paint(colour) => desk.does(|canvas| canvas.paint(colour)),
            Action::Delete => remove(desk, Gap::Open),
            Action::DeleteAndJoin => remove(desk, Gap::Closed),
            _ => {
                self.begin(desk);
                Vec::new()
            }
        }
    }

    /// What only begins something: a question, a test, a way through the clipboard.
    fn begin(self, desk: Desk) {
        let w = words();
        match self {
            Action::Publish => super::publish::publish_or_lead(desk),
            Action::Unpublish => desk.unpublishing.set(true),
            Action::Find => super::search::open(desk),
            Action::Outline => show_outline(desk),
            Action::FocusSetup => parts::focus_setup(desk),
            Action::NextPart => parts::go(desk, 1),
            Action::PreviousPart => parts::go(desk, -1),
            Action::Log => desk.testing.open.update(|open| *open = !*open),
            Action::LogInput => testing::look_at(desk, "input"),
            Action::LogOutput => testing::look_at(desk, "output"),
            Action::OpenCalled => open_called(desk),
            Action::Extract => super::extracting::begin(desk),
            Action::GoBack => drop(window().history().and_then(|history| history.back())),
            Action::GoOn => drop(window().history().and_then(|history| history.forward())),
            Action::Connect => with_node(desk, |node| connecting::begin(desk, node)),
            Action::Test => testing::run(desk, Reach::All),
            Action::KeepPoint => {
                desk.save();
                desk.naming.set(true);
            }
            Action::AddNode | Action::PutBetween => desk.wanted.set(Some(Wanted::Put(after_chosen(desk)))),
            Action::Open => open(desk),
            Action::Rename => rename(desk),
            Action::TestTo => with_node(desk, |node| testing::run(desk, Reach::To(node))),
            Action::Replace => with_node(desk, |node| desk.wanted.set(Some(Wanted::Replace(node)))),
            Action::Pin => with_node(desk, |node| testing::toggle_pin(desk, &node)),
            Action::CopyAddress => testing::copy_address(desk, |hook| hook.url, w.listen_copied_live),
            Action::CopyTestAddress => {
                testing::copy_address(desk, |hook| hook.test_url, w.listen_copied_test)
            }
            Action::Copy => super::clipboard::write(desk),
            Action::Cut => super::clipboard::cut(desk),
            Action::Paste => super::clipboard::read(desk),
            // What concerns no flow.
            other => drop(Commands::here().run(other)),
        }
    }
}

/// What is chosen moves by so much with an arrow, and by so much more.
const NUDGE: f64 = 20.0;
const NUDGE_FAR: f64 = 100.0;
/// How far one press scrolls, in pixels.
const SCROLL: f64 = 80.0;

fn nudge(desk: Desk, direction: Direction, far: bool) -> Vec<Change> {
    let by = toward(direction, if far { NUDGE_FAR } else { NUDGE });
    desk.does(|canvas| canvas.nudge(by))
}

fn toward(direction: Direction, by: f64) -> Point {
    match direction {
        Direction::Back => Point::new(-by, 0.0),
        Direction::Forward => Point::new(by, 0.0),
        Direction::Up => Point::new(0.0, -by),
        Direction::Down => Point::new(0.0, by),
    }
}

/// What is moved in a page loses the focus, so it is given back.
fn reorder(desk: Desk, by: isize) -> Vec<Change> {
    let mut changes = desk.does(|canvas| canvas.reorder(by));
    let chosen = desk.canvas.with_untracked(|canvas| canvas.selected().cloned());
    changes.extend(chosen.map(Change::FocusNode));
    changes
}

/// In the list, up and down is the next line.
fn walk(desk: Desk, direction: Direction) -> Vec<Change> {
    let is_list = desk.asking.outline.get_untracked();
    let listed = is_list.then(|| desk.canvas.with_untracked(|canvas| outline::step(canvas, direction)));
    match listed.flatten() {
        Some(node) => vec![Change::FocusNode(node)],
        None => desk.handle(Input::Key(Key::Arrow(direction))),
    }
}

/// In the list the next line, on the drawing the next one along the flow.
fn walk_along(desk: Desk, direction: Direction) -> Vec<Change> {
    if desk.asking.outline.get_untracked() {
        return walk(desk, direction);
    }
    desk.does(|canvas| canvas.walk_along(if direction == Direction::Up { -1 } else { 1 }))
}

/// What has the focus is gone then: whoever goes by keys goes on beside it. A pointer is where it is, and the next key shall
/// mean nothing that nobody has pointed at.
fn remove(desk: Desk, gap: Gap) -> Vec<Change> {
    let names = super::asking::chosen_names(desk);
    let beside = desk.canvas.with_untracked(Canvas::beside_chosen).filter(|_| is_by_keyboard());
    let mut changes = desk.does(|canvas| canvas.remove(gap));
    if !changes.is_empty() {
        desk.asking.say(super::asking::removed_words(&names));
        changes.extend(beside.map(Change::FocusNode));
    }
    changes
}

fn show_outline(desk: Desk) {
    desk.asking.outline.update(|shown| *shown = !*shown);
    if let Some(node) = desk.canvas.with_untracked(|canvas| canvas.selected().cloned()) {
        super::focus_node(node);
    }
}

/// The flow that the chosen node calls.
fn called(canvas: &Canvas) -> Option<String> {
    let node = canvas.draft()?.doc().node(canvas.selected()?.as_str())?;
    let flow = node.with.get("flow")?.as_str()?;
    (node.operation.as_str() == "core/call" && !flow.is_empty()).then(|| flow.to_owned())
}

fn open_called(desk: Desk) {
    if let Some(flow) = desk.canvas.with_untracked(called) {
        use_navigate()(&format!("/flows/{flow}/edit"), Default::default());
    }
}

/// A node's name is written where it is, other names beside the drawing.
fn rename(desk: Desk) {
    match desk.canvas.with_untracked(|canvas| canvas.selected().cloned()) {
        Some(node) => desk.asking.renaming.set(Some(node)),
        None => parts::focus_setup(desk),
    }
}

fn walk_words(direction: Direction) -> &'static str {
    let w = words();
    match direction {
        Direction::Back => w.action_walk_back,
        Direction::Forward => w.action_walk_forward,
        Direction::Up => w.action_walk_up,
        Direction::Down => w.action_walk_down,
    }
}

fn scroll_words(direction: Direction) -> &'static str {
    let w = words();
    match direction {
        Direction::Back => w.action_scroll_left,
        Direction::Forward => w.action_scroll_right,
        Direction::Up => w.action_scroll_up,
        Direction::Down => w.action_scroll_down,
    }
}

fn nudge_words(direction: Direction, far: bool) -> &'static str {
    let w = words();
    match (direction, far) {
        (Direction::Back, false) => w.action_nudge_left,
        (Direction::Forward, false) => w.action_nudge_right,
        (Direction::Up, false) => w.action_nudge_up,
        (Direction::Down, false) => w.action_nudge_down,
        (Direction::Back, true) => w.action_nudge_far_left,
        (Direction::Forward, true) => w.action_nudge_far_right,
        (Direction::Up, true) => w.action_nudge_far_up,
        (Direction::Down, true) => w.action_nudge_far_down,
    }
}

fn with_node(desk: Desk, what: impl FnOnce(model::NodeId)) {
    if let Some(node) = desk.canvas.with_untracked(|canvas| canvas.selected().cloned()) {
        what(node);
    }
}

/// A node is opened large, a note is written in, and a group is named.
fn open(desk: Desk) {
    let (node, note) = desk
        .canvas
        .with_untracked(|canvas| (canvas.selected().is_some(), canvas.selection().only_note().cloned()));
    match note {
        Some(note) => desk.drawing.writing.set(Some(note)),
        None if node => desk.look.large.set(true),
        None => parts::focus_setup(desk),
    }
}

/// Where the pointer is, or else in the middle of what is seen; and it is written in at once.
fn add_note(desk: Desk) -> Vec<Change> {
    let at = desk.drawing.place(desk);
    let changes = desk.does(|canvas| canvas.add_note(at));
    if !changes.is_empty() {
        open(desk);
    }
    changes
}

/// Folds the groups that are meant; or shows their nodes again, where all of them are folded.
fn fold(desk: Desk, all: bool) -> Vec<Change> {
    let (groups, folded) = desk.canvas.with_untracked(|canvas| {
        let groups = if all { canvas.all_groups() } else { canvas.meant_groups() };
        let folded = groups.is_subset(canvas.folded());
        (groups, folded)
    });
    desk.drawing.fold(desk, &groups, !folded)
}

fn align_words(how: Alignment) -> &'static str {
    let w = words();
    match how {
        Alignment::Left => w.align_left,
        Alignment::Right => w.align_right,
        Alignment::Top => w.align_top,
        Alignment::Bottom => w.align_bottom,
        Alignment::Middle => w.align_middle,
        Alignment::Centre => w.align_centre,
        Alignment::Across => w.align_across,
        Alignment::Down => w.align_down,
    }
}

pub fn colour_words(colour: NoteColour) -> &'static str {
    let w = words();
    match colour {
        NoteColour::Yellow => w.colour_yellow,
        NoteColour::Green => w.colour_green,
        NoteColour::Blue => w.colour_blue,
        NoteColour::Red => w.colour_red,
        NoteColour::Purple => w.colour_purple,
        NoteColour::Grey => w.colour_grey,
    }
}
