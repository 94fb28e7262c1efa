//! Cross-references.

use super::MemoryStore;
use crate::xrefs::{KINDS_MAX, check_count, in_order};
use crate::{Error, XrefFilter, XrefPlace, XrefRow, Xrefs};
use async_trait::async_trait;
use model::xref::{Found, Key, Way};
use std::collections::BTreeSet;

fn holds(filter: &XrefFilter, row: &XrefRow) -> bool {
    let is = |wanted: &Option<String>, held: &str| wanted.as_deref().is_none_or(|wanted| wanted == held);
    let text = filter.wanted().map(str::to_ascii_lowercase);
    let has = |held: &str| text.as_ref().is_none_or(|text| held.to_ascii_lowercase().contains(text));
    is(&filter.entity, &row.entity)
        && is(&filter.system, &row.system)
        && (has(&row.external) || has(&row.own))
        && filter.after.as_ref().is_none_or(|after| row.place() > *after)
}

#[async_trait]
impl Xrefs for MemoryStore {
    async fn find_xrefs(&self, keys: &[Key]) -> Result<Vec<Found>, Error> {
        check_count(keys.len())?;
        let state = self.state();
        let find = |key: &Key| {
            let of = state.xrefs.values().filter(|row| row.entity == key.entity && row.system == key.system);
            let mut others = of.filter_map(|row| match key.way {
                Way::ToOwn => (row.external == key.id).then_some(&row.own),
                Way::ToSystem => (row.own == key.id).then_some(&row.external),
            });
            match (others.next(), others.count() as u64) {
                (None, _) => Found::Nothing,
                (Some(only), 0) => Found::One(only.clone()),
                (Some(_), more) => Found::Several(more + 1),
            }
        };
        Ok(keys.iter().map(find).collect())
    }

    async fn put_xrefs(&self, rows: Vec<XrefRow>) -> Result<(), Error> {
        check_count(rows.len())?;
        self.state().xrefs.extend(in_order(rows));
        Ok(())
    }

    async fn remove_xref(&self, place: &XrefPlace) -> Result<bool, Error> {
        Ok(self.state().xrefs.remove(place).is_some())
    }

    async fn xrefs(&self, filter: &XrefFilter) -> Result<Vec<XrefRow>, Error> {
        let state = self.state();
        let found = state.xrefs.values().filter(|row| holds(filter, row));
        Ok(found.take(filter.most()).cloned().collect())
    }

    async fn xref_kinds(&self) -> Result<Vec<(String, String)>, Error> {
        let state = self.state();
        let kinds: BTreeSet<_> =
            state.xrefs.values().map(|row| (row.entity.clone(), row.system.clone())).collect();
        Ok(kinds.into_iter().take(KINDS_MAX).collect())
    }
}
