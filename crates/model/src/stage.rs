//! How far a flow goes with its effects: from only taking events to sending everything.

use crate::Settings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Whether effects are really sent. A flow goes from the first of them to the last, and back by one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Events are taken and kept, and nothing runs behind the trigger.
    Observe,
    /// Effects are computed and kept, not sent.
    Shadow,
    /// Each effect waits until a person says yes to it.
    Assist,
    /// Runs of a share of the keys are live, all others in shadow; `canary` says which.
    Canary,
    #[default]
    Live,
}

impl Mode {
    pub const ALL: [Self; 5] = [Self::Observe, Self::Shadow, Self::Assist, Self::Canary, Self::Live];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Shadow => "shadow",
            Self::Assist => "assist",
            Self::Canary => "canary",
            Self::Live => "live",
        }
    }
}

/// Which keys are live in the mode `canary`. Both may be given: a key is live that either of them names.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Canary {
    /// So many of a hundred keys, by a hash of the key: the same keys each time and in every flow, and a larger share holds
    /// those of a smaller one.
    #[serde(skip_serializing_if = "is_zero")]
    pub percent: u8,
    /// Ordering keys that are live whatever the share, such as orders of one's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

impl Canary {
    pub const PERCENT_MAX: u8 = 100;
    pub const KEYS_MAX: usize = 1_000;

    /// Whether runs of this key are live.
    pub fn holds(&self, key: &str) -> bool {
        self.keys.iter().any(|listed| listed == key) || share_of(key) < self.percent
    }
}

fn is_zero(percent: &u8) -> bool {
    *percent == 0
}

/// A number below a hundred that a key always has.
fn share_of(key: &str) -> u8 {
    let hash = Sha256::digest(key);
    let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    u8::try_from(number % 100).unwrap_or_default()
}

/// How far one run goes with its effects. A later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// They are sent.
    Live,
    /// Each is sent once a person has said yes.
    Assist,
    /// None is sent.
    Shadow,
    /// None is even computed.
    Observe,
}

impl Settings {
    /// What the mode means for a run with this ordering key.
    pub fn stage(&self, key: Option<&str>) -> Stage {
        match self.mode {
            Mode::Observe => Stage::Observe,
            Mode::Shadow => Stage::Shadow,
            Mode::Assist => Stage::Assist,
            Mode::Live => Stage::Live,
            Mode::Canary => {
                let canary = self.canary.as_ref();
                let holds = key.zip(canary).is_some_and(|(key, canary)| canary.holds(key));
                if holds { Stage::Live } else { Stage::Shadow }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(percent: u8) -> Vec<u32> {
        let settings = Settings {
            mode: Mode::Canary,
            canary: Some(Canary { percent, keys: Vec::new() }),
            ..Settings::default()
        };
        (0..10_000).filter(|order| settings.stage(Some(&order.to_string())) == Stage::Live).collect()
    }

    #[test]
    fn a_canary_of_five_percent_is_about_one_order_of_twenty_and_always_the_same_ones() {
        let five = share(5);
        assert!((400..600).contains(&five.len()), "{}", five.len());
        assert_eq!(five, share(5));
        assert_eq!((share(0).len(), share(100).len()), (0, 10_000));
    }

    #[test]
    fn orders_that_were_live_stay_live_when_the_share_grows() {
        let twenty = share(20);
        assert!(share(5).iter().all(|order| twenty.contains(order)));
    }

    #[test]
    fn a_key_that_is_listed_is_live_and_a_run_without_a_key_never_is() {
        let canary = Some(Canary { percent: 0, keys: vec!["1001".to_owned()] });
        let settings = Settings { mode: Mode::Canary, canary, ..Settings::default() };
        assert_eq!(settings.stage(Some("1001")), Stage::Live);
        assert_eq!(settings.stage(Some("1002")), Stage::Shadow);
        assert_eq!(settings.stage(None), Stage::Shadow);
    }
}
