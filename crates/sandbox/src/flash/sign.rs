//! Flash's signature: SHA-256 over the sorted fields and the key.

use std::collections::BTreeMap;

use crate::seal::sha256_hex;

/// Every field but `sign` that is not blank, sorted by its name's bytes, values as they are before any encoding.
pub(super) fn sign(fields: &BTreeMap<String, String>, key: &str) -> String {
    let signed = fields.iter().filter(|(name, value)| *name != "sign" && !value.trim().is_empty());
    let mut text: String = signed.map(|(name, value)| format!("{name}={value}&")).collect();
    text.push_str("key=");
    text.push_str(key);
    sha256_hex(text).to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_signature_is_the_one_of_flashs_own_documents() {
        let fields = fields(&[
            ("mch_id", "5a7bdfd22593414adb72df5f"),
            ("nonce_str", "yyv6YJP436wCkdpNdghC"),
            ("body", "test"),
            ("sign", "is not signed"),
            ("blank", " \t "),
        ]);
        let expected = "BF46380E893F6B8F5486D2EDFE265BB8942C6A9BD5C897E34373734CE08B4B67";
        assert_eq!(sign(&fields, "dd807a8e18b40153888e5a9864e70080"), expected);
    }
}
