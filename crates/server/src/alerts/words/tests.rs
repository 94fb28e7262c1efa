use super::*;
use api::AlertWhen;

/// 2026-11-23, 09:05 in Bangkok.
const NINE: Ms = 1_795_366_800_000 + 9 * 3_600_000 + 300_000;

fn flow() -> Named {
    Named { id: "order-to-erp".into(), name: "New order to ERP".into() }
}

fn all() -> Vec<Facts> {
    let oldest = |queue| Facts::Oldest { queue, flow: Some(flow()), key: Some("1042".into()), at: NINE };
    let broken = |why| Facts::Broken { connection: "erp".into(), why };
    let ends = |sign_in| Facts::Ends { connection: "erp".into(), sign_in, at: NINE };
    let first = vec!["1042".into(), "1043".into()];
    vec![
        Facts::Failing { flow: flow(), failed: 8, runs: 20, minutes: 15 },
        Facts::Quiet { flow: flow(), last: Some(NINE) },
        Facts::Quiet { flow: flow(), last: None },
        oldest(AlertQueue::Runs),
        oldest(AlertQueue::Inbox),
        broken(Why::SignedOut),
        broken(Why::Breaker),
        broken(Why::Trial("E0302".into())),
        ends(true),
        ends(false),
        Facts::NotDone { flow: flow(), first: first.clone(), count: 2, more: false, minutes: 15 },
        Facts::NotDone { flow: flow(), first, count: 12, more: true, minutes: 15 },
    ]
}

fn rule(language: AlertLanguage) -> AlertRule {
    AlertRule {
        name: "Orders".into(),
        enabled: true,
        when: AlertWhen::ConnectionBroken { connection: None, minutes: 0 },
        to: Vec::new(),
        again_minutes: 0,
        calm_minutes: 0,
        language,
    }
}

fn said(occasion: AlertOccasion, language: AlertLanguage, facts: Vec<Facts>, more: usize) -> String {
    let troubles: Vec<Trouble> = facts.into_iter().map(|facts| Trouble { since: NINE, facts }).collect();
    message(&rule(language), occasion, &troubles, more, NINE + 600_000, "https://khlong.example").text
}

#[test]
fn what_is_wrong_is_said_in_one_line_each() {
    let said = said(AlertOccasion::Begun, AlertLanguage::En, all(), 3);
    let expected = "\
[Khlong] Orders
- New order to ERP: 8 of 20 runs failed within 15 minutes (since 2026-11-23 09:05)
- New order to ERP: no event since 2026-11-23 09:05
- New order to ERP: no event is known
- the oldest run is open since 2026-11-23 09:05: New order to ERP, 1042
- the oldest failed run waits for a person since 2026-11-23 09:05: New order to ERP, 1042
- connection erp: somebody has to sign in (since 2026-11-23 09:05)
- connection erp: its system does not answer, and calls are held back (since 2026-11-23 09:05)
- connection erp: it did not work when it was last tried (E0302) (since 2026-11-23 09:05)
- connection erp: the sign-in ends at 2026-11-23 09:05
- connection erp: the key ends at 2026-11-23 09:05
- New order to ERP: 2 not done after 15 minutes: 1042, 1043 (since 2026-11-23 09:05)
- New order to ERP: at least 12 not done after 15 minutes: 1042, 1043 … (since 2026-11-23 09:05)
- and 3 more
https://khlong.example/flows/order-to-erp";
    assert_eq!(said, expected);
}

#[test]
fn the_first_line_says_why_it_is_said() {
    let broken = || vec![Facts::Broken { connection: "erp".into(), why: Why::Breaker }];
    let first = |occasion, language| {
        said(occasion, language, broken(), 0).lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first(AlertOccasion::Again, AlertLanguage::En), "[Khlong] Still: Orders");
    assert_eq!(first(AlertOccasion::Over, AlertLanguage::En), "[Khlong] Over: Orders");
    assert_eq!(first(AlertOccasion::Over, AlertLanguage::Th), "[Khlong] กลับเป็นปกติ: Orders");
    let over = said(AlertOccasion::Over, AlertLanguage::En, broken(), 0);
    assert!(over.contains("- from 2026-11-23 09:05 until 2026-11-23 09:15: connection erp: "), "{over}");
    let drill = said(AlertOccasion::Drill, AlertLanguage::En, Vec::new(), 0);
    assert!(drill.starts_with("[Khlong] DRILL: Orders\nThis is a drill."), "{drill}");
}

#[test]
fn thai_says_all_that_english_says() {
    for facts in all() {
        let thai = text(&facts, AlertLanguage::Th);
        assert!(thai.chars().any(|letter| ('\u{e00}'..='\u{e7f}').contains(&letter)), "{thai}");
        let numbers = |text: &str| {
            let mut numbers: Vec<String> =
                text.split(|letter: char| !letter.is_ascii_digit()).map(str::to_owned).collect();
            numbers.sort_unstable();
            numbers.retain(|number| !number.is_empty());
            numbers
        };
        assert_eq!(numbers(&thai), numbers(&text(&facts, AlertLanguage::En)), "{thai}");
    }
}

#[test]
fn a_key_stays_on_its_line_and_a_message_has_a_bound() {
    let first = vec!["1\n- all is well".to_owned()];
    let facts = Facts::NotDone { flow: flow(), first, count: 1, more: false, minutes: 15 };
    let text = said(AlertOccasion::Begun, AlertLanguage::En, vec![facts], 0);
    assert_eq!(text.lines().count(), 3, "{text}");
    let long =
        Facts::NotDone { flow: flow(), first: vec!["9".repeat(500); 20], count: 20, more: false, minutes: 1 };
    let text = said(AlertOccasion::Begun, AlertLanguage::En, vec![long; 20], 0);
    assert!(text.chars().count() < 4_200 && text.ends_with("/flows/order-to-erp"));
}
