//! Who takes care of failures.

use super::{MemoryStore, State};
use crate::care::{COMMENTS_MAX, Care, Cares, Comment, Snooze, Subject, too_many_comments};
use crate::{Error, ErrorGroup, Ms};
use async_trait::async_trait;

#[derive(Clone, Default)]
pub(super) struct Kept {
    assignee: Option<String>,
    snooze: Option<Snooze>,
    comments: Vec<Comment>,
}

impl State {
    fn care(&mut self, subject: Subject) -> Option<&mut Kept> {
        let there = match subject {
            Subject::Group(fingerprint) => self.failures.contains_key(&fingerprint),
            Subject::Record(run) => self.inbox.contains_key(&run),
        };
        there.then(|| self.cares.entry(subject).or_default())
    }

    /// What is gone takes what was said about it along.
    pub(super) fn forget_cares(&mut self) {
        let Self { cares, failures, inbox, .. } = self;
        cares.retain(|subject, _| match subject {
            Subject::Group(fingerprint) => failures.contains_key(fingerprint),
            Subject::Record(run) => inbox.contains_key(run),
        });
    }

    pub(super) fn assignee(&self, group: &ErrorGroup) -> Option<&str> {
        self.cares.get(&Subject::Group(group.fingerprint))?.assignee.as_deref()
    }

    pub(super) fn is_snoozed(&self, group: &ErrorGroup, now: Ms) -> bool {
        let snooze = self.cares.get(&Subject::Group(group.fingerprint)).and_then(|kept| kept.snooze);
        snooze.is_some_and(|snooze| match snooze.until {
            Some(until) => until > now,
            None => group.last_at <= snooze.at,
        })
    }
}

#[async_trait]
impl Cares for MemoryStore {
    async fn cares(&self, subjects: &[Subject]) -> Result<Vec<Care>, Error> {
        let state = self.state();
        let care = |subject: &Subject| {
            let kept = state.cares.get(subject)?;
            Some(Care {
                subject: *subject,
                assignee: kept.assignee.clone(),
                snooze: kept.snooze,
                comments: kept.comments.len() as u32,
            })
        };
        Ok(subjects.iter().filter_map(care).collect())
    }

    async fn assign(&self, subject: Subject, assignee: Option<&str>) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(kept) = state.care(subject) else { return Ok(false) };
        kept.assignee = assignee.map(str::to_owned);
        Ok(true)
    }

    async fn snooze(&self, subject: Subject, snooze: Option<Snooze>) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(kept) = state.care(subject) else { return Ok(false) };
        kept.snooze = snooze;
        Ok(true)
    }

    async fn comment(&self, subject: Subject, at: Ms, who: &str, body: &str) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(kept) = state.care(subject) else { return Ok(false) };
        if kept.comments.len() >= COMMENTS_MAX {
            return Err(too_many_comments());
        }
        let n = kept.comments.len() as u32 + 1;
        kept.comments.push(Comment { n, at, who: who.to_owned(), body: body.to_owned() });
        Ok(true)
    }

    async fn comments(&self, subject: Subject) -> Result<Vec<Comment>, Error> {
        Ok(self.state().cares.get(&subject).map(|kept| kept.comments.clone()).unwrap_or_default())
    }

    async fn open_errors(&self, now: Ms) -> Result<(u64, u64), Error> {
        let state = self.state();
        let groups = state.groups().filter(|group| group.open > 0 && !state.is_snoozed(group, now));
        Ok(groups.fold((0, 0), |(groups, records), group| (groups + 1, records + group.open)))
    }
}
