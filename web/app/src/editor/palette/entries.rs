//! What the palette lists: plain values.

use super::super::desk::Wanted;
use super::synonyms;
use crate::fuzzy;
use crate::purposes::purpose_name;
use crate::words::{Language, language};
use canvas::draft::Inserted;
use model::{ConnectorSpec, Family, Inputs, OperationId, OperationSpec, Purpose, Specs};
use std::collections::BTreeSet;
use std::sync::Arc;

/// In the order in which people build a flow.
const FAMILIES: [Family; 4] = [Family::Trigger, Family::Transform, Family::Control, Family::Action];
/// What flows are built with whatever systems there are: these stand by themselves.
const BASIC: [&str; 2] = ["core", "http"];
/// Khlong's own operations, which name no system.
const OWN: &str = "core";
/// Found operations that are shown; who wants others types another letter.
pub const FOUND_MAX: usize = 60;
/// Letters by which what is at hand goes before what is not, where both fit alike.
const AT_HAND: usize = 60;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub operation: OperationId,
    pub family: Family,
    pub title: String,
    pub system: Option<String>,
    pub purpose: Purpose,
    pub about: String,
    /// What it is found by beside what is shown: both languages, and other words for the same.
    known: String,
    takes_input: bool,
}

impl Entry {
    fn new(spec: &OperationSpec, specs: &Specs) -> Self {
        let connector = spec.id.connector();
        let system = specs.connectors.get(connector);
        let named = system.filter(|_| connector != OWN);
        Entry {
            operation: spec.id.clone(),
            family: spec.family,
            title: language().of(&spec.title).to_owned(),
            system: named.map(|system| language().of(&system.title).to_owned()),
            purpose: system.map(|system| system.purpose).unwrap_or_default(),
            about: language().of(&spec.about).to_owned(),
            known: known(spec, named),
            takes_input: spec.inputs != Inputs::None,
        }
    }

    fn text(&self) -> (String, String) {
        (self.title.clone(), self.known.clone())
    }

    fn is_basic(&self) -> bool {
        BASIC.contains(&self.operation.connector())
    }
}

fn known(spec: &OperationSpec, system: Option<&ConnectorSpec>) -> String {
    let both = |words: &model::Words| format!("{} {}", words.en, words.th);
    let title = both(&spec.title);
    let system = system.map(|system| {
        let purpose =
            [Language::English, Language::Thai].map(|language| purpose_name(system.purpose, language));
        format!("{} {}", both(&system.title), purpose.join(" "))
    });
    let also = synonyms::also(&format!("{title} {}", spec.id.operation().replace('_', " ")));
    format!("{} {title} {} {also}", system.unwrap_or_default(), spec.id)
}

/// Every operation there is, by title. Made once: searching goes through it at each letter.
pub fn all(specs: &Specs) -> Vec<Arc<Entry>> {
    let mut entries: Vec<Arc<Entry>> =
        specs.operations.values().map(|spec| Arc::new(Entry::new(spec, specs))).collect();
    entries.sort_by(|a, b| (a.family, &a.title).cmp(&(b.family, &b.title)));
    entries
}

/// What can be put where it is wanted. Nothing leads into a trigger.
pub fn fitting(all: &[Arc<Entry>], wanted: Option<&Wanted>, has_input: bool) -> Vec<Arc<Entry>> {
    let behind = match wanted {
        Some(Wanted::Put(place)) => !matches!(place, Inserted::Alone(_) | Inserted::Before(..)),
        Some(Wanted::Replace(_)) => has_input,
        None => false,
    };
    all.iter().filter(|entry| !behind || entry.takes_input).cloned().collect()
}

/// Connectors that are at hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtHand {
    /// This flow has nodes of them.
    pub used: BTreeSet<String>,
    /// There are connections to them.
    pub connected: BTreeSet<String>,
}

impl AtHand {
    fn rank(&self, entry: &Entry) -> usize {
        let connector = entry.operation.connector();
        match () {
            () if entry.is_basic() || self.used.contains(connector) => 0,
            () if self.connected.contains(connector) => 1,
            () => 2,
        }
    }
}

/// What stands above some lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    Used,
    Connected,
    Family(Family),
    /// Folded: its systems are drawn once somebody opens it.
    Purpose(Purpose),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub heading: Heading,
    pub items: Vec<Item>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    One(Arc<Entry>),
    /// What one system can do, to be opened.
    System(System),
}

#[derive(Clone, Debug, PartialEq)]
pub struct System {
    pub name: String,
    pub entries: Vec<Arc<Entry>>,
}

/// What can be done, with nothing searched for: the systems at hand, what flows are built with, and all systems by what they are for.
pub fn shelved(entries: &[Arc<Entry>], hand: &AtHand) -> Vec<Section> {
    let (basic, others): (Vec<_>, Vec<_>) = entries.iter().cloned().partition(|entry| entry.is_basic());
    let at_rank = |rank: usize| others.iter().filter(move |entry| hand.rank(entry) == rank).cloned();
    let mut sections = vec![
        Section { heading: Heading::Used, items: systems(at_rank(0)) },
        Section { heading: Heading::Connected, items: systems(at_rank(1)) },
    ];
    sections.extend(by_family(&basic));
    let purposes: BTreeSet<Purpose> = others.iter().map(|entry| entry.purpose).collect();
    sections.extend(purposes.into_iter().map(|purpose| {
        let of_it = others.iter().filter(|entry| entry.purpose == purpose).cloned();
        Section { heading: Heading::Purpose(purpose), items: systems(of_it) }
    }));
    sections.retain(|section| !section.items.is_empty());
    sections
}

/// What fits best stands first, wherever it belongs, and how many more there are.
pub fn found(searched: &str, entries: &[Arc<Entry>], hand: &AtHand) -> (Vec<Section>, usize) {
    let text = |entry: &Arc<Entry>| entry.text();
    let rank = |entry: &Arc<Entry>| hand.rank(entry) * AT_HAND;
    let mut found = fuzzy::best_of(searched, entries.iter().cloned(), text, rank);
    let more = found.len().saturating_sub(FOUND_MAX);
    found.truncate(FOUND_MAX);
    let mut sections = by_family(&found);
    if let Some(best) = found.first() {
        sections.sort_by_key(|section| section.heading != Heading::Family(best.family));
    }
    (sections, more)
}

fn by_family(entries: &[Arc<Entry>]) -> Vec<Section> {
    let section = |family: Family| {
        let mine = entries.iter().filter(|entry| entry.family == family);
        Section { heading: Heading::Family(family), items: mine.cloned().map(Item::One).collect() }
    };
    FAMILIES.map(section).into_iter().filter(|section| !section.items.is_empty()).collect()
}

/// By name. A list of one thing is that thing.
fn systems(entries: impl Iterator<Item = Arc<Entry>>) -> Vec<Item> {
    let mut systems: Vec<System> = Vec::new();
    for entry in entries {
        let name = entry.system.clone().unwrap_or_default();
        match systems.iter_mut().find(|system| system.name == name) {
            Some(system) => system.entries.push(entry),
            None => systems.push(System { name, entries: vec![entry] }),
        }
    }
    systems.sort_by_key(|system| system.name.to_lowercase());
    let plain = |mut system: System| match system.entries.len() {
        1 => Item::One(system.entries.remove(0)),
        _ => Item::System(system),
    };
    systems.into_iter().map(plain).collect()
}

/// The first thing that Enter in the search means.
pub fn first(sections: &[Section]) -> Option<OperationId> {
    sections.iter().flat_map(|section| &section.items).find_map(|item| match item {
        Item::One(entry) => Some(entry.operation.clone()),
        Item::System(_) => None,
    })
}

/// What was put in lately and may be put in here.
pub fn recent(entries: &[Arc<Entry>], ids: &[String]) -> Vec<Arc<Entry>> {
    let known = |id: &String| entries.iter().find(|entry| entry.operation.as_str() == id).cloned();
    ids.iter().filter_map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Specs {
        let connector = |id: &str, purpose, title: &str| ConnectorSpec::new(id, purpose, title, title);
        let connectors = vec![
            connector("core", Purpose::Flow, "Flow"),
            connector("http", Purpose::Data, "HTTP"),
            connector("odoo", Purpose::BackOffice, "Odoo"),
            connector("shopify", Purpose::Shop, "Shopify"),
            connector("flash", Purpose::Courier, "Flash Express"),
        ];
        let operations = vec![
            OperationSpec::transform("core/script", "Script", "สคริปต์"),
            OperationSpec::action("http/request", "Send a request", "ส่งคำขอ"),
            OperationSpec::action("odoo/create", "Create a sales order", "สร้างคำสั่งขาย"),
            OperationSpec::action("odoo/stock", "Read stock", "อ่านสต็อก"),
            OperationSpec::trigger("shopify/ordered", "Order created", "มีออร์เดอร์ใหม่"),
            OperationSpec::action("shopify/stock", "Set stock", "ตั้งสต็อก"),
            OperationSpec::action("flash/create", "Create a parcel", "สร้างพัสดุ"),
        ];
        Specs::new(connectors, operations)
    }

    fn hand() -> AtHand {
        AtHand { used: BTreeSet::from(["odoo".into()]), connected: BTreeSet::from(["shopify".into()]) }
    }

    fn told(sections: Vec<Section>) -> Vec<String> {
        let line = |item: Item| match item {
            Item::One(entry) => entry.title.clone(),
            Item::System(System { name, entries }) => format!("{name} ({})", entries.len()),
        };
        let section = |section: Section| {
            let items: Vec<String> = section.items.into_iter().map(line).collect();
            format!("{:?}: {}", section.heading, items.join(", "))
        };
        sections.into_iter().map(section).collect()
    }

    fn searched(text: &str) -> Vec<String> {
        let (sections, _) = found(text, &all(&specs()), &hand());
        let items = sections.into_iter().flat_map(|section| section.items);
        items
            .map(|item| told(vec![Section { heading: Heading::Used, items: vec![item] }])[0][6..].to_owned())
            .collect()
    }

    #[test]
    fn systems_at_hand_come_first_and_all_of_them_by_what_they_are_for() {
        assert_eq!(
            told(shelved(&all(&specs()), &hand())),
            [
                "Used: Odoo (2)",
                "Connected: Shopify (2)",
                "Family(Transform): Script",
                "Family(Action): Send a request",
                "Purpose(Shop): Shopify (2)",
                "Purpose(BackOffice): Odoo (2)",
                "Purpose(Courier): Create a parcel",
            ]
        );
    }

    #[test]
    fn what_is_searched_for_stands_by_itself_and_of_equals_what_is_at_hand_comes_first() {
        assert_eq!(searched("stock"), ["Read stock", "Set stock"]);
        assert_eq!(searched("odoo"), ["Create a sales order", "Read stock"]);
        assert_eq!(first(&found("script", &all(&specs()), &hand()).0).unwrap().as_str(), "core/script");
    }

    #[test]
    fn a_thai_word_an_other_word_and_what_a_system_is_for_lead_to_it() {
        assert_eq!(searched("พัสดุ"), ["Create a parcel"]);
        assert_eq!(searched("สินค้าคงเหลือ"), ["Read stock", "Set stock"]);
        assert_eq!(searched("inventory"), ["Read stock", "Set stock"]);
        assert_eq!(searched("ขนส่ง"), ["Create a parcel"]);
    }

    #[test]
    fn where_something_leads_in_there_is_no_trigger() {
        let all = all(&specs());
        let behind = Wanted::Replace("node".into());
        assert!(fitting(&all, Some(&behind), true).iter().all(|entry| entry.family != Family::Trigger));
        assert_eq!(fitting(&all, Some(&behind), false).len(), all.len());
    }

    #[test]
    fn what_was_used_lately_and_does_not_fit_here_is_left_out() {
        let titles: Vec<String> = recent(&all(&specs()), &["odoo/stock".into(), "core/webhook".into()])
            .into_iter()
            .map(|entry| entry.title.clone())
            .collect();
        assert_eq!(titles, ["Read stock"]);
    }

    #[test]
    fn five_hundred_operations_are_found_among_and_few_are_drawn() {
        let mut specs = specs();
        for number in 0..500 {
            let spec =
                OperationSpec::action(&format!("odoo/do_{number}"), &format!("Do thing {number}"), "ทำ");
            specs.operations.insert(spec.id.clone(), spec);
        }
        let (sections, more) = found("thing", &all(&specs), &hand());
        assert_eq!((sections[0].items.len(), more), (FOUND_MAX, 500 - FOUND_MAX));
    }
}
