//! What a newer document changes, compared with what is there: plain values.

use api::{ConnectorPreview, ConnectorUse};
use model::{Field, OperationId, OperationSpec, Specs};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub added: BTreeSet<OperationId>,
    pub gone: BTreeSet<OperationId>,
    pub changed: BTreeMap<OperationId, Change>,
    /// What flows notice, those that could not go on first.
    pub flows: Vec<Noticed>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Fields that have to be filled in and were not there, or not needed.
    pub asks: Vec<String>,
    /// Fields that are there no more.
    pub drops: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Noticed {
    pub flow: String,
    pub operation: OperationId,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Breaks,
    Asks(Vec<String>),
    Drops(Vec<String>),
    Touched,
}

impl Changes {
    /// `chosen` are the operations that are to be taken, by the part of their ids behind the slash.
    pub fn of(specs: &Specs, preview: &ConnectorPreview, chosen: &BTreeSet<String>) -> Self {
        let before: BTreeMap<&OperationId, &OperationSpec> =
            specs.operations.iter().filter(|(id, _)| id.connector() == preview.spec.id).collect();
        let taken = preview.operations.iter().filter(|spec| chosen.contains(spec.id.operation()));
        let after: BTreeMap<&OperationId, &OperationSpec> = taken.map(|spec| (&spec.id, spec)).collect();
        let mut changes = Self {
            added: after.keys().filter(|id| !before.contains_key(*id)).map(|id| (*id).clone()).collect(),
            gone: before.keys().filter(|id| !after.contains_key(*id)).map(|id| (*id).clone()).collect(),
            ..Self::default()
        };
        for (id, old) in &before {
            if let Some(new) = after.get(id).filter(|new| new != &old) {
                changes.changed.insert((*id).clone(), change(old, new));
            }
        }
        changes.flows = preview.flows.iter().flat_map(|used| changes.noticed(used)).collect();
        changes.flows.sort_by_key(|noticed| noticed.what != What::Breaks);
        changes
    }

    /// The server refuses a document that lacks what flows use.
    pub fn is_refused(&self) -> bool {
        self.flows.iter().any(|noticed| noticed.what == What::Breaks)
    }

    fn noticed(&self, used: &ConnectorUse) -> Vec<Noticed> {
        let noticed = |id: &OperationId| {
            let named = |what: What| Noticed { flow: used.name.clone(), operation: id.clone(), what };
            if self.gone.contains(id) {
                return vec![named(What::Breaks)];
            }
            let Some(Change { asks, drops }) = self.changed.get(id).cloned() else { return Vec::new() };
            let mut all = Vec::new();
            if !asks.is_empty() {
                all.push(named(What::Asks(asks)));
            }
            if !drops.is_empty() {
                all.push(named(What::Drops(drops)));
            }
            if all.is_empty() {
                all.push(named(What::Touched));
            }
            all
        };
        used.operations.iter().flat_map(noticed).collect()
    }
}

fn change(old: &OperationSpec, new: &OperationSpec) -> Change {
    let is_asked = |field: &&Field| field.required && field.default.is_null();
    let was_asked = |name: &str| old.find_field(name).is_some_and(|field| is_asked(&field));
    let asks = new.fields.iter().filter(is_asked).filter(|field| !was_asked(&field.name));
    let drops = old.fields.iter().filter(|field| new.find_field(&field.name).is_none());
    Change {
        asks: asks.map(|field| field.name.clone()).collect(),
        drops: drops.map(|field| field.name.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ConnectorSpec, FieldKind, Purpose};

    fn operation(id: &str, fields: &[(&str, bool)]) -> OperationSpec {
        let field = |(name, required): &(&str, bool)| {
            let field = Field::new(name, FieldKind::Text, name, name);
            if *required { field.required() } else { field }
        };
        let spec = OperationSpec::action(id, id, id);
        fields.iter().map(field).fold(spec, OperationSpec::field)
    }

    fn preview(operations: Vec<OperationSpec>) -> ConnectorPreview {
        let used = ["tea/get", "tea/list", "tea/make"].map(OperationId::from).to_vec();
        ConnectorPreview {
            spec: ConnectorSpec::new("tea", Purpose::Data, "Tea", "Tea"),
            operations,
            calls: BTreeMap::new(),
            servers: Vec::new(),
            sign_in: Vec::new(),
            notes: Vec::new(),
            flows: vec![ConnectorUse { flow: "daily".into(), name: "Daily".into(), operations: used }],
            connections: Vec::new(),
        }
    }

    #[test]
    fn what_flows_notice_is_told_and_what_stops_them_first() {
        let tea = ConnectorSpec::new("tea", Purpose::Data, "Tea", "Tea");
        let before = vec![
            operation("tea/get", &[("id", true)]),
            operation("tea/list", &[("page", false)]),
            operation("tea/make", &[("name", true)]),
        ];
        let specs = Specs::new(vec![tea], before);
        let after = preview(vec![
            operation("tea/get", &[("id", true)]),
            operation("tea/make", &[("name", true), ("size", true), ("note", false)]),
            operation("tea/sell", &[]),
            operation("tea/burn", &[]),
        ]);
        let chosen = ["get", "make", "sell"].map(str::to_owned).into();
        let changes = Changes::of(&specs, &after, &chosen);
        assert_eq!(changes.added, BTreeSet::from(["tea/sell".into()]));
        assert_eq!(changes.gone, BTreeSet::from(["tea/list".into()]));
        let told: Vec<_> =
            changes.flows.iter().map(|one| (one.operation.as_str(), one.what.clone())).collect();
        assert_eq!(told, [("tea/list", What::Breaks), ("tea/make", What::Asks(vec!["size".into()]))]);
        assert!(changes.is_refused());
    }

    #[test]
    fn a_field_that_goes_is_told_of() {
        let tea = ConnectorSpec::new("tea", Purpose::Data, "Tea", "Tea");
        let specs = Specs::new(vec![tea], vec![operation("tea/list", &[("page", false)])]);
        let changes =
            Changes::of(&specs, &preview(vec![operation("tea/list", &[])]), &["list".into()].into());
        assert_eq!(changes.flows[0].what, What::Drops(vec!["page".into()]));
        assert!(!changes.is_refused());
    }
}
