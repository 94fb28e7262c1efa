use super::*;
use crate::alerts::facts::{Facts, Why};
use api::{AlertLanguage, AlertWhen};

const START: Ms = 1_795_366_800_000;

fn rule(again_minutes: u32, calm_minutes: u32) -> AlertRule {
    AlertRule {
        name: "Connections".into(),
        enabled: true,
        when: AlertWhen::ConnectionBroken { connection: None, minutes: 0 },
        to: Vec::new(),
        again_minutes,
        calm_minutes,
        language: AlertLanguage::En,
    }
}

fn trouble(subject: &str, minute: Ms) -> Trouble {
    let facts = Facts::Broken { connection: subject.into(), why: Why::Breaker };
    Trouble { since: START + minute * MINUTE_MS, facts }
}

/// What happens in one minute.
enum Happens {
    /// These are broken.
    Broken(&'static [&'static str]),
    /// Nobody can look.
    Unseen,
    /// Somebody takes care of all that stands.
    Acknowledged,
}
use Happens::{Acknowledged as Ack, Broken, Unseen};

/// Plays minutes one after the other, and gives what was told as `minute occasion subjects`.
fn told(rule: &AlertRule, minutes: impl IntoIterator<Item = (Ms, Happens)>) -> Vec<String> {
    let (mut standing, mut told) = (Standings::new(), Vec::new());
    for (minute, happens) in minutes {
        let now = START + minute * MINUTE_MS;
        let seen = match happens {
            Broken(subjects) => Some(
                subjects.iter().map(|subject| ((*subject).to_owned(), trouble(subject, minute))).collect(),
            ),
            Unseen => None,
            Ack => {
                let by = Acknowledged { at: now, by: "ann".into() };
                standing.values_mut().for_each(|kept: &mut Standing| kept.acknowledged = Some(by.clone()));
                continue;
            }
        };
        let decision = decide(rule, seen.as_ref(), &standing, now);
        for Tell { occasion, troubles } in decision.tell {
            let subjects: Vec<&str> = troubles.iter().map(subject).collect();
            told.push(format!("{minute} {} {}", occasion.as_str(), subjects.join(" ")));
        }
        standing = decision.standing;
    }
    told
}

fn subject(trouble: &Trouble) -> &str {
    match &trouble.facts {
        Facts::Broken { connection, .. } => connection,
        _ => "",
    }
}

const ERP: &[&str] = &["erp"];
const BOTH: &[&str] = &["erp", "shop"];
const NONE: &[&str] = &[];

#[test]
fn what_stays_is_told_once_and_once_more_when_it_is_over() {
    let minutes =
        (0..300).map(|minute| (minute, Broken(ERP))).chain([(300, Broken(NONE)), (301, Broken(NONE))]);
    assert_eq!(told(&rule(0, 0), minutes), ["0 begun erp", "300 over erp"]);
}

#[test]
fn what_stays_is_told_again_after_the_time_that_was_set() {
    let minutes = (0..130).map(|minute| (minute, Broken(ERP)));
    assert_eq!(told(&rule(60, 0), minutes), ["0 begun erp", "60 again erp", "120 again erp"]);
}

#[test]
fn what_somebody_takes_care_of_is_told_no_more_until_it_is_over() {
    let minutes = (0..200).map(|minute| (minute, if minute == 30 { Ack } else { Broken(ERP) }));
    let minutes = minutes.chain([(200, Broken(NONE)), (201, Broken(ERP)), (262, Broken(ERP))]);
    let expected = ["0 begun erp", "200 over erp", "201 begun erp", "262 again erp"];
    assert_eq!(told(&rule(60, 0), minutes), expected, "the next time it is nobody's");
}

#[test]
fn what_begins_beside_something_acknowledged_is_told_by_itself() {
    let minutes = [(0, Broken(ERP)), (1, Ack), (2, Broken(BOTH)), (62, Broken(BOTH)), (63, Broken(ERP))];
    assert_eq!(told(&rule(60, 0), minutes), ["0 begun erp", "2 begun shop", "62 again shop", "63 over shop"]);
}

#[test]
fn what_begins_at_one_time_is_one_message_and_so_is_what_is_due() {
    let minutes = [(0, Broken(BOTH)), (59, Broken(BOTH)), (60, Broken(BOTH)), (61, Broken(NONE))];
    assert_eq!(told(&rule(60, 0), minutes), ["0 begun erp shop", "60 again erp shop", "61 over erp shop"]);
    let due_beside_new = [(0, Broken(ERP)), (60, Broken(BOTH))];
    assert_eq!(told(&rule(60, 0), due_beside_new), ["0 begun erp", "60 begun erp shop"]);
    let over_beside_new = [(0, Broken(ERP)), (1, Broken(&["shop"]))];
    assert_eq!(told(&rule(0, 0), over_beside_new), ["0 begun erp", "1 over erp", "1 begun shop"]);
}

#[test]
fn what_comes_and_goes_is_one_trouble_while_it_is_not_well_for_long_enough() {
    let flaps = [(0, Broken(ERP)), (1, Broken(NONE)), (3, Broken(ERP)), (4, Broken(NONE)), (8, Broken(NONE))];
    assert_eq!(told(&rule(0, 5), flaps), ["0 begun erp"]);
    let ends =
        [(0, Broken(ERP)), (4, Broken(NONE)), (8, Broken(NONE)), (9, Broken(NONE)), (10, Broken(NONE))];
    assert_eq!(told(&rule(0, 5), ends), ["0 begun erp", "9 over erp"]);
}

#[test]
fn while_it_is_well_for_a_moment_nothing_is_told_again() {
    let minutes = [(0, Broken(ERP)), (59, Broken(NONE)), (61, Broken(NONE)), (62, Broken(ERP))];
    assert_eq!(told(&rule(60, 5), minutes), ["0 begun erp", "62 again erp"]);
}

#[test]
fn while_nobody_can_look_nothing_begins_is_repeated_or_is_over() {
    let minutes = [(0, Unseen), (1, Broken(ERP)), (90, Unseen), (91, Unseen), (92, Broken(NONE))];
    assert_eq!(told(&rule(60, 0), minutes), ["1 begun erp", "92 over erp"]);
}

#[test]
fn a_clock_that_goes_back_tells_nothing_twice() {
    let minutes =
        [(100, Broken(ERP)), (10, Broken(ERP)), (20, Broken(NONE)), (15, Broken(NONE)), (25, Broken(NONE))];
    assert_eq!(told(&rule(60, 5), minutes), ["100 begun erp", "25 over erp"]);
}

#[test]
fn a_trouble_keeps_when_it_began_and_gets_its_newest_numbers() {
    let first =
        decide(&rule(0, 0), Some(&[("erp".into(), trouble("erp", 3))].into()), &Standings::new(), START);
    let later = [("erp".into(), trouble("erp", 9))].into();
    let second = decide(&rule(0, 0), Some(&later), &first.standing, START + 9 * MINUTE_MS);
    let kept = &second.standing["erp"];
    assert_eq!((kept.trouble.since, kept.told_at), (START + 3 * MINUTE_MS, START));
    assert_eq!(kept.trouble.facts, trouble("erp", 9).facts);
    assert_eq!(second.tell, []);
}
