//! What the palette lists: plain values.

use crate::fuzzy;
use crate::words::language;
use canvas::draft::Inserted;
use model::{Family, Inputs, OperationId, OperationSpec, Specs};

use super::super::desk::Wanted;

/// In the order in which people build a flow.
const FAMILIES: [Family; 4] = [Family::Trigger, Family::Transform, Family::Control, Family::Action];
/// Khlong's own operations, which stand by themselves.
const OWN: &str = "core";

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub operation: OperationId,
    pub family: Family,
    pub title: String,
    pub system: Option<String>,
    pub about: String,
    /// The title in both languages.
    known: String,
}

impl Entry {
    fn new(spec: &OperationSpec, specs: &Specs) -> Self {
        let connector = spec.id.connector();
        let system = (connector != OWN).then(|| specs.connectors.get(connector)).flatten();
        Entry {
            operation: spec.id.clone(),
            family: spec.family,
            title: language().of(&spec.title).to_owned(),
            system: system.map(|system| language().of(&system.title).to_owned()),
            about: language().of(&spec.about).to_owned(),
            known: format!("{} {}", spec.title.en, spec.title.th),
        }
    }

    fn text(&self) -> (String, String) {
        let system = self.system.as_deref().unwrap_or_default();
        (self.title.clone(), format!("{system} {} {}", self.known, self.operation))
    }
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    One(Entry),
    /// What one system can do, to be opened.
    System {
        name: String,
        family: Family,
        entries: Vec<Entry>,
    },
}

impl Item {
    /// What its list is kept open by.
    pub fn key(name: &str, family: Family) -> String {
        format!("{family:?}/{name}")
    }
}

/// What can be put where it is wanted. Nothing leads into a trigger.
pub fn fitting(specs: &Specs, wanted: Option<&Wanted>, has_input: bool) -> Vec<Entry> {
    let behind = match wanted {
        Some(Wanted::Put(place)) => !matches!(place, Inserted::Alone(_) | Inserted::Before(..)),
        Some(Wanted::Replace(_)) => has_input,
        None => false,
    };
    let fitting = specs.operations.values().filter(|spec| !(behind && spec.inputs == Inputs::None));
    let mut entries: Vec<Entry> = fitting.map(|spec| Entry::new(spec, specs)).collect();
    entries.sort_by(|a, b| a.title.cmp(&b.title));
    entries
}

/// The list: with nothing searched for, systems that can do several things are one line each.
pub fn listed(searched: &str, entries: Vec<Entry>) -> Vec<(Family, Vec<Item>)> {
    let found = fuzzy::best(searched, entries, Entry::text);
    let is_search = !searched.trim().is_empty();
    let family = |family: Family| {
        let mine = found.iter().filter(|entry| entry.family == family).cloned();
        let items: Vec<Item> =
            if is_search { mine.map(Item::One).collect() } else { by_system(mine, family) };
        (family, items)
    };
    let mut families: Vec<_> =
        FAMILIES.map(family).into_iter().filter(|(_, items)| !items.is_empty()).collect();
    // What fits best stands first, wherever it belongs.
    if is_search && let Some(best) = found.first() {
        families.sort_by_key(|(family, _)| *family != best.family);
    }
    families
}

fn by_system(entries: impl Iterator<Item = Entry>, family: Family) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for entry in entries {
        let Some(system) = entry.system.clone() else {
            items.push(Item::One(entry));
            continue;
        };
        let same = items.iter_mut().find_map(|item| match item {
            Item::System { name, entries, .. } if *name == system => Some(entries),
            _ => None,
        });
        match same {
            Some(entries) => entries.push(entry),
            None => items.push(Item::System { name: system, family, entries: vec![entry] }),
        }
    }
    // A list of one thing is that thing.
    let plain = |item: Item| match item {
        Item::System { mut entries, .. } if entries.len() == 1 => Item::One(entries.remove(0)),
        item => item,
    };
    items.into_iter().map(plain).collect()
}

/// The first thing that Enter in the search means.
pub fn first(listed: &[(Family, Vec<Item>)]) -> Option<OperationId> {
    listed.iter().flat_map(|(_, items)| items).find_map(|item| match item {
        Item::One(entry) => Some(entry.operation.clone()),
        Item::System { .. } => None,
    })
}

/// What was put in lately and may be put in here.
pub fn recent(entries: &[Entry], ids: &[String]) -> Vec<Entry> {
    let known = |id: &String| entries.iter().find(|entry| entry.operation.as_str() == id).cloned();
    ids.iter().filter_map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(operation: &str, title: &str, system: Option<&str>, family: Family) -> Entry {
        Entry {
            operation: operation.into(),
            family,
            title: title.into(),
            system: system.map(str::to_owned),
            about: String::new(),
            known: title.into(),
        }
    }

    fn all() -> Vec<Entry> {
        vec![
            entry("core/script", "Script", None, Family::Transform),
            entry("odoo/create", "Create sales order", Some("Odoo"), Family::Action),
            entry("odoo/stock", "Read stock", Some("Odoo"), Family::Action),
            entry("http/request", "Send a request", Some("HTTP"), Family::Action),
        ]
    }

    fn shown(searched: &str) -> Vec<String> {
        let line = |item: Item| match item {
            Item::One(entry) => entry.title,
            Item::System { name, entries, .. } => format!("{name} ({})", entries.len()),
        };
        listed(searched, all()).into_iter().flat_map(|(_, items)| items).map(line).collect()
    }

    #[test]
    fn a_system_that_can_do_several_things_is_one_line() {
        assert_eq!(shown(""), ["Script", "Odoo (2)", "Send a request"]);
    }

    #[test]
    fn what_is_searched_for_stands_by_itself_and_the_best_comes_first() {
        assert_eq!(shown("stock"), ["Read stock"]);
        assert_eq!(shown("odoo"), ["Create sales order", "Read stock"]);
        assert_eq!(first(&listed("s", all())).as_ref().map(OperationId::as_str), Some("core/script"));
    }

    #[test]
    fn what_was_used_lately_and_does_not_fit_here_is_left_out() {
        let titles: Vec<String> = recent(&all(), &["odoo/stock".into(), "core/webhook".into()])
            .into_iter()
            .map(|entry| entry.title)
            .collect();
        assert_eq!(titles, ["Read stock"]);
    }
}
