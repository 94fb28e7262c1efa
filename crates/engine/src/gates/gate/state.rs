//! What a gate does under its lock.

use super::{
    ADMIT_MAX, Answer, Aside, Ask, Blocked, LOOK_AGAIN_MS, Next, PASS_KEPT_MS, PASS_MS, Pass, SIGN_IN_MS,
    State, Through,
};
use crate::gates::breaker::{TRIAL_LEASE_MS, Verdict};
use crate::gates::budget::{Budget, Draw};
use crate::gates::line::Waiter;
use connector::Error;
use model::ConnectionName;
use model::rate::Rate;
use run::doc::{BlockedDoc, BlockedWhy};
use store::{FlowKey, Ms, RunId};

impl State {
    pub(super) fn set_rate(&mut self, rate: Option<Rate>) {
        match (&mut self.budget, rate) {
            (Some(budget), Some(rate)) if budget.rate() != rate => budget.set_rate(rate),
            (Some(_), Some(_)) | (None, None) => {}
            (Some(_), None) => self.budget = None,
            (None, Some(rate)) => self.budget = Some(Budget::new(rate, self.shared, self.spent_until)),
        }
    }

    pub(super) fn enter(
        &mut self,
        name: &ConnectionName,
        flow: FlowKey,
        waiter: Waiter,
        now: Ms,
    ) -> Result<bool, Blocked> {
        match self.passes.remove(&waiter) {
            Some(pass) if now <= pass.good_until => return Ok(pass.trial),
            Some(_) => self.line.push_first(flow, waiter.clone()),
            None => {}
        }
        if self.line.is_empty() && matches!(self.through(now), Through::Yes) {
            return Ok(self.trial_begins());
        }
        let forgotten = !self.line.push(flow, waiter);
        Err(Blocked { doc: self.blocked(name, now), forgotten })
    }

    pub(super) fn enter_aside(&mut self, name: &ConnectionName, now: Ms) -> Result<bool, Aside> {
        if !self.line.is_empty() {
            return Err(Aside::Held(self.blocked(name, now)));
        }
        match self.through(now) {
            Through::Yes => Ok(self.trial_begins()),
            Through::Ask(ask) => {
                self.asked_aside = Some(ask);
                Err(Aside::Asked)
            }
            Through::At(_) => Err(Aside::Held(self.blocked(name, now))),
        }
    }

    fn blocked(&self, name: &ConnectionName, now: Ms) -> BlockedDoc {
        let (why, until) = match (&self.breaker.open, &self.budget) {
            _ if self.signed_out => (BlockedWhy::SignIn, now.saturating_add(SIGN_IN_MS)),
            (Some(open), _) => (BlockedWhy::Breaker, open.next_trial_at),
            (None, _) if self.held_until > now => (BlockedWhy::Asked, self.held_until),
            (None, Some(budget)) => (BlockedWhy::Rate, budget.estimate(now, self.line.len())),
            (None, None) => (BlockedWhy::Rate, now),
        };
        BlockedDoc { connection: name.clone(), why, until }
    }

    /// Whether the next one may call now; takes what that takes.
    fn through(&mut self, now: Ms) -> Through {
        if self.signed_out {
            return Through::At(now.saturating_add(SIGN_IN_MS));
        }
        if self.held_until > now {
            return Through::At(self.held_until);
        }
        self.held_until = 0;
        if let Some(open) = &self.breaker.open {
            return match () {
                () if self.trial => Through::Yes,
                () if open.next_trial_at > now => Through::At(open.next_trial_at),
                () => Through::Ask(Ask::Trial { until: now.saturating_add(TRIAL_LEASE_MS) }),
            };
        }
        let wanted = self.line.len();
        match self.budget.as_mut().map(|budget| budget.draw(now, wanted)) {
            None | Some(Draw::Through) => Through::Yes,
            Some(Draw::Keep(until)) => Through::Ask(Ask::Keep(until)),
            Some(Draw::Take(rate, calls)) => Through::Ask(Ask::Take(rate, calls)),
            Some(Draw::Later(at)) => Through::At(at.div_euclid(1_000) + 1),
        }
    }

    /// Whoever goes through now makes the trial, where there is one to be made.
    fn trial_begins(&mut self) -> bool {
        std::mem::take(&mut self.trial) && self.breaker.open.is_some()
    }

    pub(super) fn next(&mut self, now: Ms) -> Next {
        let write = self.hold_to_write.map(Ask::Hold).or_else(|| self.turn_to_write.clone().map(Ask::Turn));
        let mut next = Next { ask: write, ..Next::default() };
        self.passes.retain(|_, pass| now <= pass.good_until.saturating_add(PASS_KEPT_MS));
        let asked_aside = self.asked_aside.take();
        if self.line.is_empty() && next.ask.is_none() {
            next.ask = asked_aside;
        }
        while next.ask.is_none() && !self.line.is_empty() && next.admitted.len() < ADMIT_MAX {
            match self.through(now) {
                Through::Yes => next.admitted.extend(self.admit(now)),
                Through::Ask(ask) => next.ask = Some(ask),
                Through::At(at) => {
                    next.at = Some(at);
                    break;
                }
            }
        }
        next
    }

    fn admit(&mut self, now: Ms) -> Option<Waiter> {
        let waiter = self.line.pop()?;
        let trial = self.trial_begins();
        let good_for = if trial { TRIAL_LEASE_MS } else { PASS_MS };
        let pass = Pass { trial, good_until: now.saturating_add(good_for) };
        self.passes.insert(waiter.clone(), pass);
        Some(waiter)
    }

    pub(super) fn answered(&mut self, ask: &Ask, answer: Answer, now: Ms) {
        match (ask, answer) {
            (Ask::Hold(until), _) => self.hold_to_write = self.hold_to_write.filter(|newer| newer != until),
            (Ask::Turn(turned), _) => {
                self.turn_to_write = self.turn_to_write.take().filter(|newer| newer != turned);
            }
            (Ask::Keep(until), _) => {
                if let Some(budget) = &mut self.budget {
                    budget.written(*until);
                }
            }
            (Ask::Take(rate, calls), Answer::Drawn(taken)) => {
                if let Some(budget) = self.budget.as_mut().filter(|budget| budget.rate() == *rate) {
                    budget.taken(*calls, taken, now);
                }
            }
            (Ask::Trial { until }, Answer::Trial(ours)) => {
                self.trial = ours;
                if let Some(open) = &mut self.breaker.open {
                    open.next_trial_at = if ours { *until } else { now.saturating_add(LOOK_AGAIN_MS) };
                }
            }
            (Ask::Take(..) | Ask::Trial { .. }, _) => {}
        }
    }

    pub(super) fn came(
        &mut self,
        verdict: Verdict,
        error: Option<&Error>,
        asked: Option<Ms>,
        trial: bool,
        run: RunId,
        now: Ms,
    ) -> bool {
        let until = asked.map(|asked| now.saturating_add(asked)).filter(|until| *until > self.held_until);
        if let Some(until) = until {
            (self.held_until, self.hold_to_write) = (until, Some(until));
        }
        let turned = self.breaker.note(verdict, error, run, trial, now);
        let tried_nothing = trial && verdict == Verdict::Nothing && self.breaker.open.is_some();
        self.trial = tried_nothing || self.trial && self.breaker.open.is_some();
        if turned.is_some() {
            self.turn_to_write.clone_from(&turned);
        }
        until.is_some() || turned.is_some() || tried_nothing
    }

    pub(super) fn close(&mut self) {
        self.breaker.close();
        self.trial = false;
    }
}
