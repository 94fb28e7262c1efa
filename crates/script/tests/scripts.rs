//! Scripts and expressions in, values or plain sentences out.

mod common;

use common::{check, render};
use expect_test::expect;

#[test]
fn an_order_is_mapped_with_its_digits() {
    check(
        "#{ ref: input.name, id: input.id, lines: input.line_items.map(|l| #{ sku: l.sku, qty: l.quantity, price: l.price, order: input.name }) }",
        expect![[r##"{"id":450789469,"lines":[{"order":"#1001","price":"1070.00","qty":2,"sku":"A-1"},{"order":"#1001","price":"99.50","qty":1,"sku":"B-2"}],"ref":"#1001"}"##]],
    );
}

#[test]
fn a_missing_part_is_named() {
    check("input.shipping.city", expect!["E0205 Line 1, column 16: `input.shipping` is missing, so nothing can be read from it. If it may be missing, write `input.shipping?.city`."]);
    check("input.line_items[9].sku", expect!["E0205 Line 1, column 18: The list has 2 items, so there is none at 9 (the first is 0, the last 1)."]);
    check("let a = input;\n  a.x.y.z", expect!["E0205 Line 2, column 7: `a.x` is missing, so nothing can be read from it. If it may be missing, write `a.x?.y`."]);
}

#[test]
fn a_whole_expression_keeps_its_type_and_mixed_text_is_joined() {
    render(
        r#"{"a":"${input.id}","b":"Order ${input.name}: ${input.line_items[0].price}${input.note}"}"#,
        expect![[r#"{"a":450789469,"b":"Order #1001: 1070.00"}"#]],
    );
}
