//! What a message may look like; every mistake is named with its place.

use serde_json::Value;

use super::answer::{Detail, Refused};

const MESSAGES_MAX: usize = 5;
/// LINE counts UTF-16 code units.
const TEXT_MAX: usize = 5_000;
const ALT_TEXT_MAX: usize = 1_500;

/// The members that each kind needs, texts all of them but those of [`OBJECTS`].
const KINDS: [(&str, &[&str]); 8] = [
    ("text", &["text"]),
    ("textV2", &["text"]),
    ("sticker", &["packageId", "stickerId"]),
    ("image", &["originalContentUrl", "previewImageUrl"]),
    ("video", &["originalContentUrl", "previewImageUrl"]),
    ("location", &["title", "address", "latitude", "longitude"]),
    ("template", &["altText", "template"]),
    ("flex", &["altText", "contents"]),
];
const OBJECTS: [&str; 2] = ["template", "contents"];
const NUMBERS: [&str; 2] = ["latitude", "longitude"];

/// From one to five messages, each of a known kind and whole.
pub(super) fn check(messages: Option<&Value>) -> Result<&[Value], Refused> {
    let messages = messages.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if messages.is_empty() || messages.len() > MESSAGES_MAX {
        let message = format!("Size must be between 1 and {MESSAGES_MAX}");
        return Err(Refused::body_has(vec![Detail { message, property: "messages".to_owned() }]));
    }
    let wrong: Vec<_> =
        messages.iter().enumerate().flat_map(|(place, message)| faults(place, message)).collect();
    if wrong.is_empty() { Ok(messages) } else { Err(Refused::body_has(wrong)) }
}

fn faults(place: usize, message: &Value) -> Vec<Detail> {
    let kind = message["type"].as_str().unwrap_or_default();
    let fault = |member: &str, text: &str| Detail {
        message: text.to_owned(),
        property: format!("messages[{place}].{member}"),
    };
    let Some((_, members)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        let kinds: Vec<_> = KINDS.iter().map(|(known, _)| *known).collect();
        return vec![fault("type", &format!("Must be one of the following values: [{}]", kinds.join(", ")))];
    };
    members.iter().filter_map(|member| Some(fault(member, &wrong(member, &message[*member])?))).collect()
}

/// What is wrong with one member.
fn wrong(name: &str, value: &Value) -> Option<String> {
    if OBJECTS.contains(&name) {
        return (!value.is_object()).then(|| "May not be empty".to_owned());
    }
    if NUMBERS.contains(&name) {
        return (!value.is_number()).then(|| "Must be a number".to_owned());
    }
    let text = value.as_str().unwrap_or_default();
    let max = if name == "text" { TEXT_MAX } else { ALT_TEXT_MAX };
    if text.is_empty() {
        return Some("May not be empty".to_owned());
    }
    if name.ends_with("Url") && !text.starts_with("https://") {
        return Some("Must be a valid https URL".to_owned());
    }
    (text.encode_utf16().count() > max).then(|| format!("Length must be between 0 and {max}"))
}

/// `U`, `C` or `R` and 32 hex digits.
pub(super) fn is_recipient(id: &str) -> bool {
    let digits =
        |rest: &str| rest.len() == 32 && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    id.strip_prefix(['U', 'C', 'R']).is_some_and(digits)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let messages =
            json!([{ "type": "text", "text": "สวัสดี" }, { "type": "text", "text": "" }, { "type": "smoke" }]);
        let refused = check(Some(&messages)).unwrap_err();
        assert_eq!(refused.message, "The request body has 2 error(s)");
        let properties: Vec<_> = refused.details.iter().map(|detail| detail.property.as_str()).collect();
        assert_eq!(properties, ["messages[1].text", "messages[2].type"]);
    }

    #[test]
    fn there_are_one_to_five_messages() {
        let message = json!({ "type": "text", "text": "a" });
        assert_eq!(check(Some(&Value::from(vec![message.clone(); 5]))).unwrap().len(), 5);
        for wrong in [None, Some(json!([])), Some(Value::from(vec![message; 6]))] {
            assert!(check(wrong.as_ref()).is_err());
        }
    }

    #[test]
    fn a_text_is_counted_in_utf_16() {
        let message = |text: String| json!([{ "type": "text", "text": text }]);
        assert!(check(Some(&message("ก".repeat(TEXT_MAX)))).is_ok());
        assert!(check(Some(&message("🍵".repeat(TEXT_MAX / 2 + 1)))).is_err());
    }

    #[test]
    fn a_recipient_has_the_form_of_an_id() {
        assert!(is_recipient("U4af4980629f1a4b2c3d4e5f60718293a"));
        for wrong in ["U4af4980629...", "@khlong", "U4AF4980629F1A4B2C3D4E5F60718293A", ""] {
            assert!(!is_recipient(wrong), "{wrong}");
        }
    }
}
