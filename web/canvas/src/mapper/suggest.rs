//! Mapping by likeness: a field without a line gets the source whose name says the same.

use super::likeness::{alike, words};
use super::target::{TargetKind, TargetRow, reads, rows};
use super::{Kind, SourceRow, assign, list_of, put};
use model::Field;
use model::mapping::{Each, Mapping, Rule};

/// Names less alike than this are left to people.
const ALIKE_LEAST: f64 = 0.5;
/// What the names around a field count beside its own.
const AROUND: f64 = 0.3;

/// Maps every field that has no line and whose source can be told; says which.
pub fn suggest(mapping: &mut Mapping, sources: &[SourceRow], shape: &[Field]) -> Vec<String> {
    let mut mapped = Vec::new();
    // A list first, so that its fields are looked for among its elements.
    for at in 0..rows(mapping, shape).len() {
        let all = rows(mapping, shape);
        let Some(row) = all.get(at).filter(|row| row.source.is_none() && !row.unread) else { continue };
        let list = list_of(mapping, &row.target);
        if row.target.contains("[].") && list.is_none() {
            continue;
        }
        let taken = |source: &SourceRow| {
            all.iter()
                .filter(|other| other.depth == row.depth)
                .any(|other| reads(other, &source.path, list.as_deref()))
        };
        let target = Named::target(row);
        let best = sources
            .iter()
            .filter(|source| can_be(row, source, list.as_deref()) && !taken(source))
            .map(|source| (target.likeness(&Named::source(source, list.as_deref())), source))
            .filter(|(score, _)| *score >= ALIKE_LEAST)
            .fold(None::<(f64, &SourceRow)>, |best, next| match best {
                // Of equals the first, which is the nearest to the top.
                Some(best) if best.0 >= next.0 => Some(best),
                _ => Some(next),
            });
        if let Some((_, source)) = best
            && assign(mapping, &row.target.clone(), source, shape).is_ok()
        {
            mapped.push(row.target.clone());
        }
    }
    mapped
}

/// Takes lines of a suggestion over, each with the list that it needs.
pub fn accept(mapping: &mut Mapping, suggested: &Mapping, targets: &[String], shape: &[Field]) {
    for target in targets {
        let lists = target.match_indices("[].").map(|(end, _)| &target[..end]);
        for target in lists.chain([target.as_str()]) {
            if mapping.line(target).is_some() {
                continue;
            }
            let rule = match suggested.line(target).map(|line| &line.rule) {
                Some(Rule::Each(each)) => Rule::Each(Each { lines: Vec::new(), ..each.clone() }),
                Some(rule) => rule.clone(),
                None => continue,
            };
            // Its list has just been put in.
            let _ = put(mapping, target, rule, shape);
        }
    }
}

fn can_be(row: &TargetRow, source: &SourceRow, list: Option<&str>) -> bool {
    let kind = match (row.kind, source.kind) {
        (TargetKind::List, kind) => kind == Kind::List,
        (_, kind) => !matches!(kind, Kind::List | Kind::Object),
    };
    // A value of the order fits a line only where the line itself has none: that is for people to see.
    kind && match list {
        Some(list) => {
            source.list.as_deref() == Some(list) || source.list.is_none() && row.kind == TargetKind::Bool
        }
        None => source.list.is_none(),
    }
}

/// The words of a name, and of those around it.
struct Named {
    own: Vec<Vec<String>>,
    around: Vec<String>,
}

impl Named {
    fn target(row: &TargetRow) -> Self {
        let path = row.target.rsplit("[].").next().unwrap_or(&row.target);
        let (around, own) = path.rsplit_once('.').unwrap_or(("", path));
        let title = row.titles.last().map(|title| [words(&title.en), words(&title.th)]).unwrap_or_default();
        let mut all = vec![words(own)];
        all.extend(title.into_iter().filter(|words| !words.is_empty()));
        Self { own: all, around: words(around) }
    }

    fn source(row: &SourceRow, list: Option<&str>) -> Self {
        let path = match (list, &row.list) {
            (Some(list), Some(own)) if list == own => row.path.get(list.len() + 2..).unwrap_or_default(),
            _ => row.path.split_once('.').map_or(row.path.as_str(), |(_, rest)| rest),
        };
        let around = path.rsplit_once('.').map_or("", |(around, _)| around);
        Self { own: vec![words(&row.name)], around: words(around) }
    }

    fn likeness(&self, source: &Self) -> f64 {
        let name = source.own.first().map_or(&[][..], Vec::as_slice);
        let own = self.own.iter().map(|own| alike(own, name)).fold(0.0, f64::max);
        if own < ALIKE_LEAST {
            return 0.0;
        }
        let around = match (self.around.is_empty(), source.around.is_empty()) {
            (true, true) => 1.0,
            // An object's name says less than nothing where the target has none.
            (true, false) | (false, true) => 0.3,
            _ => alike(&self.around, &source.around).max(0.2),
        };
        own * (1.0 - AROUND) + around * AROUND
    }
}
