//! How far a parcel is, and the scans that lie on the way there.

use serde::{Deserialize, Serialize};

/// The one set of states that every courier's own codes are made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Created,
    PickedUp,
    InTransit,
    OutForDelivery,
    Delivered,
    Problem,
    Returning,
    Returned,
    Cancelled,
}

impl Stage {
    pub(crate) const ALL: [Self; 9] = [
        Self::Created,
        Self::PickedUp,
        Self::InTransit,
        Self::OutForDelivery,
        Self::Delivered,
        Self::Problem,
        Self::Returning,
        Self::Returned,
        Self::Cancelled,
    ];

    /// The scan that comes before this one.
    fn before(self) -> Option<Self> {
        match self {
            Self::Created => None,
            Self::PickedUp | Self::Cancelled => Some(Self::Created),
            Self::InTransit => Some(Self::PickedUp),
            Self::OutForDelivery => Some(Self::InTransit),
            Self::Delivered | Self::Problem => Some(Self::OutForDelivery),
            Self::Returning => Some(Self::Problem),
            Self::Returned => Some(Self::Returning),
        }
    }

    /// The scans from here to there. A parcel with a problem may go out again; none goes backwards otherwise.
    pub(crate) fn way(self, to: Self) -> Option<Vec<Self>> {
        if self == Self::Problem && matches!(to, Self::OutForDelivery | Self::Delivered) {
            return Self::InTransit.way(to);
        }
        let back = std::iter::successors(Some(to), |stage| stage.before());
        let mut way: Vec<Self> = back.take_while(|stage| *stage != self).collect();
        let reached = way.last().map_or(Some(to), |first| first.before()) == Some(self);
        way.reverse();
        reached.then_some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::Stage::*;

    #[test]
    fn a_parcel_passes_every_scan_on_its_way() {
        assert_eq!(Created.way(Delivered).unwrap(), [PickedUp, InTransit, OutForDelivery, Delivered]);
        assert_eq!(OutForDelivery.way(Returned).unwrap(), [Problem, Returning, Returned]);
        assert_eq!(Problem.way(Delivered).unwrap(), [OutForDelivery, Delivered], "a second try");
        assert_eq!(Created.way(Cancelled).unwrap(), [Cancelled]);
        assert_eq!(InTransit.way(InTransit).unwrap(), []);
    }

    #[test]
    fn a_parcel_does_not_go_backwards_and_what_is_closed_stays_closed() {
        for (from, to) in
            [(Delivered, Problem), (OutForDelivery, PickedUp), (PickedUp, Cancelled), (Returned, Delivered)]
        {
            assert_eq!(from.way(to), None, "{from:?} to {to:?}");
        }
    }
}
