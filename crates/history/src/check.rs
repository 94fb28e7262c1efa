//! The checks, each over the whole log at once.

use crate::{At, History, Outcome, Violation, What};
use std::collections::{BTreeMap, BTreeSet};

pub fn check(history: &History) -> Vec<Violation> {
    let facts = Facts::of(history);
    let mut found = Vec::new();
    for (name, delivery) in &facts.deliveries {
        delivery.check_ends(name, &mut found);
        delivery.check_effects(name, &mut found);
    }
    for (key, works) in &facts.by_idempotency_key {
        if works.len() > 1 {
            found.push(Violation::KeyTwice { key: (*key).into() });
        }
    }
    facts.lanes().into_iter().for_each(|(key, lane)| check_order(key, lane, &mut found));
    facts.check_ticks(&mut found);
    facts.check_limits(&mut found);
    found
}

/// Places in the log.
type Place = usize;

/// All that the log says, by what it says it of.
#[derive(Default)]
struct Facts<'a> {
    deliveries: BTreeMap<&'a str, Delivery<'a>>,
    by_idempotency_key: BTreeMap<&'a str, BTreeSet<(&'a str, &'a str)>>,
    due: BTreeSet<(&'a str, &'a str)>,
    ticked: BTreeMap<(&'a str, &'a str), usize>,
    calls: BTreeMap<&'a str, Vec<At>>,
    limits: Vec<(&'a str, usize, At)>,
}

#[derive(Default)]
struct Delivery<'a> {
    key: Option<&'a str>,
    effects: &'a [String],
    first_sent: Option<Place>,
    acknowledged: Option<Place>,
    /// How often sent, and how often that was surely not taken.
    sent: usize,
    refused: usize,
    disturbed: bool,
    ends: Vec<End<'a>>,
    /// Where in the log each effect was done.
    works: BTreeMap<&'a str, Vec<Place>>,
}

struct End<'a> {
    run: &'a str,
    outcome: Outcome,
    replaces: Option<&'a str>,
}

impl<'a> Facts<'a> {
    fn of(history: &'a History) -> Self {
        let mut facts = Self::default();
        for (place, entry) in history.0.iter().enumerate() {
            facts.note(place, entry.at, &entry.what);
        }
        facts
    }

    fn note(&mut self, place: Place, at: At, what: &'a What) {
        match what {
            What::Sent { delivery, key, effects } => {
                let of = self.of_delivery(delivery);
                (of.key, of.effects) = (key.as_deref(), effects);
                of.first_sent.get_or_insert(place);
                of.sent += 1;
            }
            What::Acknowledged { delivery } => {
                self.of_delivery(delivery).acknowledged.get_or_insert(place);
            }
            What::Refused { delivery } => self.of_delivery(delivery).refused += 1,
            What::Unclear { delivery } => drop(self.of_delivery(delivery)),
            What::Disturbed { delivery } => self.of_delivery(delivery).disturbed = true,
            What::Ended { delivery, run, outcome, replaces } => {
                let end = End { run, outcome: *outcome, replaces: replaces.as_deref() };
                self.of_delivery(delivery).ends.push(end);
            }
            What::Done { delivery, effect, key } => {
                self.of_delivery(delivery).works.entry(effect).or_default().push(place);
                if let Some(key) = key {
                    self.by_idempotency_key.entry(key).or_default().insert((delivery, effect));
                }
            }
            What::Called { target } => self.calls.entry(target).or_default().push(at),
            What::Due { schedule, time } => drop(self.due.insert((schedule, time))),
            What::Ticked { schedule, time } => *self.ticked.entry((schedule, time)).or_default() += 1,
            What::Limit { target, most, window } => self.limits.push((target, *most, *window)),
        }
    }

    fn of_delivery(&mut self, delivery: &'a str) -> &mut Delivery<'a> {
        self.deliveries.entry(delivery).or_default()
    }

    /// Deliveries by their ordering key.
    fn lanes(&self) -> BTreeMap<&'a str, Vec<(&'a str, &Delivery<'a>)>> {
        let mut lanes: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (name, delivery) in &self.deliveries {
            if let Some(key) = delivery.key {
                lanes.entry(key).or_default().push((*name, delivery));
            }
        }
        lanes
    }

    fn check_ticks(&self, found: &mut Vec<Violation>) {
        for (schedule, time) in &self.due {
            let (schedule, time) = ((*schedule).to_owned(), (*time).to_owned());
            match self.ticked.get(&(schedule.as_str(), time.as_str())) {
                None => found.push(Violation::TickMissing { schedule, time }),
                Some(1) => {}
                Some(&times) => found.push(Violation::TickTwice { schedule, time, times }),
            }
        }
        for (schedule, time) in self.ticked.keys().filter(|tick| !self.due.contains(*tick)) {
            found.push(Violation::TickNotDue { schedule: (*schedule).into(), time: (*time).into() });
        }
    }

    fn check_limits(&self, found: &mut Vec<Violation>) {
        for (target, most, window) in &self.limits {
            let mut calls = self.calls.get(target).cloned().unwrap_or_default();
            calls.sort_unstable();
            let within = |from: &At| calls.iter().filter(|at| (*from..from + window).contains(*at)).count();
            let worst = calls.iter().map(|from| (within(from), *from)).max();
            if let Some((calls, from)) = worst.filter(|(calls, _)| calls > most) {
                found.push(Violation::TooMany { target: (*target).into(), calls, from });
            }
        }
    }
}

impl Delivery<'_> {
    /// Runs whose place no later one has taken.
    fn last_ends(&self) -> Vec<&End<'_>> {
        let replaced: BTreeSet<&str> = self.ends.iter().filter_map(|end| end.replaces).collect();
        self.ends.iter().filter(|end| !replaced.contains(end.run)).collect()
    }

    fn check_ends(&self, name: &str, found: &mut Vec<Violation>) {
        let last = self.last_ends();
        let delivery = name.to_owned();
        match &last[..] {
            [] if self.acknowledged.is_some() => found.push(Violation::Lost { delivery }),
            [end, ..] if self.sent > 0 && self.sent == self.refused => {
                found.push(Violation::RunThoughRefused { delivery, run: end.run.into() });
            }
            [_, _, ..] => {
                let runs = last.iter().map(|end| end.run.to_owned()).collect();
                found.push(Violation::EndedTwice { delivery, runs });
            }
            _ => {}
        }
    }

    fn check_effects(&self, name: &str, found: &mut Vec<Violation>) {
        for (effect, places) in &self.works {
            let (delivery, effect) = (name.to_owned(), (*effect).to_owned());
            if self.sent == 0 {
                found.push(Violation::DoneForNobody { delivery, effect });
            } else if places.len() > 1 {
                found.push(Violation::DoneTwice { delivery, effect, times: places.len() });
            }
        }
        let went_well = self.last_ends().iter().any(|end| end.outcome == Outcome::Done);
        let missing = self.effects.iter().filter(|effect| !self.works.contains_key(effect.as_str()));
        for effect in missing.filter(|_| went_well) {
            found.push(Violation::NotDone { delivery: name.into(), effect: effect.clone() });
        }
    }

    fn first_work(&self) -> Option<Place> {
        self.works.values().flatten().min().copied()
    }

    fn last_work(&self) -> Option<Place> {
        self.works.values().flatten().max().copied()
    }
}

/// Whoever was sent after another one's acknowledgement does nothing before that one's last work.
fn check_order(key: &str, lane: Vec<(&str, &Delivery<'_>)>, found: &mut Vec<Violation>) {
    let in_place = lane.into_iter().filter(|(_, delivery)| !delivery.disturbed);
    let worked: Vec<_> = in_place.filter(|(_, delivery)| delivery.first_work().is_some()).collect();
    let mut earlier: Vec<_> = worked
        .iter()
        .filter_map(|(name, delivery)| Some((delivery.acknowledged?, delivery.last_work()?, *name)))
        .collect();
    earlier.sort_unstable();
    // The latest work of all that were acknowledged up to a place.
    let mut latest = Vec::with_capacity(earlier.len());
    for (_, work, name) in &earlier {
        let before = latest.last().copied().unwrap_or((0, ""));
        latest.push(before.max((*work, *name)));
    }
    for (then, delivery) in &worked {
        let (Some(sent), Some(first_work)) = (delivery.first_sent, delivery.first_work()) else { continue };
        let before = earlier.partition_point(|(acknowledged, ..)| *acknowledged < sent);
        let Some((work, first)) = before.checked_sub(1).map(|last| latest[last]) else { continue };
        if work > first_work {
            let (key, first, then) = (key.into(), first.into(), (*then).into());
            found.push(Violation::OutOfOrder { key, first, then });
        }
    }
}
