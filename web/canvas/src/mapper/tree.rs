//! The rows of a source that are in sight: those that are not folded away, or those that somebody looks for.

use super::SourceRow;
use std::collections::HashSet;

/// What is that deep is folded until somebody opens it.
const OPEN_DEPTH_MAX: usize = 1;

#[derive(Clone, Debug, PartialEq)]
pub struct TreeRow {
    pub row: SourceRow,
    /// Whether it is open, where there is something in it.
    pub open: Option<bool>,
}

/// The rows in sight, and whether there are more than were asked for. `turned` are the paths of those that somebody folded or
/// opened; while something is looked for, everything on the way to it is open.
pub fn in_sight(
    rows: &[SourceRow],
    text: &str,
    turned: &HashSet<String>,
    at_most: usize,
) -> (Vec<TreeRow>, bool) {
    let wanted = found(rows, text);
    let mut seen = Vec::new();
    // Rows deeper than this are in something that is folded.
    let mut folded_at = usize::MAX;
    let mut root = "";
    for (at, row) in rows.iter().enumerate() {
        if row.depth == 0 {
            root = &row.path;
        }
        if row.depth > folded_at {
            continue;
        }
        folded_at = usize::MAX;
        if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&at)) {
            continue;
        }
        let has_more = rows.get(at + 1).is_some_and(|next| next.depth > row.depth);
        let open = wanted.is_some() || opens(row, root) != turned.contains(&row.path);
        if has_more && !open {
            folded_at = row.depth;
        }
        if seen.len() == at_most {
            return (seen, true);
        }
        seen.push(TreeRow { row: row.clone(), open: has_more.then_some(open) });
    }
    (seen, false)
}

fn opens(row: &SourceRow, root: &str) -> bool {
    row.depth <= OPEN_DEPTH_MAX && matches!(root, "input" | "item")
}

/// The places of what has this text in its name or its value, and of all that it is in.
fn found(rows: &[SourceRow], text: &str) -> Option<HashSet<usize>> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return None;
    }
    let has = |of: &str| of.to_lowercase().contains(&text);
    let mut wanted = HashSet::new();
    let mut above: Vec<usize> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        above.truncate(row.depth);
        above.push(at);
        if has(&row.name) || has(&row.shown) || has(&row.path) && row.depth == 0 {
            wanted.extend(&above);
        }
    }
    Some(wanted)
}
