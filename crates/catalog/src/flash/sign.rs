//! Flash's signature: SHA-256 over the sorted fields and the key.

use sha2::{Digest, Sha256};

/// The fields as they are signed and sent: empty ones are left out, and the order is that of their names' bytes.
pub fn sorted(fields: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    let mut fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    fields.sort_by_key(|(name, _)| *name);
    fields
}

/// Over fields that are sorted. Values are signed as they are, not as they are written in a form.
pub fn sign<N: AsRef<str>, V: AsRef<str>>(sorted: &[(N, V)], key: &str) -> String {
    let pairs = sorted.iter().map(|(name, value)| format!("{}={}&", name.as_ref(), value.as_ref()));
    let text = format!("{}key={key}", pairs.collect::<String>());
    hex::encode_upper(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_sdk(recipient: &str) -> String {
        let pairs = [
            ("srcName", "หอมรวม  create order test name"),
            ("mchId", "AA2315"),
            ("nonceStr", "nonce"),
            ("articleCategory", "99"),
            ("codEnabled", "0"),
            ("dstCityName", "สันทราย"),
            ("dstDetailAddress", "example detail address"),
            ("dstName", recipient),
            ("dstPhone", "0123456789"),
            ("dstPostalCode", "50210"),
            ("dstProvinceName", "เชียงใหม่"),
            ("expressCategory", "1"),
            ("insured", "0"),
            ("srcCityName", "เมืองอุบลราชธานี"),
            ("srcDetailAddress", "example detail address"),
            ("srcPhone", "0123456789"),
            ("srcPostalCode", "34000"),
            ("srcProvinceName", "อุบลราชธานี"),
            ("weight", "1000"),
        ];
        sign(&sorted(pairs.map(|(name, value)| (name, value.to_owned())).to_vec()), "key")
    }

    #[test]
    fn flash_s_own_vectors_are_met() {
        let documented =
            [("body", "test"), ("mch_id", "5a7bdfd22593414adb72df5f"), ("nonce_str", "yyv6YJP436wCkdpNdghC")];
        let signature = sign(&documented, "dd807a8e18b40153888e5a9864e70080");
        assert_eq!(signature, "BF46380E893F6B8F5486D2EDFE265BB8942C6A9BD5C897E34373734CE08B4B67");
        assert_eq!(of_sdk("น้ำพริกแม่อำพร"), "E266747637E48BE2843FA673765C08419C5CE6638A6B4D2ADA7B9AE8101ABCFB");
    }

    #[test]
    fn an_empty_field_is_not_signed() {
        let without = "BF9F58D0FF15352E9996327F9620AE8E13DAABF029D38AA5965E653DACCB5B23";
        assert_eq!((of_sdk(""), of_sdk(" \t")), (without.to_owned(), without.to_owned()));
    }
}
