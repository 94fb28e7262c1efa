//! A command for curl as the fields of a node that makes the same call. What proves who calls is left out and told: it belongs
//! into a connection, and never into a flow.

mod body;
mod options;
mod shell;

use model::Value;
use options::Said;
use serde_json::Map;

/// Longer texts are not looked into.
const TEXT_BYTES_MAX: usize = 64 << 10;
/// The operation whose fields these are.
pub const OPERATION: &str = "http/request";

#[derive(Clone, Debug, PartialEq)]
pub struct Curl {
    /// The fields.
    pub with: Map<String, Value>,
    /// What people may call the node.
    pub title: String,
    pub left_out: Vec<LeftOut>,
}

/// What is not taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// By its option, header or parameter; its value is nowhere.
    Credential(String),
    /// What such a node has no field for.
    Other(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCurl {
    /// It is something else.
    Other,
    TooLong,
    /// A quote is open.
    Unclosed,
    NoAddress,
}

/// Whether a text looks like such a command.
pub fn is_curl(text: &str) -> bool {
    command(text).is_some()
}

/// What stands behind `curl`; somebody may have copied the prompt, too.
fn command(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let text = text.strip_prefix("$ ").unwrap_or(text).trim_start();
    let rest = text.strip_prefix("curl.exe").or_else(|| text.strip_prefix("curl"))?;
    rest.starts_with(|letter: char| letter.is_whitespace()).then_some(rest)
}

pub fn read(text: &str) -> Result<Curl, NotCurl> {
    let rest = command(text).ok_or(NotCurl::Other)?;
    if rest.len() > TEXT_BYTES_MAX {
        return Err(NotCurl::TooLong);
    }
    let mut said = options::read(shell::words(rest)?)?;
    let url = said.url.take().filter(|url| !url.trim().is_empty()).ok_or(NotCurl::NoAddress)?;
    let url = address(&url, &mut said);
    let method = method(&said);
    let title = format!("{method} {}", host(&url));
    let mut with = Map::new();
    with.insert("method".into(), method.into());
    with.insert("url".into(), plain(&url).into());
    if !said.in_address {
        body::add(&mut said, &mut with);
    }
    let headers: Map<String, Value> =
        said.headers.iter().map(|(name, value)| (name.clone(), plain(value).into())).collect();
    if !headers.is_empty() {
        with.insert("headers".into(), headers.into());
    }
    Ok(Curl { with, title, left_out: said.left_out })
}

fn method(said: &Said) -> String {
    let by_data = match (said.head, said.data.is_empty() || said.in_address) {
        (true, _) => "HEAD",
        (false, true) => "GET",
        (false, false) => "POST",
    };
    said.method.clone().unwrap_or_else(|| by_data.to_owned())
}

/// The address without what proves who calls, and with the data that go into it.
fn address(url: &str, said: &mut Said) -> String {
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let url = url.split('#').next().unwrap_or_default();
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = before.split_once("://").unwrap_or(("http", before));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let authority = match authority.rsplit_once('@') {
        Some((_, host)) => {
            said.left_out.push(LeftOut::Credential(format!("…@{host}")));
            host
        }
        None => authority,
    };
    let data = if said.in_address { std::mem::take(&mut said.data) } else { Vec::new() };
    let mut pairs: Vec<String> = Vec::new();
    for pair in query.split('&').map(str::to_owned).chain(data).filter(|pair| !pair.is_empty()) {
        let name = pair.split('=').next().unwrap_or_default();
        match is_credential(name) {
            true => said.left_out.push(LeftOut::Credential(format!("?{name}"))),
            false => pairs.push(pair),
        }
    }
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    format!("{scheme}://{authority}{path}{query}")
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// Whether a name is one of what proves who calls.
fn is_credential(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    let ends = ["token", "apikey", "secret", "password", "signature", "accesskey"];
    model::validate::is_secret_name(name) || ends.iter().any(|end| letters.ends_with(end))
}

/// A text in which nothing is an expression.
fn plain(text: &str) -> String {
    text.replace("${", "$${")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: Value) -> Vec<LeftOut> {
        let curl = read(text).expect("a command");
        assert_eq!(Value::Object(curl.with), expected);
        curl.left_out
    }

    fn credential(name: &str) -> LeftOut {
        LeftOut::Credential(name.to_owned())
    }

    #[test]
    fn a_call_as_a_handbook_writes_it_is_one_node() {
        let left = check(
            r#"curl -X POST "https://api.example.com/v1/orders?shop=bangkok" \
                 -H "Content-Type: application/json" -H 'X-Shop: กรุงเทพ' \
                 -d '{"ref": "A-1", "total": 10.50, "note": "it'\''s urgent"}'"#,
            json!({
                "method": "POST", "url": "https://api.example.com/v1/orders?shop=bangkok",
                "body": {"ref": "A-1", "total": serde_json::from_str::<Value>("10.50").unwrap(), "note": "it's urgent"},
                "headers": {"x-shop": "กรุงเทพ"},
            }),
        );
        assert_eq!(left, []);
    }

    #[test]
    fn what_proves_who_calls_is_told_and_nowhere_in_the_node() {
        let text = r#"curl https://me:S3CRET@api.example.com/x?api_key=S3CRET&page=2 -u me:S3CRET --cookie "s=S3CRET"
            -H "Authorization: Bearer S3CRET" -H "X-Shopify-Access-Token: S3CRET" -H "Accept: text/csv""#;
        let curl = read(text).expect("a command");
        assert_eq!(
            curl.left_out,
            [
                "--user",
                "--cookie",
                "authorization",
                "x-shopify-access-token",
                "…@api.example.com",
                "?api_key"
            ]
            .map(credential)
        );
        assert!(!format!("{curl:?}").contains("S3CRET"), "{curl:?}");
        assert_eq!(curl.with["url"], "https://api.example.com/x?page=2");
        assert_eq!(curl.with["headers"], json!({"accept": "text/csv"}));
    }

    #[test]
    fn the_method_is_what_curl_would_use() {
        for (text, method) in [
            ("curl http://h", "GET"),
            ("curl -I http://h", "HEAD"),
            ("curl http://h -d a=1", "POST"),
            ("curl -XDELETE http://h", "DELETE"),
            ("curl --request patch http://h -d a=1", "PATCH"),
            ("curl -sSLG http://h -d a=1", "GET"),
        ] {
            assert_eq!(read(text).expect("a command").with["method"], method, "{text}");
        }
    }

    #[test]
    fn data_for_the_address_stand_behind_the_question_mark() {
        check(
            "curl -G api.example.com/find --data-urlencode 'q=ชา & x' -d page=2",
            json!({"method": "GET", "url": "http://api.example.com/find?q=%E0%B8%8A%E0%B8%B2%20%26%20x&page=2"}),
        );
    }

    #[test]
    fn nothing_in_it_becomes_an_expression() {
        check(
            r#"curl 'http://h/${x}' -H 'x-a: ${run}' --json '{"a": ["${vars.key}"]}'"#,
            json!({
                "method": "POST", "url": "http://h/$${x}", "headers": {"x-a": "$${run}"}, "body": {"a": ["$${vars.key}"]},
            }),
        );
    }

    #[test]
    fn files_and_forms_with_files_are_told() {
        let left = check(
            "curl http://h -F file=@a.pdf -d @body.json -o out.txt --compressed --max-time 5",
            json!({"method": "GET", "url": "http://h"}),
        );
        assert_eq!(left, ["--form", "--data @body.json"].map(|what| LeftOut::Other(what.to_owned())));
    }

    #[test]
    fn what_a_browser_adds_for_itself_is_not_taken() {
        check(
            "curl 'http://h' -H 'Accept-Encoding: gzip' -H 'sec-fetch-mode: cors' -H 'Host: h' -H 'Accept: */*'",
            json!({"method": "GET", "url": "http://h", "headers": {"accept": "*/*"}}),
        );
    }

    #[test]
    fn other_texts_are_left_to_others() {
        for (text, why) in [
            ("curling is a sport", NotCurl::Other),
            ("https://example.com", NotCurl::Other),
            ("curl ", NotCurl::NoAddress),
            ("curl -X POST", NotCurl::NoAddress),
            ("curl 'http://h", NotCurl::Unclosed),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
        assert_eq!(read(&format!("curl http://h -d {}", "x".repeat(TEXT_BYTES_MAX))), Err(NotCurl::TooLong));
        assert!(is_curl("$ curl http://h") && is_curl(" curl.exe http://h"));
    }
}
