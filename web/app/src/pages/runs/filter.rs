//! What the list of runs is narrowed to. The page's address says it, and what is asked of the server follows from it.

use super::when;
use crate::client::encode;
use crate::flow_view::is_open;
use api::{BulkAction, BulkRuns, RunState, RunSummary};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub flow: String,
    /// States, parted by commas.
    pub state: String,
    /// A whole key, or with `*` behind it how keys begin.
    pub key: String,
    pub text: String,
    /// One of the words of `when`.
    pub when: String,
    pub from: String,
    pub to: String,
}

impl Filter {
    pub fn of(get: impl Fn(&str) -> String) -> Self {
        Self {
            flow: get("flow"),
            state: get("state"),
            key: get("key"),
            text: get("text"),
            when: get("when"),
            from: get("from"),
            to: get("to"),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As it stands in the page's address.
    pub fn address(&self) -> String {
        let days =
            if self.when == when::RANGE { [&self.from, &self.to].map(String::as_str) } else { ["", ""] };
        query(&[
            ("flow", &self.flow),
            ("state", &self.state),
            ("key", &self.key),
            ("text", &self.text),
            ("when", &self.when),
            ("from", days[0]),
            ("to", days[1]),
        ])
    }

    /// As the server is asked.
    pub fn question(&self, now: i64) -> String {
        let (since, until) = self.between(now);
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let (whole, start) = self.key();
        query(&[
            ("flow", &self.flow),
            ("state", &self.state),
            ("text", &self.text),
            ("key", whole.unwrap_or_default()),
            ("key_start", start.unwrap_or_default()),
            ("since", &number(since)),
            ("until", &number(until)),
        ])
    }

    fn between(&self, now: i64) -> when::Between {
        when::between(&self.when, &self.from, &self.to, now)
    }

    /// A whole key, or how keys begin.
    fn key(&self) -> (Option<&str>, Option<&str>) {
        let key = self.key.trim();
        match key.strip_suffix('*') {
            Some(start) => (None, Some(start)),
            None => (Some(key).filter(|key| !key.is_empty()), None),
        }
    }

    /// All that the list has, for a job. Retries are of failed runs and cancellations of open ones, whatever else is shown.
    pub fn bulk(&self, action: BulkAction, now: i64) -> BulkRuns {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (whole, start) = self.key();
        let (accepted_since, accepted_until) = self.between(now);
        let state = some(&self.state).filter(|_| action == BulkAction::Cancel);
        let bulk = BulkRuns {
            action,
            flow: some(&self.flow),
            state,
            text: some(self.text.trim()),
            key: whole.map(str::to_owned),
            key_start: start.and_then(some),
            accepted_since,
            accepted_until,
            ..BulkRuns::default()
        };
        let all = bulk == BulkRuns { action, ..BulkRuns::default() };
        BulkRuns { all, ..bulk }
    }

    pub fn has_state(&self, state: &str) -> bool {
        self.state.is_empty() || self.state.split(',').any(|one| one == state)
    }

    /// Whether the list can have runs that this is done with.
    pub fn has_state_for(&self, action: BulkAction) -> bool {
        match action {
            BulkAction::Retry => self.has_state(RunState::Failed.as_str()),
            BulkAction::Cancel => {
                RunState::ALL.iter().any(|state| is_open(*state) && self.has_state(state.as_str()))
            }
        }
    }

    /// Whether a run that changes belongs to the list. A search by text is the server's: what it looks in is not all here.
    pub fn takes(&self, run: &RunSummary, now: i64) -> bool {
        let flow = self.flow.is_empty() || run.flow.as_str() == self.flow;
        let (since, until) = self.between(now);
        let at = run.started_at;
        let in_time = since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until);
        let key = run.key.as_deref().unwrap_or_default();
        let (whole, start) = self.key();
        let keyed =
            whole.is_none_or(|whole| key == whole) && start.is_none_or(|start| key.starts_with(start));
        flow && self.has_state(run.state.as_str()) && in_time && keyed && self.text.is_empty()
    }
}

fn query(parts: &[(&str, &str)]) -> String {
    let set = parts.iter().filter(|(_, value)| !value.is_empty());
    set.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;
    use super::*;
    use crate::pages::address::query_value;

    #[test]
    fn a_filter_is_an_address() {
        let filter = Filter { flow: "a b".into(), text: "#1042".into(), ..Filter::default() };
        assert_eq!(filter.address(), "flow=a%20b&text=%231042");
        let days = Filter { when: "range".into(), from: "2026-11-01".into(), ..Filter::default() };
        assert_eq!(days.address(), "when=range&from=2026-11-01");
        let today = Filter { when: "today".into(), from: "2026-11-01".into(), ..Filter::default() };
        assert_eq!(today.address(), "when=today");
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let filter = Filter { text: "50%25 off".into(), key: "SO/1%2F".into(), ..Filter::default() };
        let address = filter.address();
        assert_eq!(Filter::of(|name| query_value(&address, name).unwrap_or_default()), filter);
    }

    #[test]
    fn a_star_behind_a_key_asks_for_all_that_begin_so() {
        let of = |key: &str| Filter { key: key.into(), ..Filter::default() }.question(0);
        assert_eq!(of("SO-1042"), "key=SO-1042");
        assert_eq!(of("SO-*"), "key_start=SO-");
        assert_eq!(of("*"), "");
    }

    #[test]
    fn a_run_that_comes_is_taken_by_its_key_state_and_time() {
        let mut one = run("1", RunState::Failed, 86_400_000);
        one.key = Some("SO-1042".into());
        let takes = |filter: Filter| filter.takes(&one, 86_400_000);
        assert!(takes(Filter { key: "SO-*".into(), when: "today".into(), ..Filter::default() }));
        assert!(!takes(Filter { key: "SO-1".into(), ..Filter::default() }));
        assert!(!takes(Filter { when: "yesterday".into(), ..Filter::default() }));
        assert!(takes(Filter { state: "queued,failed".into(), ..Filter::default() }));
        assert!(!takes(Filter { state: "queued,running".into(), ..Filter::default() }));
    }

    #[test]
    fn a_job_is_told_the_same_as_the_list_or_outright_that_all_are_meant() {
        let all = Filter::default().bulk(BulkAction::Retry, 0);
        assert!(all.all && all.flow.is_none());
        let failed = Filter { state: "failed".into(), ..Filter::default() };
        assert!(failed.bulk(BulkAction::Retry, 0).all);
        let some = Filter { key: "SO-*".into(), flow: "orders".into(), ..Filter::default() };
        let some = some.bulk(BulkAction::Cancel, 0);
        assert_eq!(
            (some.all, some.flow.as_deref(), some.key_start.as_deref()),
            (false, Some("orders"), Some("SO-"))
        );
    }
}
