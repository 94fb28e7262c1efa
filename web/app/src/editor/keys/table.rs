//! The table: what can be done, by which keys, and where they count.

use crate::editor::action::Action;
use crate::words::Words;
use canvas::Alignment;
use canvas::walk::Direction;

/// Where the focus has to be for a key to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On each page of the product; with Ctrl also while something is typed.
    Everywhere,
    /// In the editor, also in a field: one tries, searches or keeps what one has just typed.
    Typing,
    /// In the editor, but in no field.
    Editor,
    /// On the drawing or the outline, or nowhere.
    Drawing,
    /// On a node or an edge.
    Node,
}

/// The heading under which a row is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Everywhere,
    Flow,
    Node,
    Choose,
    Places,
    View,
    Test,
}

impl Part {
    pub const ALL: [Part; 7] =
        [Part::Everywhere, Part::Flow, Part::Node, Part::Choose, Part::Places, Part::View, Part::Test];

    pub const fn words(self, w: &Words) -> &'static str {
        match self {
            Part::Everywhere => w.keys_part_everywhere,
            Part::Flow => w.keys_part_flow,
            Part::Node => w.keys_part_node,
            Part::Choose => w.keys_part_choose,
            Part::Places => w.keys_part_place,
            Part::View => w.keys_part_view,
            Part::Test => w.keys_part_test,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub action: Action,
    /// Permanent: what somebody has changed is kept by it.
    pub name: &'static str,
    /// As `Keys` writes them; of two keys one after the other the first comes before a space.
    pub keys: &'static [&'static str],
    pub place: Place,
    pub part: Part,
    /// The browser itself listens, and hands over a clipboard.
    pub fixed: bool,
}

const fn row(
    part: Part,
    place: Place,
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
) -> Row {
    Row { action, name, keys, place, part, fixed: false }
}

const fn fixed(action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    Row { fixed: true, ..row(Part::Node, Place::Editor, action, name, keys) }
}

const fn everywhere(action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    row(Part::Everywhere, Place::Everywhere, action, name, keys)
}

const fn flow(place: Place, action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    row(Part::Flow, place, action, name, keys)
}

const fn node(place: Place, action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    row(Part::Node, place, action, name, keys)
}

const fn choose(action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    row(Part::Choose, Place::Drawing, action, name, keys)
}

const fn place(action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    row(Part::Places, Place::Drawing, action, name, keys)
}

const fn view(place: Place, action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    row(Part::View, place, action, name, keys)
}

const fn test(place: Place, action: Action, name: &'static str, keys: &'static [&'static str]) -> Row {
    row(Part::Test, place, action, name, keys)
}

pub const TABLE: &[Row] = &[
    everywhere(Action::CommandBar, "command_bar", &["Ctrl+K"]),
    everywhere(Action::Shortcuts, "shortcuts", &["?"]),
    everywhere(Action::OpenFlow, "open_flow", &["Ctrl+O"]),
    everywhere(Action::NewFlow, "new_flow", &["Ctrl+Alt+N"]),
    flow(Place::Drawing, Action::Undo, "undo", &["Ctrl+Z"]),
    flow(Place::Drawing, Action::Redo, "redo", &["Ctrl+Shift+Z", "Ctrl+Y"]),
    flow(Place::Drawing, Action::AddNode, "add_node", &["N", "/"]),
    flow(Place::Drawing, Action::AddNote, "add_note", &["Shift+S"]),
    flow(Place::Typing, Action::Find, "find", &["Ctrl+F"]),
    flow(Place::Typing, Action::KeepPoint, "keep_point", &["Ctrl+S"]),
    flow(Place::Editor, Action::Publish, "publish", &["Shift+P"]),
    flow(Place::Editor, Action::Unpublish, "unpublish", &["Ctrl+U"]),
    node(Place::Node, Action::Open, "open", &["Enter"]),
    node(Place::Drawing, Action::Rename, "rename", &["F2", "Space"]),
    node(Place::Drawing, Action::Connect, "connect", &["C"]),
    node(Place::Drawing, Action::Replace, "replace", &["R"]),
    node(Place::Drawing, Action::PutBetween, "put_between", &[]),
    node(Place::Drawing, Action::Toggle, "toggle", &["D"]),
    node(Place::Editor, Action::Pin, "pin", &["P"]),
    fixed(Action::Copy, "copy", &["Ctrl+C"]),
    fixed(Action::Cut, "cut", &["Ctrl+X"]),
    fixed(Action::Paste, "paste", &["Ctrl+V"]),
    node(Place::Drawing, Action::Duplicate, "duplicate", &["Ctrl+D"]),
    node(Place::Drawing, Action::Delete, "delete", &["Delete", "Backspace"]),
    node(Place::Drawing, Action::DeleteAndJoin, "delete_and_join", &["Ctrl+Delete", "Ctrl+Backspace"]),
    node(Place::Drawing, Action::Group, "group", &["Ctrl+G"]),
    node(Place::Drawing, Action::Ungroup, "ungroup", &["Ctrl+Shift+G"]),
    node(Place::Drawing, Action::Extract, "extract", &["Alt+X"]),
    node(Place::Drawing, Action::OpenCalled, "open_called", &["Ctrl+Shift+O"]),
    choose(Action::SelectAll, "select_all", &["Ctrl+A"]),
    choose(Action::ClearSelection, "clear_selection", &["Escape"]),
    choose(Action::SelectUpstream, "select_upstream", &["Shift+ArrowLeft"]),
    choose(Action::SelectDownstream, "select_downstream", &["Shift+ArrowRight"]),
    choose(Action::SelectConnected, "select_connected", &[]),
    choose(Action::Walk(Direction::Back), "walk_back", &["ArrowLeft"]),
    choose(Action::Walk(Direction::Forward), "walk_forward", &["ArrowRight"]),
    choose(Action::Walk(Direction::Up), "walk_up", &["ArrowUp"]),
    choose(Action::Walk(Direction::Down), "walk_down", &["ArrowDown"]),
    choose(Action::Next, "walk_next", &["J"]),
    choose(Action::Previous, "walk_previous", &["K"]),
    place(Action::Nudge(Direction::Back, false), "nudge_left", &["Ctrl+ArrowLeft", "Alt+ArrowLeft"]),
    place(Action::Nudge(Direction::Forward, false), "nudge_right", &["Ctrl+ArrowRight", "Alt+ArrowRight"]),
    place(Action::Nudge(Direction::Up, false), "nudge_up", &["Ctrl+ArrowUp", "Alt+ArrowUp"]),
    place(Action::Nudge(Direction::Down, false), "nudge_down", &["Ctrl+ArrowDown", "Alt+ArrowDown"]),
    place(Action::Nudge(Direction::Back, true), "nudge_far_left", &["Ctrl+Shift+ArrowLeft"]),
    place(Action::Nudge(Direction::Forward, true), "nudge_far_right", &["Ctrl+Shift+ArrowRight"]),
    place(Action::Nudge(Direction::Up, true), "nudge_far_up", &["Ctrl+Shift+ArrowUp"]),
    place(Action::Nudge(Direction::Down, true), "nudge_far_down", &["Ctrl+Shift+ArrowDown"]),
    place(Action::Earlier, "earlier", &["Alt+Shift+ArrowUp"]),
    place(Action::Later, "later", &["Alt+Shift+ArrowDown"]),
    place(Action::TidyUp, "tidy_up", &["Alt+Shift+T"]),
    place(Action::Align(Alignment::Left), "align_left", &["Alt+A L"]),
    place(Action::Align(Alignment::Right), "align_right", &["Alt+A R"]),
    place(Action::Align(Alignment::Top), "align_top", &["Alt+A T"]),
    place(Action::Align(Alignment::Bottom), "align_bottom", &["Alt+A B"]),
    place(Action::Align(Alignment::Middle), "align_middle", &["Alt+A M"]),
    place(Action::Align(Alignment::Centre), "align_centre", &["Alt+A C"]),
    place(Action::Align(Alignment::Across), "align_across", &["Alt+A H"]),
    place(Action::Align(Alignment::Down), "align_down", &["Alt+A V"]),
    view(Place::Drawing, Action::ZoomIn, "zoom_in", &["+", "="]),
    view(Place::Drawing, Action::ZoomOut, "zoom_out", &["-", "_"]),
    view(Place::Drawing, Action::ZoomReset, "zoom_reset", &["0"]),
    view(Place::Drawing, Action::Fit, "fit", &["1"]),
    view(Place::Drawing, Action::Magnify, "magnify", &["Z"]),
    view(Place::Drawing, Action::Scroll(Direction::Up), "scroll_up", &["W"]),
    view(Place::Drawing, Action::Scroll(Direction::Back), "scroll_left", &["A"]),
    view(Place::Drawing, Action::Scroll(Direction::Down), "scroll_down", &["S"]),
    // And what switches nodes off, where none is chosen.
    view(Place::Drawing, Action::Scroll(Direction::Forward), "scroll_right", &[]),
    view(Place::Editor, Action::GoBack, "go_back", &["Ctrl+["]),
    view(Place::Editor, Action::GoOn, "go_on", &["Ctrl+]"]),
    view(Place::Editor, Action::Expand, "expand", &["Alt+G"]),
    view(Place::Editor, Action::Collapse, "collapse", &["Alt+Shift+G"]),
    view(Place::Editor, Action::Outline, "outline", &["Shift+O"]),
    view(Place::Editor, Action::FocusSetup, "focus_setup", &["Shift+F"]),
    view(Place::Typing, Action::NextPart, "next_part", &["F6"]),
    view(Place::Typing, Action::PreviousPart, "previous_part", &["Shift+F6"]),
    test(Place::Typing, Action::Test, "test", &["Ctrl+Enter"]),
    test(Place::Drawing, Action::TestTo, "test_to", &[]),
    test(Place::Editor, Action::Log, "log", &["L"]),
    test(Place::Editor, Action::LogInput, "log_input", &["I"]),
    test(Place::Editor, Action::LogOutput, "log_output", &["O"]),
    test(Place::Editor, Action::CopyAddress, "copy_address", &["Alt+U"]),
    test(Place::Editor, Action::CopyTestAddress, "copy_test_address", &["Alt+Shift+U"]),
];

pub fn row_of(action: Action) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.action == action)
}

pub fn row_named(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_key_and_no_name_is_given_twice() {
        let keys: Vec<&str> = TABLE.iter().flat_map(|row| row.keys).copied().collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        let names: HashSet<&str> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn no_single_key_is_the_first_of_two() {
        let keys: HashSet<&str> = TABLE.iter().flat_map(|row| row.keys).copied().collect();
        let firsts = keys.iter().filter_map(|key| key.split_once(' ')).map(|(first, _)| first);
        assert!(firsts.into_iter().all(|first| !keys.contains(first)));
    }

    #[test]
    fn keys_that_count_while_one_types_are_no_letters() {
        let typing = TABLE.iter().filter(|row| row.place == Place::Typing);
        let writes = |key: &str| key.trim_start_matches("Shift+").chars().count() == 1;
        assert!(!typing.flat_map(|row| row.keys).any(|key| writes(key)));
    }
}
