//! Mapping a shop's order to an ERP's, as somebody at the screen does it.

use canvas::mapper::{self, Kind, NotMapped, Setting, SourceRow, TargetKind, TargetRow};
use model::mapping::{Conversion, Mapping, coverage};
use model::{Field, FieldKind, Value};
use serde_json::json;
use std::collections::HashSet;

fn shape() -> Vec<Field> {
    let field = |name: &str, kind, en: &str, th: &str| Field::new(name, kind, en, th);
    let line = vec![
        field("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)").required(),
        field("quantity", FieldKind::Number, "Quantity", "จำนวน").required(),
        field("price", FieldKind::Money(None), "Unit price", "ราคาต่อหน่วย"),
        field("tax_included", FieldKind::Bool, "Price includes tax", "ราคารวมภาษี"),
    ];
    vec![
        field("reference", FieldKind::Text, "Reference", "เลขอ้างอิง").required(),
        field("date", FieldKind::Text, "Date", "วันที่"),
        field("partner", FieldKind::Json, "Customer", "ลูกค้า").required().shape([
            field("ref", FieldKind::Text, "Customer's number", "รหัสลูกค้า"),
            field("email", FieldKind::Text, "E-mail", "อีเมล"),
            field("zip", FieldKind::Text, "Postcode", "รหัสไปรษณีย์"),
        ]),
        field("lines", FieldKind::List(line), "Lines", "รายการ").required(),
    ]
}

fn order() -> Value {
    json!({
        "id": 820982911946154508_i64, "name": "#1001", "created_at": "2026-11-20T10:10:00+07:00", "taxes_included": true,
        "customer": {"id": 7, "e-mail": "a@example.com"},
        "shipping_address": {"zip": "10110"},
        "line_items": [{"sku": "TEA-100", "qty": 2, "price": "535.00"}, {"sku": "TEA-200", "gift": true}],
        "tags": ["vip", "thai"]
    })
}

fn found() -> Vec<SourceRow> {
    mapper::sources("input", "input", &order())
}

fn source(path: &str) -> SourceRow {
    found().into_iter().find(|row| row.path == path).unwrap_or_else(|| panic!("{path} is in the sample"))
}

fn mapped(pairs: &[(&str, &str)]) -> Mapping {
    let mut mapping = Mapping::default();
    for (target, path) in pairs {
        mapper::assign(&mut mapping, target, &source(path), &shape()).unwrap();
    }
    mapping
}

fn row(mapping: &Mapping, target: &str) -> TargetRow {
    mapper::rows(mapping, &shape()).into_iter().find(|row| row.target == target).expect("a row")
}

#[test]
fn a_sample_is_a_tree_of_what_can_be_mapped_with_the_elements_of_its_lists() {
    let paths: Vec<String> = found().into_iter().map(|row| row.path).collect();
    for path in
        ["input", "input.customer[\"e-mail\"]", "input.line_items", "input.line_items[].gift", "input.tags[]"]
    {
        assert!(paths.contains(&path.to_owned()), "{path}: {paths:?}");
    }
    let price = source("input.line_items[].price");
    assert_eq!((price.kind, price.shown.as_str(), price.depth), (Kind::Text, "535.00", 2));
    assert_eq!(price.list.as_deref(), Some("input.line_items"));
    assert_eq!(source("input.line_items").shown, "[ 2 ]");
}

#[test]
fn what_is_dragged_to_a_field_is_a_line_that_is_converted_where_it_has_to_be() {
    let mapping = mapped(&[("reference", "input.id"), ("partner.email", "input.customer[\"e-mail\"]")]);
    let expected = json!({
        "reference": {"from": "${input.id}", "as": "text"},
        "partner.email": "${input.customer[\"e-mail\"]}"
    });
    assert_eq!(mapping.write(), expected);
}

#[test]
fn a_field_of_an_element_brings_the_list_along() {
    let mapping =
        mapped(&[("lines[].sku", "input.line_items[].sku"), ("lines[].price", "input.line_items[].price")]);
    let expected = json!({"lines": {"each": "${input.line_items}", "fields": {
        "sku": "${item.sku}", "price": {"from": "${item.price}", "as": "decimal"}
    }}});
    assert_eq!(mapping.write(), expected);
    let nothing = mapper::assign(&mut Mapping::default(), "lines[].sku", &source("input.name"), &shape());
    assert_eq!(nothing, Err(NotMapped::ListFirst));
}

#[test]
fn an_element_s_value_elsewhere_is_that_of_the_first() {
    let mapping = mapped(&[("reference", "input.line_items[].sku"), ("lines", "input.line_items")]);
    assert_eq!(row(&mapping, "reference").source.as_deref(), Some("input.line_items[0].sku"));
    let other = mapped(&[("lines", "input.line_items"), ("lines[].sku", "input.name")]);
    assert_eq!(row(&other, "lines[].sku").source.as_deref(), Some("input.name"));
}

#[test]
fn another_source_keeps_the_conversions_and_a_list_its_lines() {
    let mut mapping = mapped(&[("reference", "input.id"), ("lines[].sku", "input.line_items[].sku")]);
    mapper::set_conversions(&mut mapping, "reference", vec![Conversion::Text, Conversion::Cut(10)]);
    mapper::assign(&mut mapping, "reference", &source("input.name"), &shape()).unwrap();
    mapper::assign(&mut mapping, "lines", &source("input.tags"), &shape()).unwrap();
    let expected = json!({
        "reference": {"from": "${input.name}", "as": ["text", {"cut": 10}]},
        "lines": {"each": "${input.tags}", "fields": {"sku": "${item.sku}"}}
    });
    assert_eq!(mapping.write(), expected);
}

#[test]
fn lines_stand_in_the_order_of_the_target_whenever_they_are_mapped() {
    let mapping = mapped(&[
        ("lines", "input.line_items"),
        ("partner.zip", "input.shipping_address.zip"),
        ("reference", "input.id"),
    ]);
    let names: Vec<&str> = mapping.lines.iter().map(|line| line.target.as_str()).collect();
    assert_eq!(names, ["reference", "partner.zip", "lines"]);
}

#[test]
fn what_is_typed_is_a_path_a_text_with_expressions_or_a_fixed_value() {
    let mut mapping = mapped(&[("lines", "input.line_items")]);
    for (target, text) in [
        ("reference", "SHOP-${input.id}"),
        ("date", "input.created_at"),
        ("partner.zip", "10110"),
        ("lines[].quantity", "1"),
        ("lines[].tax_included", "true"),
    ] {
        mapper::set_text(&mut mapping, target, text, &shape()).unwrap();
    }
    let expected = json!({
        "reference": "SHOP-${input.id}", "date": "${input.created_at}", "partner.zip": "10110",
        "lines": {"each": "${input.line_items}", "fields": {"quantity": 1, "tax_included": true}}
    });
    assert_eq!(mapping.write(), expected);
    mapper::set_text(&mut mapping, "date", " ", &shape()).unwrap();
    assert_eq!(row(&mapping, "date").source, None, "nothing typed is no line");
}

#[test]
fn fields_are_suggested_by_what_they_are_called_in_either_language() {
    let mut mapping = Mapping::default();
    let suggested = mapper::suggest(&mut mapping, &found(), &shape());
    let expected = json!({
        "reference": {"from": "${input.id}", "as": "text"},
        "date": "${input.created_at}",
        "partner.ref": {"from": "${input.customer.id}", "as": "text"},
        "partner.email": "${input.customer[\"e-mail\"]}",
        "partner.zip": "${input.shipping_address.zip}",
        "lines": {"each": "${input.line_items}", "fields": {
            "sku": "${item.sku}", "quantity": "${item.qty}", "price": {"from": "${item.price}", "as": "decimal"},
            "tax_included": "${input.taxes_included}"
        }}
    });
    assert_eq!(mapping.write(), expected);
    assert_eq!(suggested.len(), 10);
    assert_eq!(coverage(&shape(), &mapping).percent(), 100);
    assert_eq!(
        mapper::suggest(&mut mapping, &found(), &shape()),
        Vec::<String>::new(),
        "what has a line keeps it"
    );

    let thai =
        json!({"เลขที่": "A1", "ลูกค้า": {"รหัสไปรษณีย์": "50000"}, "รายการ": [{"รหัสสินค้า": "X", "จำนวน": 1}]});
    let mut mapping = Mapping::default();
    mapper::suggest(&mut mapping, &mapper::sources("input", "input", &thai), &shape());
    let expected = json!({
        "reference": "${input[\"เลขที่\"]}",
        "partner.zip": "${input[\"ลูกค้า\"][\"รหัสไปรษณีย์\"]}",
        "lines": {"each": "${input[\"รายการ\"]}", "fields": {
            "sku": "${item[\"รหัสสินค้า\"]}", "quantity": "${item[\"จำนวน\"]}"
        }}
    });
    assert_eq!(mapping.write(), expected);
}

#[test]
fn how_much_is_covered_grows_line_by_line() {
    let all = |mapping: &Mapping| {
        let covered = coverage(&shape(), mapping);
        (covered.mapped, covered.required, covered.percent())
    };
    assert_eq!(all(&Mapping::default()), (0, 5, 0));
    let mut mapping = mapped(&[("reference", "input.id"), ("lines[].sku", "input.line_items[].sku")]);
    assert_eq!(all(&mapping), (3, 5, 60));
    assert_eq!(coverage(&shape(), &mapping).missing, ["partner", "lines[].quantity"]);
    mapper::set_text(&mut mapping, "partner.zip", "10110", &shape()).unwrap();
    mapper::set_text(&mut mapping, "lines[].quantity", "item.qty", &shape()).unwrap();
    assert_eq!(all(&mapping), (5, 5, 100));
    mapper::remove(&mut mapping, "lines");
    assert_eq!(all(&mapping), (2, 5, 40), "what was in the list is gone with it");
}

#[test]
fn fields_of_one_s_own_stand_behind_the_others_and_bad_names_are_refused() {
    let mut mapping = mapped(&[("lines", "input.line_items")]);
    mapper::add(&mut mapping, "channel.name").unwrap();
    let last = mapper::rows(&mapping, &shape()).pop().unwrap();
    assert_eq!((last.target.as_str(), last.custom), ("channel.name", true));
    for bad in ["", " ", "a..b", "channel.name", "a[].b"] {
        assert_eq!(mapper::add(&mut mapping, bad), Err(NotMapped::BadName), "{bad}");
    }
}

#[test]
fn a_line_that_cannot_be_read_is_kept_until_it_is_replaced() {
    let written = json!({"reference": {"from": "${input.id}", "as": "tirm"}, "date": "${input.created_at}"});
    let (mut mapping, slips) = Mapping::read(&written);
    assert_eq!((slips.len(), mapping.write()), (1, written));
    assert!(row(&mapping, "reference").unread);
    mapper::assign(&mut mapping, "reference", &source("input.name"), &shape()).unwrap();
    assert_eq!(mapping.write()["reference"], "${input.name}");
}

#[test]
fn a_list_takes_only_the_elements_that_are_wanted() {
    let mut mapping = mapped(&[("lines", "input.line_items")]);
    mapper::set_when(&mut mapping, "lines", "item.qty > 0");
    assert_eq!(mapping.write()["lines"]["when"], "${item.qty > 0}");
    assert_eq!(row(&mapping, "lines").when, "${item.qty > 0}");
    mapper::set_when(&mut mapping, "lines", "");
    assert_eq!(mapping.write()["lines"].get("when"), None);
}

#[test]
fn a_list_inside_of_a_list_brings_both_and_reads_from_the_inner_element() {
    let order = json!({"lines": [{"sku": "A", "taxes": [{"rate": 7}]}]});
    let found = mapper::sources("input", "input", &order);
    let rate = found.iter().find(|row| row.path == "input.lines[].taxes[].rate").expect("a rate");
    let tax = vec![Field::new("percent", FieldKind::Number, "", "")];
    let line = vec![Field::new("taxes", FieldKind::List(tax), "", "")];
    let shape = vec![Field::new("rows", FieldKind::List(line), "", "")];
    let mut mapping = Mapping::default();
    mapper::assign(&mut mapping, "rows[].taxes[].percent", rate, &shape).unwrap();
    let expected = json!({"rows": {"each": "${input.lines}", "fields": {
        "taxes": {"each": "${item.taxes}", "fields": {"percent": "${item.rate}"}}
    }}});
    assert_eq!(mapping.write(), expected);
}

#[test]
fn without_a_shape_a_line_becomes_a_list_with_fields_of_its_own_and_back() {
    let mut mapping = Mapping::default();
    mapper::add(&mut mapping, "rows").unwrap();
    mapper::assign(&mut mapping, "rows", &source("input.line_items"), &[]).unwrap();
    assert_eq!(mapping.write(), json!({"rows": "${input.line_items}"}));
    mapper::set_each(&mut mapping, "rows", true);
    mapper::add(&mut mapping, "rows[].code").unwrap();
    assert_eq!(mapper::add(&mut mapping, "rows[].code"), Err(NotMapped::BadName));
    mapper::assign(&mut mapping, "rows[].code", &source("input.line_items[].sku"), &[]).unwrap();
    let expected = json!({"rows": {"each": "${input.line_items}", "fields": {"code": "${item.sku}"}}});
    assert_eq!(mapping.write(), expected);
    mapper::set_each(&mut mapping, "rows", false);
    assert_eq!(mapping.write(), json!({"rows": "${input.line_items}"}));
}

#[test]
fn a_suggestion_is_taken_line_by_line_and_a_line_brings_its_list() {
    let mut suggested = Mapping::default();
    mapper::suggest(&mut suggested, &found(), &shape());
    let mut mapping = Mapping::default();
    mapper::accept(&mut mapping, &suggested, &["lines[].quantity".into()], &shape());
    let expected = json!({"lines": {"each": "${input.line_items}", "fields": {"quantity": "${item.qty}"}}});
    assert_eq!(mapping.write(), expected);
    mapper::set_text(&mut mapping, "date", "2026-01-01", &shape()).unwrap();
    let all = ["reference", "date", "lines", "lines[].sku"].map(str::to_owned);
    mapper::accept(&mut mapping, &suggested, &all, &shape());
    let expected = json!({
        "reference": {"from": "${input.id}", "as": "text"}, "date": "2026-01-01",
        "lines": {"each": "${input.line_items}", "fields": {"sku": "${item.sku}", "quantity": "${item.qty}"}}
    });
    assert_eq!(mapping.write(), expected, "what somebody wrote stays");
}

#[test]
fn a_source_is_unfolded_and_searched() {
    let paths = |text: &str, turned: &[&str]| -> Vec<String> {
        let turned: HashSet<String> = turned.iter().map(|path| (*path).to_owned()).collect();
        let (rows, _) = mapper::in_sight(&found(), text, &turned, 100);
        rows.into_iter().map(|row| row.row.path).collect()
    };
    assert!(paths("", &[]).contains(&"input.customer.id".to_owned()));
    assert!(!paths("", &["input.customer"]).contains(&"input.customer.id".to_owned()));
    assert_eq!(paths("", &["input"]), ["input"]);
    assert_eq!(paths("10110", &["input"]), ["input", "input.shipping_address", "input.shipping_address.zip"]);
    assert_eq!(paths("GIFT", &[]), ["input", "input.line_items", "input.line_items[].gift"]);
    assert!(mapper::in_sight(&found(), "", &HashSet::new(), 3).1, "there are more rows than three");
}

#[test]
fn a_value_of_another_kind_is_to_be_converted_and_once_it_is_no_more() {
    let mut mapping = mapped(&[("lines", "input.line_items")]);
    mapper::set_text(&mut mapping, "lines[].price", "item.price", &shape()).unwrap();
    let fit = |mapping: &Mapping| mapper::fit(&row(mapping, "lines[].price"), &found());
    assert_eq!(fit(&mapping), [Conversion::Decimal]);
    mapper::set_conversions(&mut mapping, "lines[].price", vec![Conversion::Money("THB".into())]);
    assert_eq!(fit(&mapping), []);
}

#[test]
fn the_next_open_field_is_behind_the_one_at_hand_and_then_the_first_again() {
    let mapping = mapped(&[("reference", "input.id")]);
    let rows = mapper::rows(&mapping, &shape());
    let missing = coverage(&shape(), &mapping).missing;
    let next = |after: Option<&str>| mapper::next_open(&rows, &missing, after);
    assert_eq!(next(None).as_deref(), Some("partner.ref"));
    assert_eq!(next(Some("partner.ref")).as_deref(), Some("lines"));
    assert_eq!(next(Some("lines[].quantity")).as_deref(), Some("partner.ref"));
    assert_eq!(mapper::next_open(&rows, &[], None), None);
    assert_eq!(mapper::pointer_of("lines[].tax/rate"), "/lines/fields/tax~1rate");
}

#[test]
fn every_conversion_shows_what_is_set_and_takes_it_back() {
    for name in Conversion::NAMES {
        let conversion = Conversion::named(name).expect("it has a name");
        for setting in mapper::settings(&conversion) {
            let shown = setting.shown(&conversion);
            assert_eq!(
                setting.set(&conversion, &shown, TargetKind::Any).as_ref(),
                Some(&conversion),
                "{name}"
            );
        }
    }
    let set = |name: &str, setting: Setting, text: &str| {
        setting.set(&Conversion::named(name).expect("a name"), text, TargetKind::Number)
    };
    assert_eq!(set("money", Setting::Currency, "usd"), Some(Conversion::Money("USD".into())));
    assert_eq!(
        set("money", Setting::Currency, "${input.currency}"),
        Some(Conversion::Money("${input.currency}".into()))
    );
    assert_eq!(set("default", Setting::Instead, "0"), Some(Conversion::Default(json!(0))));
    for (name, setting, text) in [
        ("money", Setting::Currency, "US"),
        ("round", Setting::Digits, "many"),
        ("with_vat", Setting::Rate, "107"),
        ("split", Setting::Between, ""),
    ] {
        assert_eq!(set(name, setting, text), None, "{name} {text}");
    }
}

#[test]
fn what_a_mapping_can_be_made_for_is_known_from_the_operations_and_the_node_after_it() {
    use model::{FlowDocument, OperationSpec, Specs};
    let specs = Specs::new(
        Vec::new(),
        vec![
            OperationSpec::action("a/send", "Send", "ส่ง").field(Field::new(
                "body",
                FieldKind::Json,
                "Body",
                "ข้อมูล",
            )),
            OperationSpec::action("erp/order", "Order", "คำสั่งซื้อ")
                .field(Field::new("order", FieldKind::Json, "Order", "คำสั่งซื้อ").shape(shape())),
            OperationSpec::transform("core/map", "Map", "จับคู่"),
        ],
    );
    let names: Vec<_> =
        mapper::targets(&specs).into_iter().map(|choice| (choice.target, choice.known)).collect();
    assert_eq!(names, [("erp/order.order".to_owned(), true), ("a/send.body".to_owned(), false)]);
    let doc: FlowDocument = serde_json::from_value(json!({
        "khlong": 1, "id": "f", "name": "F",
        "nodes": [{"id": "map", "use": "core/map"}, {"id": "erp", "use": "erp/order"}],
        "edges": [{"from": "map", "to": "erp"}]
    }))
    .expect("a flow");
    let next = mapper::next_target(&doc, &specs, &"map".into()).expect("it leads to the ERP");
    assert_eq!(
        (next.target.as_str(), next.node.as_str(), next.field.as_str()),
        ("erp/order.order", "erp", "order")
    );
    assert_eq!(mapper::next_target(&doc, &specs, &"erp".into()), None);
}
