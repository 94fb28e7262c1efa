//! A party as Flash's forms name it.

use super::api::Fields;
use crate::parcel::{Party, place};

/// In Bangkok a district carries its word, `เขตบางรัก`.
pub fn from(party: &Party) -> Fields {
    vec![
        ("srcName", party.name.clone()),
        ("srcPhone", party.phone.clone()),
        ("srcProvinceName", party.province.clone()),
        ("srcCityName", place::official_district(&party.district, &party.province)),
        ("srcDistrictName", party.subdistrict.clone()),
        ("srcPostalCode", party.postcode.clone()),
        ("srcDetailAddress", party.address.clone()),
    ]
}

pub fn to(party: &Party) -> Fields {
    vec![
        ("dstName", party.name.clone()),
        ("dstPhone", party.phone.clone()),
        ("dstProvinceName", party.province.clone()),
        ("dstCityName", place::official_district(&party.district, &party.province)),
        ("dstDistrictName", party.subdistrict.clone()),
        ("dstPostalCode", party.postcode.clone()),
        ("dstDetailAddress", party.address.clone()),
    ]
}
