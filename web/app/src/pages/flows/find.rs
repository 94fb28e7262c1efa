//! Which flows are looked for, and which of them there are: plain values, the same as the page's address.

use crate::client::encode;
use api::{DraftSummary, FlowList, FlowState, FlowSummary};
use model::{FlowId, Specs};
use std::collections::{BTreeMap, BTreeSet};

/// A flow as the list shows it: what runs, what is worked on, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: FlowId,
    pub name: String,
    pub folder: String,
    pub tags: Vec<String>,
    pub operations: Vec<String>,
    pub connections: Vec<String>,
    pub flow: Option<FlowSummary>,
    pub draft: Option<DraftSummary>,
    /// Everything that a search looks in, in small letters.
    text: String,
}

impl Entry {
    fn new(flow: Option<FlowSummary>, draft: Option<DraftSummary>, specs: &Specs) -> Option<Self> {
        let (id, name) = match (&flow, &draft) {
            (Some(flow), _) => (flow.id.clone(), flow.name.clone()),
            (None, Some(draft)) => (draft.id.clone(), draft.name.clone()),
            (None, None) => return None,
        };
        let name = if name.is_empty() { id.to_string() } else { name };
        // Where a flow is found is set for both alike; the live one is what runs.
        let (folder, tags, operations, connections) = match (&flow, &draft) {
            (Some(flow), _) => (&flow.folder, &flow.tags, &flow.operations, &flow.connections),
            (None, Some(draft)) => (&draft.folder, &draft.tags, &draft.operations, &draft.connections),
            (None, None) => return None,
        };
        let mut entry = Self {
            id,
            name,
            folder: folder.clone(),
            tags: tags.clone(),
            operations: operations.clone(),
            connections: connections.clone(),
            flow,
            draft,
            text: String::new(),
        };
        entry.text = entry.searched(specs);
        Some(entry)
    }

    fn searched(&self, specs: &Specs) -> String {
        let titles = self.operations.iter().flat_map(|operation| {
            let spec = specs.operation(&operation.as_str().into());
            spec.map(|spec| format!("{} {}", spec.title.en, spec.title.th))
        });
        let own = [self.name.clone(), self.id.to_string(), self.folder.clone()];
        let lists = [&self.tags, &self.operations, &self.connections].into_iter().flatten().cloned();
        own.into_iter().chain(lists).chain(titles).collect::<Vec<_>>().join("\n").to_lowercase()
    }

    /// Every word is in it somewhere. `uses:odoo` asks for what it touches, `tag:` for its tags.
    fn holds(&self, words: &str) -> bool {
        words.to_lowercase().split_whitespace().all(|word| match word.split_once(':') {
            Some(("uses", what)) => self.uses(what),
            Some(("tag", tag)) => self.tags.iter().any(|own| own.to_lowercase().contains(tag)),
            _ => self.text.contains(word),
        })
    }

    fn uses(&self, what: &str) -> bool {
        let touched = self.operations.iter().chain(&self.connections);
        touched.into_iter().any(|one| one.to_lowercase().contains(what))
    }

    pub fn errors(&self) -> u64 {
        self.flow.as_ref().map_or(0, |flow| flow.errors)
    }

    fn is(&self, standing: Standing) -> bool {
        let state = self.flow.as_ref().map(|flow| flow.state);
        match standing {
            Standing::Live => state == Some(FlowState::Live),
            Standing::Paused => state == Some(FlowState::Paused),
            Standing::Held => state == Some(FlowState::Held),
            Standing::Failing => self.errors() > 0,
            Standing::Draft => self.flow.is_none(),
            Standing::Shadow => self.flow.as_ref().is_some_and(|flow| flow.shadow),
        }
    }

    fn changed_at(&self) -> i64 {
        let flow = self.flow.as_ref().map_or(0, |flow| flow.updated_at);
        flow.max(self.draft.as_ref().map_or(0, |draft| draft.saved_at))
    }

    fn ran_at(&self) -> i64 {
        self.flow.as_ref().and_then(|flow| flow.totals.last_run_at).unwrap_or(0)
    }
}

/// All flows and drafts, one entry for each id.
pub fn entries(list: &FlowList, specs: &Specs) -> Vec<Entry> {
    let mut drafts: BTreeMap<&FlowId, &DraftSummary> =
        list.drafts.iter().map(|draft| (&draft.id, draft)).collect();
    let flows = list.flows.iter().map(|flow| (Some(flow.clone()), drafts.remove(&flow.id).cloned()));
    let flows: Vec<_> = flows.collect();
    let unborn = drafts.into_values().map(|draft| (None, Some(draft.clone())));
    flows.into_iter().chain(unborn).filter_map(|(flow, draft)| Entry::new(flow, draft, specs)).collect()
}

macro_rules! word {
    ($name:ident { $($(#[$attr:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$attr])* $variant),* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            pub fn of(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}

word! { Standing {
    Live = "live",
    Paused = "paused",
    Held = "held",
    /// Runs of it wait for a person.
    Failing = "failing",
    /// It was never published.
    Draft = "draft",
    Shadow = "shadow",
} }

word! { Order {
    Name = "name",
    Ran = "ran",
    Changed = "changed",
    Errors = "errors",
} }

/// What the list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub text: String,
    pub standing: Option<Standing>,
    pub tag: String,
    pub folder: String,
    pub order: Option<Order>,
}

impl Query {
    /// From an address; what it does not know there is left out.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).unwrap_or_default();
        Self {
            text: text("q"),
            standing: Standing::of(&text("state")),
            tag: text("tag"),
            folder: text("folder"),
            order: Order::of(&text("sort")),
        }
    }

    pub fn address(&self) -> String {
        let standing = self.standing.map(Standing::as_str).unwrap_or_default();
        let order = self.order.map(Order::as_str).unwrap_or_default();
        let parts = [
            ("q", self.text.trim()),
            ("state", standing),
            ("tag", self.tag.as_str()),
            ("folder", self.folder.as_str()),
            ("sort", order),
        ];
        let set = parts.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<_> = set.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if query.is_empty() { "/flows".to_owned() } else { format!("/flows?{}", query.join("&")) }
    }

    /// What is looked for, sorted.
    pub fn find<'e>(&self, entries: &'e [Entry]) -> Vec<&'e Entry> {
        let mut found: Vec<_> = entries
            .iter()
            .filter(|entry| is_within(&entry.folder, &self.folder))
            .filter(|entry| self.tag.is_empty() || entry.tags.contains(&self.tag))
            .filter(|entry| self.standing.is_none_or(|standing| entry.is(standing)))
            .filter(|entry| entry.holds(&self.text))
            .collect();
        match self.order.unwrap_or(Order::Name) {
            Order::Name => found.sort_by_cached_key(|entry| entry.name.to_lowercase()),
            Order::Ran => found.sort_by_key(|entry| std::cmp::Reverse(entry.ran_at())),
            Order::Changed => found.sort_by_key(|entry| std::cmp::Reverse(entry.changed_at())),
            Order::Errors => found.sort_by_key(|entry| std::cmp::Reverse(entry.errors())),
        }
        found
    }
}

/// The same folder, or one inside it.
fn is_within(folder: &str, outer: &str) -> bool {
    let rest = folder.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The folders directly inside one, with how many flows are in each and below it.
pub fn folders_in(entries: &[Entry], outer: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for entry in entries.iter().filter(|entry| is_within(&entry.folder, outer)) {
        let below = entry.folder[outer.len()..].trim_start_matches('/');
        if let Some(name) = below.split('/').next().filter(|name| !name.is_empty()) {
            *found.entry(name.to_owned()).or_default() += 1;
        }
    }
    found
}

/// Every folder there is, those that only hold folders included.
pub fn all_folders(entries: &[Entry]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in entries.iter().filter(|entry| !entry.folder.is_empty()) {
        let ends = entry.folder.match_indices('/').map(|(at, _)| at).chain([entry.folder.len()]);
        all.extend(ends.map(|end| entry.folder[..end].to_owned()));
    }
    all
}

/// Every tag, with how many flows have it, the most used first.
pub fn all_tags(entries: &[Entry]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in entries.iter().flat_map(|entry| &entry.tags) {
        *counts.entry(tag.as_str()).or_default() += 1;
    }
    let mut all: Vec<_> = counts.into_iter().map(|(tag, count)| (tag.to_owned(), count)).collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

/// How many flows stand so, for the filter's words.
pub fn standing_count(entries: &[Entry], standing: Standing) -> usize {
    entries.iter().filter(|entry| entry.is(standing)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flow(id: &str, name: &str, more: serde_json::Value) -> serde_json::Value {
        let mut flow = json!({
            "id": id, "name": name, "state": "live", "version": 1, "updated_at": 1,
            "totals": {"done": 0, "failed": 0, "cancelled": 0, "open": 0, "last_run_at": null, "last_state": null},
            "operations": ["core/webhook"],
        });
        for (name, value) in more.as_object().expect("fields") {
            flow[name] = value.clone();
        }
        flow
    }

    fn shop() -> Vec<Entry> {
        let list = json!({
            "flows": [
                flow("order-to-erp", "ออร์เดอร์ใหม่ → ERP", json!({
                    "operations": ["shopify/order_paid", "odoo/create_sales_order"], "connections": ["shop", "erp"],
                    "folder": "Shop/Orders", "tags": ["เร่งด่วน", "erp"], "errors": 2,
                })),
                flow("stock", "Stock levels", json!({"folder": "Shop", "tags": ["erp"], "state": "paused", "updated_at": 9})),
                flow("shopping", "Shopping list", json!({"folder": "Shopping", "shadow": true})),
            ],
            "drafts": [
                {"id": "stock", "name": "Stock", "based_on": 1, "revision": 3, "saved_at": 10, "saved_by": "a"},
                {"id": "idea", "name": "An idea", "based_on": 0, "revision": 1, "saved_at": 5, "saved_by": "a"},
            ],
        });
        let list: FlowList = serde_json::from_value(list).expect("a list");
        entries(&list, &Specs::new(Vec::new(), Vec::new()))
    }

    fn find(address: &str) -> Vec<String> {
        let query = Query::read(|name| {
            let pairs = address.split('&').filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        });
        query.find(&shop()).into_iter().map(|entry| entry.id.to_string()).collect()
    }

    #[test]
    fn a_search_looks_at_names_ids_tags_operations_and_connections() {
        assert_eq!(find("q=ออร์เดอร์"), ["order-to-erp"]);
        assert_eq!(find("q=STOCK"), ["stock"]);
        assert_eq!(find("q=sales_order"), ["order-to-erp"]);
        assert_eq!(find("q=erp shop").len(), 2, "each word somewhere");
        assert_eq!(find("q=uses:odoo"), ["order-to-erp"]);
        assert_eq!(find("q=uses:stock"), Vec::<String>::new(), "its name is nothing that it uses");
        assert_eq!(find("q=tag:เร่ง"), ["order-to-erp"]);
    }

    #[test]
    fn a_draft_of_a_flow_is_no_second_entry_and_a_new_one_is_one() {
        assert_eq!(find("").len(), 4);
        assert_eq!(find("state=draft"), ["idea"]);
    }

    #[test]
    fn the_list_is_narrowed_by_state_tag_and_folder() {
        assert_eq!(find("state=paused"), ["stock"]);
        assert_eq!(find("state=failing"), ["order-to-erp"]);
        assert_eq!(find("state=shadow"), ["shopping"]);
        assert_eq!(find("tag=erp&state=live"), ["order-to-erp"]);
        assert_eq!(
            find("folder=Shop&sort=changed"),
            ["stock", "order-to-erp"],
            "and what lies deeper, not Shopping"
        );
        assert_eq!(find("sort=errors")[0], "order-to-erp");
    }

    #[test]
    fn folders_are_counted_with_what_lies_below() {
        assert_eq!(folders_in(&shop(), ""), BTreeMap::from([("Shop".into(), 2), ("Shopping".into(), 1)]));
        assert_eq!(folders_in(&shop(), "Shop"), BTreeMap::from([("Orders".into(), 1)]));
        assert_eq!(all_folders(&shop()).into_iter().collect::<Vec<_>>(), ["Shop", "Shop/Orders", "Shopping"]);
        assert_eq!(all_tags(&shop())[0], ("erp".into(), 2));
    }

    #[test]
    fn the_address_says_what_is_looked_for_and_is_read_back() {
        let query = Query {
            text: "a b".into(),
            standing: Some(Standing::Held),
            tag: "ก".into(),
            folder: "Shop/Orders".into(),
            order: Some(Order::Ran),
        };
        assert_eq!(query.address(), "/flows?q=a%20b&state=held&tag=%E0%B8%81&folder=Shop%2FOrders&sort=ran");
        assert_eq!(Query::default().address(), "/flows");
        assert_eq!(Query::read(|_| Some("nonsense".into())).standing, None);
    }
}
