//! What nobody wrote by hand: it is refused in words, or answered in bounded time.

use n8n::js::{self, Why};
use n8n::{Refused, import, is_n8n};
use serde_json::json;

fn with_code(code: &str) -> Vec<u8> {
    let nodes = json!([
        {"name": "Start", "type": "n8n-nodes-base.manualTrigger", "parameters": {}},
        {"name": "Code", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": code}},
    ]);
    let connections = json!({"Start": {"main": [[{"node": "Code", "type": "main", "index": 0}]]}});
    json!({"name": "w", "nodes": nodes, "connections": connections}).to_string().into_bytes()
}

#[test]
fn what_is_no_workflow_is_refused_in_words() {
    let refused = |text: &str| import(text.as_bytes()).expect_err("it is refused").to_string();
    assert!(refused("{").contains("not JSON"));
    assert!(refused("[]").contains("no n8n workflow"));
    assert!(refused("{\"nodes\": []}").contains("no n8n workflow"));
    assert!(refused("{\"khlong\": 1, \"nodes\": [], \"connections\": {}}").contains("no n8n workflow"));
    assert!(!is_n8n(b"{\"khlong\": 1, \"nodes\": [], \"edges\": []}"));
}

#[test]
fn too_much_is_counted_and_refused() {
    let nodes: Vec<_> =
        (0..n8n::NODES_MAX + 1).map(|n| json!({"name": n.to_string(), "type": "x"})).collect();
    let text = json!({"nodes": nodes, "connections": {}}).to_string();
    assert!(matches!(import(text.as_bytes()), Err(Refused::TooMany { what: "nodes", .. })));
    let many: Vec<_> = (0..n8n::WORKFLOWS_MAX + 1).map(|_| json!({"nodes": [], "connections": {}})).collect();
    assert!(matches!(import(json!(many).to_string().as_bytes()), Err(Refused::TooManyWorkflows { .. })));
    assert!(matches!(import(&vec![b' '; model::DOCUMENT_BYTES_MAX + 1]), Err(Refused::TooLarge { .. })));
}

#[test]
fn a_workflow_called_like_a_part_of_an_address_gets_another_id() {
    let nodes = json!([{"name": "Start", "type": "n8n-nodes-base.manualTrigger", "parameters": {}}]);
    let text = json!({"name": "New", "nodes": nodes, "connections": {}}).to_string();
    let flow = import(text.as_bytes()).expect("it is read").remove(0).document;
    assert_eq!((flow.id.as_str(), flow.name.as_str()), ("new-2", "New"));
}

#[test]
fn a_circle_behind_a_list_has_an_end() {
    let node = |name: &str, kind: &str| json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": 1, "parameters": {}});
    let nodes = [
        node("Start", "manualTrigger"),
        json!({"name": "Split", "type": "n8n-nodes-base.splitOut", "typeVersion": 1, "parameters": {"fieldToSplitOut": "lines"}}),
        node("A", "httpRequest"),
        node("B", "httpRequest"),
        json!({"name": "All", "type": "n8n-nodes-base.aggregate", "typeVersion": 1, "parameters": {"aggregate": "aggregateAllItemData"}}),
    ];
    let to = |names: &[&str]| {
        let ends: Vec<_> =
            names.iter().map(|name| json!({"node": name, "type": "main", "index": 0})).collect();
        json!({"main": [ends]})
    };
    let connections =
        json!({"Start": to(&["Split"]), "Split": to(&["A"]), "A": to(&["B"]), "B": to(&["A", "All"])});
    let text = json!({"name": "w", "nodes": nodes, "connections": connections}).to_string();
    import(text.as_bytes()).expect("it is read");
}

#[test]
fn deep_and_long_code_is_left_to_a_person() {
    let deep = [
        "(".repeat(5_000) + "1" + &")".repeat(5_000),
        "[".repeat(5_000),
        "!".repeat(5_000) + "a",
        "1 +".repeat(5_000) + "1",
        "a".to_owned() + &".b".repeat(5_000),
        "x => ".repeat(5_000) + "1",
        "`${".repeat(2_000) + "1" + &"}`".repeat(2_000),
        "a ? ".repeat(3_000) + "1" + &" : 2".repeat(3_000),
    ];
    for source in deep {
        assert_eq!(js::expression(&source).err(), Some(Why::TooLarge), "{}…", &source[..20]);
        import(&with_code(&format!("return [{{ json: {{ a: {source} }} }}];"))).expect("it is read");
    }
    // Each step doubles what is written.
    let doubling = format!("return [{{ json: {{ a: {} }} }}];", "$json.a".to_owned() + &".length".repeat(40));
    let flow = import(&with_code(&doubling)).expect("it is read").remove(0);
    assert!(flow.report.of(n8n::Kind::Person).any(|item| item.note.code == "code-left"));
}

#[test]
fn what_is_looked_at_twice_on_every_level_ends_in_time() {
    let program = |source: String| format!("const x = $json.a; return [{{ json: {{ a: {source} }} }}];");
    let filters = (0..20).fold("x".to_owned(), |inner, _| format!("[x].filter(x => {inner}).length"));
    import(&with_code(&program(filters))).expect("it is read");
    let sums = (0..20).fold("1".to_owned(), |inner, _| format!("[1].reduce((a, b) => {inner}, '')"));
    let flow = import(&with_code(&program(sums))).expect("it is read").remove(0);
    assert!(flow.report.of(n8n::Kind::Person).any(|item| item.note.code == "code-left"));
}

#[test]
fn a_workflow_of_many_loops_and_many_references_ends_in_time() {
    let count = n8n::NODES_MAX;
    let names: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    let text = format!("={}", "{{ $('0').first().json.a }}".repeat(200));
    let field = json!({"assignments": {"assignments": [{"name": "a", "value": text, "type": "string"}]}});
    let node = |name: &String| match name.parse::<usize>().expect("a number") {
        0 => json!({"name": name, "type": "n8n-nodes-base.manualTrigger", "parameters": {}}),
        n if n % 2 == 0 => {
            json!({"name": name, "type": "n8n-nodes-base.splitInBatches", "typeVersion": 3, "parameters": {}})
        }
        _ => json!({"name": name, "type": "n8n-nodes-base.set", "typeVersion": 3.4, "parameters": field}),
    };
    let nodes: Vec<_> = names.iter().map(node).collect();
    let to = |n: usize| json!({"node": names[n % count], "type": "main", "index": 0});
    let targets = |n: usize| json!({"main": [[to(n + 1), to(n + 2)], [to(n + 3), to(n + count - 2)]]});
    let connections: serde_json::Map<_, _> = (0..count).map(|n| (names[n].clone(), targets(n))).collect();
    let text = json!({"name": "w", "nodes": nodes, "connections": connections}).to_string();
    import(text.as_bytes()).expect("it is read");
}
