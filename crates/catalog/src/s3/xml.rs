//! What S3 answers.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Nothing that S3 says goes so deep.
const DEPTH_MAX: usize = 16;

/// One page of a list.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    pub objects: Vec<Object>,
    /// Beginnings of names, up to the next slash.
    pub folders: Vec<String>,
    pub next: Option<String>,
}

#[derive(Debug, Default, PartialEq)]
pub struct Object {
    pub key: String,
    pub bytes: u64,
    pub modified: String,
    pub etag: String,
}

/// What went wrong.
#[derive(Debug, Default, PartialEq)]
pub struct Fault {
    pub code: String,
    pub message: String,
    pub region: String,
}

/// `ListBucketResult`. Nothing where it is something else.
pub fn page(text: &str) -> Option<Page> {
    let (mut page, mut object, mut is_page) = (Page::default(), Object::default(), false);
    walk(text, |path, text| {
        let ["ListBucketResult", rest @ ..] = path else { return };
        is_page = true;
        match rest {
            ["Contents", "Key"] => object.key = decoded(&text),
            ["Contents", "Size"] => object.bytes = text.parse().unwrap_or(0),
            ["Contents", "LastModified"] => object.modified = text,
            ["Contents", "ETag"] => object.etag = text.trim_matches('"').to_owned(),
            ["Contents"] => page.objects.push(std::mem::take(&mut object)),
            ["CommonPrefixes", "Prefix"] => page.folders.push(decoded(&text)),
            ["NextContinuationToken"] => page.next = Some(text),
            _ => {}
        }
    })?;
    is_page.then_some(page)
}

/// `Error`, which comes with a failure, and now and then with a success.
pub fn fault(text: &str) -> Option<Fault> {
    let mut fault = Fault::default();
    walk(text, |path, text| match path {
        ["Error", "Code"] => fault.code = text,
        ["Error", "Message"] => fault.message = text,
        ["Error", "Region"] => fault.region = text,
        _ => {}
    })?;
    (!fault.code.is_empty()).then_some(fault)
}

/// Tells of each element, when it ends, where it is and the text in it.
fn walk(xml: &str, mut tell: impl FnMut(&[&str], String)) -> Option<()> {
    let mut reader = Reader::from_str(xml);
    let (mut path, mut text) = (Vec::<String>::new(), String::new());
    while path.len() <= DEPTH_MAX {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
            }
            Event::Empty(start) => {
                path.push(start.local_name().as_ref().to_owned());
                end(&mut path, &mut String::new(), &mut tell);
            }
            Event::End(_) => end(&mut path, &mut text, &mut tell),
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(named) => text.extend(match named.resolve_char_ref().ok()? {
                Some(letter) => Some(letter),
                None => predefined(&named),
            }),
            Event::Eof => return path.is_empty().then_some(()),
            _ => {}
        }
    }
    None
}

fn end(path: &mut Vec<String>, text: &mut String, tell: &mut impl FnMut(&[&str], String)) {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    tell(&names, std::mem::take(text));
    path.pop();
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// Names come encoded, as they may hold what XML cannot; some stores write a space as a plus.
fn decoded(name: &str) -> String {
    let name = name.replace('+', " ");
    percent_encoding::percent_decode_str(&name).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_with_its_names() {
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><Prefix>in/</Prefix>\
            <IsTruncated>true</IsTruncated><NextContinuationToken>1/ab&amp;c=</NextContinuationToken>\
            <Contents><Key>in/%E0%B8%81+%2B%20a.csv</Key><LastModified>2026-11-20T03:00:00.000Z</LastModified><ETag>&quot;9b2c&quot;</ETag><Size>7</Size><Owner><ID>x</ID></Owner></Contents>\
            <CommonPrefixes><Prefix>in/new/</Prefix></CommonPrefixes></ListBucketResult>";
        let object = Object {
            key: "in/ก + a.csv".into(),
            bytes: 7,
            modified: "2026-11-20T03:00:00.000Z".into(),
            etag: "9b2c".into(),
        };
        let wanted =
            Page { objects: vec![object], folders: vec!["in/new/".into()], next: Some("1/ab&c=".into()) };
        assert_eq!(page(xml), Some(wanted));
        assert_eq!(page("<html><body>Sign in</body></html>"), None);
        assert_eq!(page("<ListBucketResult><Contents>"), None);
    }

    #[test]
    fn a_fault_says_its_code() {
        let xml = "<Error><Code>NoSuchKey</Code><Message>It&apos;s not there</Message><Key>a</Key></Error>";
        let wanted =
            Fault { code: "NoSuchKey".into(), message: "It's not there".into(), region: String::new() };
        assert_eq!(fault(xml), Some(wanted));
        assert_eq!(fault(""), None);
    }
}
