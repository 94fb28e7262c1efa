//! What everybody may send us.

use bytes::Bytes;
use connector::Request;
use fuzz::{Corpus, try_all};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use model::{FlowDocument, Surroundings};
use run::Plan;
use script::{Clock, Engine, Limits, NoNodes, RunInfo, Scope, Seen};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock that goes on by itself, so that scripts that never end do.
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now_ms(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

fn scripts() -> Engine {
    let limits = Limits { operations: 20_000, wall: Duration::from_secs(60), ..Limits::default() };
    Engine::new(limits, Arc::new(Ticking(AtomicU64::new(0))))
}

const FLOW_WORDS: [&str; 28] = [
    "\"khlong\": 1,",
    "\"id\"",
    "\"nodes\"",
    "\"edges\"",
    "\"settings\"",
    "\"use\"",
    "\"with\"",
    "\"from\"",
    "\"to\"",
    "null",
    "true",
    "-1",
    "1e999",
    "18446744073709551616",
    "\"${\"",
    "\"${input}\"",
    "\"core/for_each\"",
    "\"core/merge\"",
    "\"core/webhook\"",
    "[[[[[[[[",
    "{\"a\":",
    "]",
    "}",
    ",",
    "\\u0000",
    "\\ud800",
    "\"30d\"",
    "\u{feff}",
];

/// A flow file is read or refused, all that is said of it points into it, and a valid one can be run and written again.
#[test]
fn fuzz_flow_files() {
    let corpus =
        ["corpus/flows", "../../flows", "../model/tests/flows/valid", "../model/tests/flows/invalid"];
    let corpus = Corpus::of(&corpus, &FLOW_WORDS);
    let (catalog, scripts) = (catalog::all(), scripts());
    try_all("flow-files", &corpus, |input| {
        let (document, problems) =
            model::check(input, catalog.specs(), |_| Surroundings::default(), &scripts);
        assert!(document.is_some() || !problems.is_empty(), "refused without a word");
        let Some(document) = document else { return };
        let text = serde_json::to_vec(&document).expect("a document is JSON");
        let again = model::parse(&text).expect("what was written can be read");
        assert!(again == document, "it reads back as another one");
        if !problems.iter().any(model::Problem::is_error) {
            make_plan(document, &catalog);
        }
    });
}

fn make_plan(document: FlowDocument, catalog: &connector::Catalog) {
    Plan::new(Arc::new(document), catalog.specs());
}

const SCRIPT_WORDS: [&str; 36] = [
    "let x = ",
    "input",
    "input.a",
    "nodes[\"a\"]",
    "vars",
    "run",
    "=> ",
    "|x| ",
    "fn f(x) { f(x) }",
    "while true { }",
    "[",
    "]",
    "#{",
    "}",
    "(",
    ")",
    ";",
    "\"",
    "`${",
    "'",
    "/*",
    "//",
    "..",
    "1..99999999",
    ".pad(99999999, 0)",
    ".map(|x| x)",
    " + ",
    " ** ",
    "9223372036854775807",
    "-9223372036854775808",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "parse_json(",
    "format_date(",
    "${",
    "ก็",
];

/// A script is compiled and run within its limits, or refused; never anything else.
#[test]
fn fuzz_scripts() {
    let (corpus, engine) = (Corpus::of(&["corpus/scripts"], &SCRIPT_WORDS), scripts());
    let input = json!({"a": 1, "b": [1, 2.5, "x"], "c": {"d": null}, "text": "ภาษาไทย"});
    let (nothing, run) = (Value::Null, RunInfo::default());
    try_all("scripts", &corpus, |source| {
        let source = String::from_utf8_lossy(source);
        let (item, index) = (Some(&input as &dyn Seen), Some(0));
        let scope = Scope {
            input: &input,
            trigger: &input,
            nodes: &NoNodes,
            item,
            index,
            vars: &nothing,
            run: &run,
            until: None,
        };
        let checked = engine.check(&source);
        let compiled = engine.compile(&source);
        assert!(checked.is_err() || compiled.is_ok(), "it was checked and cannot be compiled");
        if let Ok(script) = compiled {
            engine.run(&script, &scope).ok();
        }
        let fields = json!({"text": source, "list": [source]});
        if let Ok(template) = engine.template(&fields) {
            engine.render(&template, &scope).ok();
        }
    });
}

const DOOR_WORDS: [&str; 26] = [
    "POST ",
    "GET ",
    "content-type: ",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/csv",
    "; charset=utf-16",
    "x-delivery: ",
    "x-shopify-topic: ",
    "x-shopify-hmac-sha256: ",
    "authorization: Basic ",
    "\n",
    "\n\n",
    "\r\n",
    "{\"a\":",
    "[[[[[[[[[[[[[[[[",
    "1e99999",
    "\"\\ud800\"",
    "\u{0}",
    "%ff",
    "&a[]=1",
    "=",
    "ก",
    "\u{feff}",
    "null",
];

/// A request is taken or refused, and what is taken can be read.
#[test]
fn fuzz_requests_at_the_door() {
    let (corpus, catalog) = (Corpus::of(&["corpus/doors"], &DOOR_WORDS), catalog::all());
    let with = json!({"path": "in", "delivery_id": "x-delivery", "methods": ["POST", "PUT", "GET"]});
    let with = with.as_object().cloned().unwrap_or_default();
    let doors: Vec<_> =
        catalog.specs().operations.keys().filter_map(|id| catalog.webhook(id).cloned()).collect();
    assert!(!doors.is_empty());
    try_all("doors", &corpus, |input| {
        let Some((method, query, headers, body)) = request(input) else { return };
        let request = Request {
            method: &method,
            path: "in",
            query: query.as_deref(),
            headers: &headers,
            body: &body,
            at: 0,
        };
        for door in &doors {
            if let Ok(delivery) = door.receive(&request, &with, None) {
                let value = delivery.body.into_value();
                serde_json::to_vec(&value).expect("what was taken is JSON");
            }
        }
    });
}

/// Much as HTTP/1.1 has it: a line with method and query, headers, an empty line, the body.
fn request(input: &[u8]) -> Option<(Method, Option<String>, HeaderMap, Bytes)> {
    let parted = input.windows(2).position(|two| two == b"\n\n").unwrap_or(input.len());
    let body = Bytes::copy_from_slice(input.get(parted + 2..).unwrap_or_default());
    let head = String::from_utf8_lossy(&input[..parted]);
    let mut lines = head.lines();
    let (method, query) = lines.next()?.split_once(' ')?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name = HeaderName::from_bytes(name.trim().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.trim().as_bytes())) {
            headers.append(name, value);
        }
    }
    let query = (!query.is_empty()).then(|| query.to_owned());
    Some((Method::from_bytes(method.as_bytes()).ok()?, query, headers, body))
}

const N8N_WORDS: [&str; 34] = [
    "\"nodes\": [",
    "\"connections\": {",
    "\"main\": [[",
    "\"node\": \"Start\"",
    "\"n8n-nodes-base.code\"",
    "\"n8n-nodes-base.splitInBatches\"",
    "\"n8n-nodes-base.merge\"",
    "\"typeVersion\": 3",
    "\"={{ ",
    " }}\"",
    "$json",
    "$('Start')",
    ".item.json",
    "$input.all()",
    "items",
    " => ",
    ".map(x => x)",
    ".reduce((a, b) => a + b, 0)",
    "for (const item of items) {",
    "return [{ json: {",
    "`${",
    "}`",
    "/[a-z]/g",
    " || ",
    " ? ",
    " : ",
    "...",
    "((((((((",
    "[[[[[[[[",
    "]",
    "}",
    "null",
    "1e999",
    "ก",
];

/// A workflow of n8n is read or refused; what it becomes is a document that reads back, and no message is empty.
#[test]
fn fuzz_n8n_workflows() {
    let corpus = Corpus::of(&["../n8n/tests/workflows"], &N8N_WORDS);
    let (catalog, scripts) = (catalog::all(), scripts());
    try_all("n8n-workflows", &corpus, |input| {
        let Ok(imported) = n8n::import(input) else { return };
        for flow in imported {
            let text = flow.document.to_text();
            let (document, _) =
                model::check(text.as_bytes(), catalog.specs(), |_| Surroundings::default(), &scripts);
            assert!(
                document.is_some_and(|document| document == flow.document),
                "it reads back as another one"
            );
            assert!(
                flow.report
                    .items
                    .iter()
                    .all(|item| !item.what(false).is_empty() && !item.what(true).is_empty())
            );
        }
    });
}

const API_WORDS: [&str; 48] = [
    "openapi: 3.0.3\n",
    "\"swagger\": \"2.0\",",
    "\"paths\": {",
    "\"get\": {",
    "\"post\": {",
    "\"parameters\": [",
    "\"in\": \"path\"",
    "\"in\": \"query\"",
    "\"in\": \"body\"",
    "\"style\": \"deepObject\"",
    "\"explode\": true",
    "\"required\": true",
    "\"requestBody\": {",
    "\"content\": {\"application/json\": {",
    "\"multipart/form-data\": {",
    "\"schema\": {",
    "\"type\": \"object\"",
    "\"type\": [\"string\", \"null\"]",
    "\"properties\": {",
    "\"items\": {",
    "\"allOf\": [",
    "\"oneOf\": [",
    "\"enum\": [",
    "\"const\": 1",
    "\"minimum\": 1e999",
    "\"maximum\": -18446744073709551616",
    "\"maxLength\": 0",
    "\"default\": \"${x}\"",
    "\"$ref\": \"#/components/schemas/Pet\"",
    "$ref: '#/'",
    "\"security\": [{}]",
    "\"/{a}{b}/..\": {",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a ",
    "<<: *animal\n",
    "? ",
    "- ",
    "  ",
    "|\n",
    "!!str ",
    "---\n",
    "%TAG ! tag:x\n",
    "null",
    "ก",
];

/// An API document is read or refused; what it becomes reads back, and its examples can be sent to an address of its own.
#[test]
fn fuzz_api_documents() {
    let corpus = Corpus::of(&["../openapi/tests/documents"], &API_WORDS);
    let wanted =
        openapi::Wanted { address: Some("https://x.example/openapi.json".into()), ..Default::default() };
    try_all("api-documents", &corpus, |input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(kept) = openapi::Imported::from_json(&text) {
            kept.operations
                .iter()
                .for_each(|operation| drop(openapi::request(operation, &operation.spec.example)));
        }
        let imported = match openapi::read(&text, &wanted) {
            Ok(imported) => imported,
            Err(problem) => {
                assert!(!problem.message.en.is_empty() && !problem.message.th.is_empty(), "{problem:?}");
                return;
            }
        };
        let json = imported.to_json().expect("a connector is JSON");
        let again = openapi::Imported::from_json(&json).expect("what was written can be read");
        assert!(again == imported, "it reads back as another one");
        for operation in &imported.operations {
            if let Ok(prepared) = openapi::request(operation, &operation.spec.example) {
                let target = prepared.target;
                assert!(target.starts_with('/') && target.is_ascii(), "{target}");
                assert!(prepared.headers.iter().all(|(_, value)| !value.contains(['\r', '\n'])));
            }
        }
    });
}
