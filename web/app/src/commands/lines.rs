//! What the command bar offers: plain values.

use super::Door;
use crate::editor::action::Action;
use crate::editor::keys::{Keys, Place, TABLE};
use crate::fuzzy;
use crate::picker::Line;
use crate::words::{Language, Words, fill};
use api::{FlowList, RunSummary};
use leptos::prelude::*;
use model::{FlowId, Specs};

/// How many were chosen last are offered first.
pub const RECENT_MAX: usize = 6;
/// Keys of orders that are offered for what is typed so far.
const ORDERS_MAX: usize = 5;

/// A line, and what it is found by beside what it shows: its name in the other language.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub line: Line,
    also: String,
    /// Stands behind everything that is there: it may be nothing.
    last: bool,
}

impl Offer {
    fn new(line: Line) -> Self {
        Self { line, also: String::new(), last: false }
    }

    fn also(mut self, also: impl Into<String>) -> Self {
        self.also = also.into();
        self
    }

    fn text(&self) -> (String, String) {
        (self.line.title.clone(), format!("{} {} {}", self.also, self.line.detail, self.line.group))
    }
}

/// The pages, by their addresses.
pub fn pages(w: &Words, en: &Words) -> Vec<Offer> {
    let page = |path: &str, title: &'static str, also: &str| {
        Offer::new(Line::new(format!("page:{path}"), w.bar_pages, title)).also(also)
    };
    vec![
        page("/", w.nav_today, en.nav_today),
        page("/flows", w.flows, en.flows),
        page("/flows/new", w.new_flow, en.new_flow),
        page("/runs", w.runs, en.runs),
        page("/errors", w.nav_errors, en.nav_errors),
        page("/orders", w.find_order, en.find_order),
        page("/connections", w.connections, en.connections),
        page("/connectors", w.apis, en.apis),
        page("/connectors/import", w.api_import, en.api_import),
        page("/settings", w.settings, en.settings),
        page("/settings/xref", w.xref_title, en.xref_title),
        page("/settings/keys", w.keys_title, en.keys_title),
    ]
}

/// Each flow's page, and its editor.
pub fn flows(list: &FlowList, w: &Words) -> Vec<Offer> {
    let named = |id: &FlowId, name: &str| if name.is_empty() { id.to_string() } else { name.to_owned() };
    let page = |id: &FlowId, name: &str, folder: &str| {
        let line = Line::new(format!("page:/flows/{id}"), w.bar_flows, named(id, name)).detail(folder);
        Offer::new(line).also(id.as_str())
    };
    let edit = |id: &FlowId, name: &str, folder: &str| {
        let title = fill(w.bar_edit, &[&named(id, name)]);
        let line = Line::new(format!("page:/flows/{id}/edit"), w.bar_flows, title).detail(folder);
        Offer::new(line).also(id.as_str())
    };
    let is_live = |id: &FlowId| list.flows.iter().any(|flow| flow.id == *id);
    let live = list.flows.iter();
    let pages = live.clone().map(|flow| page(&flow.id, &flow.name, &flow.folder));
    let editors = live.map(|flow| edit(&flow.id, &flow.name, &flow.folder));
    let drafts = list.drafts.iter().filter(|draft| !is_live(&draft.id));
    let drafts = drafts.map(|draft| edit(&draft.id, &draft.name, &draft.folder));
    pages.chain(editors).chain(drafts).collect()
}

/// The orders whose keys begin with what is typed; and whatever key it may be.
pub fn orders(typed: &str, runs: &[RunSummary], w: &Words) -> Vec<Offer> {
    let typed = typed.trim();
    let offer = |key: &str| {
        let title = fill(w.order_named, &[&key]);
        Offer::new(Line::new(format!("order:{key}"), w.bar_orders, title)).also(key)
    };
    if typed.is_empty() {
        return Vec::new();
    }
    let mut keys: Vec<&str> = Vec::new();
    for key in runs.iter().filter_map(|run| run.key.as_deref()) {
        if key.starts_with(typed) && !keys.contains(&key) && keys.len() < ORDERS_MAX {
            keys.push(key);
        }
    }
    let unknown = (!keys.contains(&typed)).then(|| Offer { last: true, ..offer(typed) });
    keys.into_iter().map(offer).chain(unknown).collect()
}

/// The operations that can be put in.
pub fn nodes(specs: &Specs, language: Language, w: &Words) -> Vec<Offer> {
    let offer = |spec: &model::OperationSpec| {
        let system = specs.connectors.get(spec.id.connector());
        let system = system.map(|system| language.of(&system.title).to_owned()).unwrap_or_default();
        let title = language.of(&spec.title);
        let line = Line::new(format!("node:{}", spec.id), w.bar_nodes, title).detail(system);
        Offer::new(line).also(format!("{} {}", spec.title.en, spec.id))
    };
    specs.operations.values().map(offer).collect()
}

/// What can be done with the flow that is open, now.
pub fn actions(door: Door, keys: Keys, w: &Words) -> Vec<Offer> {
    let is_step = |action| {
        use Action::{Next, NextPart, Nudge, Previous, PreviousPart, Scroll, Walk};
        matches!(action, Walk(_) | Scroll(_) | Nudge(..) | Next | Previous | NextPart | PreviousPart)
    };
    let rows = TABLE.iter().filter(|row| row.place != Place::Everywhere && !is_step(row.action));
    let possible = rows.filter(|row| door.can.run(row.action));
    possible
        .map(|row| {
            let line = Line::new(format!("action:{}", row.name), w.bar_actions, row.action.words());
            Offer::new(line.key(keys.first(row.action))).also(row.name.replace('_', " "))
        })
        .collect()
}

pub fn settings(w: &Words, en: &Words) -> Vec<Offer> {
    let language = |tag: &str, name: &str| {
        let line = Line::new(format!("language:{tag}"), w.bar_settings, fill(w.bar_language, &[&name]));
        Offer::new(line).also(fill(en.bar_language, &[&name]))
    };
    let theme = |name: &str, title: &str, also: &str| {
        let line = Line::new(format!("theme:{name}"), w.bar_settings, fill(w.bar_theme, &[&title]));
        Offer::new(line).also(fill(en.bar_theme, &[&also]))
    };
    vec![
        language("en", "English"),
        language("th", "ไทย"),
        theme("light", w.theme_light, en.theme_light),
        theme("dark", w.theme_dark, en.theme_dark),
        theme("", w.theme_system, en.theme_system),
    ]
}

/// What fits, under headings in the order of their best; with nothing typed, what was chosen last comes first.
pub fn arrange(typed: &str, offers: Vec<Offer>, recent: &[String], w: &Words) -> Vec<Line> {
    if typed.trim().is_empty() {
        let again = recent.iter().filter_map(|id| offers.iter().find(|offer| offer.line.id == *id));
        let again = again.map(|offer| Line { group: w.bar_recent.to_owned(), ..offer.line.clone() });
        let again: Vec<Line> = again.take(RECENT_MAX).collect();
        return again.into_iter().chain(offers.into_iter().map(|offer| offer.line)).collect();
    }
    let (last, offers): (Vec<Offer>, Vec<Offer>) = offers.into_iter().partition(|offer| offer.last);
    let fitting = fuzzy::best(typed, offers, Offer::text).into_iter().chain(last);
    let mut groups: Vec<Vec<Line>> = Vec::new();
    for Offer { line, .. } in fitting {
        match groups.iter_mut().find(|group| group[0].group == line.group) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(typed: &str, recent: &[&str]) -> Vec<String> {
        let (w, en) = (Language::Thai.words(), Language::English.words());
        let offers = pages(w, en).into_iter().chain(settings(w, en)).collect();
        let recent: Vec<String> = recent.iter().map(|id| (*id).to_owned()).collect();
        arrange(typed, offers, &recent, w).into_iter().map(|line| line.id).collect()
    }

    #[test]
    fn what_was_chosen_last_comes_first_until_something_is_typed() {
        assert_eq!(ids("", &["theme:dark", "page:/gone", "page:/runs"])[..2], ["theme:dark", "page:/runs"]);
        assert_eq!(ids("settings", &["theme:dark"])[0], "page:/settings");
    }

    #[test]
    fn pages_are_found_by_their_names_in_either_language() {
        assert_eq!(ids("connections", &[])[0], "page:/connections");
        assert_eq!(ids("การเชื่อมต่อ", &[])[0], "page:/connections");
    }

    #[test]
    fn any_key_may_be_an_order() {
        let offered = orders(" SO-1042 ", &[], Language::English.words());
        assert_eq!(offered[0].line.id, "order:SO-1042");
        assert!(orders(" ", &[], Language::English.words()).is_empty());
    }
}
