//! What a flow's document can be looked at as.

use crate::client::path as fill_path;
use api::path;
use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    Draft,
    Version(u32),
    /// A draft that was kept under a name.
    Point(u32),
}

impl Which {
    /// Where its document is; nothing of the draft, which is there already.
    pub fn path(self, flow: &str) -> Option<String> {
        let (path, number) = match self {
            Which::Draft => return None,
            Which::Version(number) => (path::FLOW_VERSION, number),
            Which::Point(number) => (path::FLOW_POINT, number),
        };
        Some(fill_path(path, flow).replace("{number}", &number.to_string()))
    }
}

/// As it stands in an address: `draft`, `v3`, `p2`.
impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Which::Draft => f.write_str("draft"),
            Which::Version(number) => write!(f, "v{number}"),
            Which::Point(number) => write!(f, "p{number}"),
        }
    }
}

impl FromStr for Which {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |text: &str| text.parse().map_err(|_| ());
        match text.split_at_checked(1) {
            _ if text == "draft" => Ok(Which::Draft),
            Some(("v", rest)) => Ok(Which::Version(number(rest)?)),
            Some(("p", rest)) => Ok(Which::Point(number(rest)?)),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_an_address_is_read_again() {
        for which in [Which::Draft, Which::Version(12), Which::Point(3)] {
            assert_eq!(which.to_string().parse(), Ok(which));
        }
        for wrong in ["", "3", "v", "vx", "ไทย"] {
            assert_eq!(wrong.parse::<Which>(), Err(()), "{wrong}");
        }
        assert_eq!(Which::Version(2).path("orders").as_deref(), Some("/api/v1/flows/orders/versions/2"));
    }
}
