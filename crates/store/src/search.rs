//! How lists are looked for. Of runs: which walks it takes and what each picks out. Of the inbox: what its filters mean.
//! How a store asks is its own.

use crate::{GroupFilter, InboxFilter, KeyFilter, RECORDS_MAX, RunFilter, RunId, RunSummaryRow, Status, ids};

/// Most runs one list gives.
pub(crate) const LIST_MAX: usize = 1_000;
/// How many runs are looked through for a text, and how many keys with one start are considered.
pub const SEARCH_MAX: i64 = 20_000;
/// Of a text that is looked for, so much counts.
pub(crate) const TEXT_CHARS_MAX: usize = 200;

/// Which runs one walk goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    Open,
    Ended(Option<Status>),
}

/// What it picks out of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Newest,
    /// Those of the newest whose key or error holds the text.
    Holding,
    /// Those whose key starts with the text.
    Starting,
    One(RunId),
}

/// A filter, made ready.
pub struct Search<'a> {
    pub filter: &'a RunFilter,
    pub before: RunId,
    /// The oldest that is meant.
    pub oldest: RunId,
    pub limit: usize,
    text: Option<String>,
}

impl<'a> Search<'a> {
    pub fn new(filter: &'a RunFilter) -> Self {
        let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        // No text of a store holds a NUL, and a database takes none in a question.
        let plain = |text: &str| text.chars().filter(|c| *c != '\0').take(TEXT_CHARS_MAX).collect();
        Self {
            filter,
            before: filter.before.unwrap_or(RunId::MAX).min(filter.until.map_or(RunId::MAX, ids::first_at)),
            oldest: filter.since.map_or(RunId::MIN, ids::first_at),
            limit: filter.limit.min(LIST_MAX),
            text: text.map(plain),
        }
    }

    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Whether runs are meant by how their key starts.
    pub fn starts(&self) -> bool {
        matches!(self.filter.key, Some(KeyFilter::Starts(_)))
    }

    pub fn runs(&self) -> Vec<Runs> {
        let RunFilter { flow, statuses, open, .. } = self.filter;
        let all = statuses.is_empty() && !open;
        // The table itself is in order of id; with a flow or a status given, an index has one order per status.
        let ended: Vec<Option<Status>> = match (all, flow) {
            (true, None) => vec![None],
            (true, Some(_)) => Status::ALL.map(Some).into(),
            (false, _) => statuses.iter().copied().map(Some).collect(),
        };
        let open = (*open || all).then_some(Runs::Open);
        open.into_iter().chain(ended.into_iter().map(Runs::Ended)).collect()
    }

    pub fn picks(&self) -> Vec<Pick> {
        let Some(text) = &self.text else { return vec![Pick::Newest] };
        let one = text.parse().ok().map(Pick::One);
        [Pick::Holding, Pick::Starting].into_iter().chain(one).collect()
    }

    /// One run may be found in several ways, and in two places while it moves: the first is the truth.
    pub fn newest(&self, mut found: Vec<RunSummaryRow>) -> Vec<RunSummaryRow> {
        found.sort_by_key(|run| std::cmp::Reverse(run.id));
        found.dedup_by_key(|run| run.id);
        found.truncate(self.limit);
        found
    }
}

impl InboxFilter {
    /// What SQL is asked of a record but for its text: each a column with a comparison, and what is bound behind it.
    pub fn comparisons(&self) -> impl Iterator<Item = (&'static str, i64)> {
        let state = self.state.map(|state| i64::from(state as i16));
        let all = [
            ("run < ", self.before),
            ("run > ", self.after),
            ("flow = ", self.flow),
            ("fingerprint = ", self.fingerprint),
            ("state = ", state),
            ("at >= ", self.since),
            ("at < ", self.until),
        ];
        all.into_iter().filter_map(|(comparison, bound)| Some((comparison, bound?)))
    }

    /// What is looked for, where that is anything.
    pub fn wanted(&self) -> Option<&str> {
        self.text.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// How SQL is to order the records.
    pub fn order(&self) -> &'static str {
        if self.after.is_some() { "run ASC" } else { "run DESC" }
    }

    /// How many records are given, as SQL wants it.
    pub fn most(&self) -> i64 {
        self.limit.min(RECORDS_MAX) as i64
    }
}

impl GroupFilter {
    /// How many groups are given, as SQL wants it.
    pub fn most(&self) -> i64 {
        self.limit.min(RECORDS_MAX) as i64
    }
}

/// A pattern of SQL for what holds this text, with `\` before what would mean something else.
pub fn contains(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}

/// The first text that does not start with this one any more, in order of bytes.
pub fn after_all_starting(text: &str) -> String {
    format!("{text}\u{10ffff}")
}
