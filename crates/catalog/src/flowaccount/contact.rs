//! Buyers as FlowAccount writes them.

use crate::invoice::Buyer;
use crate::values::{Text, filled};
use serde_json::{Map, Value};

/// What Thai law calls the head office.
const HEAD_OFFICE: &str = "สำนักงานใหญ่";

/// A person is 1, a company 3.
pub fn group(buyer: &Buyer) -> u8 {
    if buyer.company { 3 } else { 1 }
}

/// The branch in words: a number of five digits, or what was given.
pub fn branch(buyer: &Buyer) -> Option<String> {
    let branch = filled(buyer.branch.as_ref())?;
    let digits = branch.bytes().all(|byte| byte.is_ascii_digit());
    Some(match branch.trim_start_matches('0') {
        "" if digits => HEAD_OFFICE.to_owned(),
        _ if digits => format!("สาขาที่ {branch:0>5}"),
        _ => branch.to_owned(),
    })
}

/// What documents and contacts both say of a buyer, under the same names.
pub fn common(buyer: &Buyer) -> Map<String, Value> {
    let name = |name: &Option<Text>| filled(name.as_ref()).map(str::to_owned);
    let text = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let fields = [
        ("contactCode", name(&buyer.code)),
        ("contactAddress", text(&buyer.address)),
        ("contactTaxId", name(&buyer.tax_id)),
        ("contactBranch", branch(buyer)),
        ("contactZipCode", name(&buyer.zip)),
        ("contactEmail", text(&buyer.email)),
    ];
    let filled = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?.into()));
    let mut common: Map<String, Value> = fields.into_iter().filter_map(filled).collect();
    common.insert("contactGroup".into(), group(buyer).into());
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_written_in_words() {
        let told = |branch: &str| super::branch(&Buyer { branch: Some(branch.into()), ..Buyer::default() });
        assert_eq!(told("00000").as_deref(), Some(HEAD_OFFICE));
        assert_eq!(told("00001").as_deref(), Some("สาขาที่ 00001"));
        assert_eq!(told("1").as_deref(), Some("สาขาที่ 00001"));
        assert_eq!(told("สาขาบางนา").as_deref(), Some("สาขาบางนา"));
        assert_eq!(told(" "), None);
    }
}
