//! Rows that are read and written.

use super::{asked, failed, runner, values};
use crate::common::fake::Fake;
use connector::{Error, Retry};
use model::EffectRule;
use serde_json::{Value, json};

fn header() -> Value {
    values(json!([["Order", "Phone", "Total"]]))
}

#[tokio::test]
async fn rows_are_objects_by_the_header_s_names_and_keep_their_digits() {
    let fake = Fake::start().await;
    let rows = r#"{"values": [["1001", "0812345678", 267.50], [], ["1002", "=1+1", 0.1], ["1003"]]}"#;
    fake.answers(200, header()).answers_with(200, &[("content-type", "application/json")], rows);
    let output = runner(&fake, "read_rows").run(json!({"sheet": "Orders", "limit": 4})).await.unwrap();
    assert_eq!(
        output["rows"].to_string(),
        r#"[{"_row":2,"Order":"1001","Phone":"0812345678","Total":267.50},{"_row":4,"Order":"1002","Phone":"=1+1","Total":0.1},{"_row":5,"Order":"1003","Phone":"","Total":""}]"#
    );
    assert_eq!((&output["more"], &output["next_row"]), (&json!(true), &json!(6)));
    let all = fake.asked();
    assert_eq!(asked(&all[0]), "GET values/'Orders'!1:1");
    assert_eq!(asked(&all[1]), "GET values/'Orders'!2:5");
    assert_eq!(
        (all[1].pair("valueRenderOption").as_deref(), all[1].pair("dateTimeRenderOption").as_deref()),
        (Some("UNFORMATTED_VALUE"), Some("FORMATTED_STRING"))
    );
}

#[tokio::test]
async fn a_page_goes_on_where_the_one_before_ended_and_the_end_of_the_sheet_is_no_mistake() {
    let fake = Fake::start().await;
    let read = runner(&fake, "read_rows");
    let beyond = || {
        failed(
            "INVALID_ARGUMENT",
            "Range ('Orders'!B1002:C1501) exceeds grid limits. Max rows: 1001, max columns: 26",
        )
    };
    let input = json!({"sheet": "Orders", "first_row": 1002, "columns": "B:C", "render": "shown"});
    fake.answers(200, values(json!([["Phone", "Total"]]))).answers(400, beyond());
    let output = read.run(input.clone()).await.unwrap();
    assert_eq!((&output["rows"], &output["more"]), (&json!([]), &json!(false)));
    assert_eq!(asked(&fake.asked()[1]), "GET values/'Orders'!B1002:C1501");
    assert_eq!(fake.asked()[1].pair("valueRenderOption").as_deref(), Some("FORMATTED_VALUE"));
    // Where only the end is behind the sheet's, what there is comes.
    let mut early = input;
    early["first_row"] = 1000.into();
    fake.answers(200, values(json!([["Phone", "Total"]])))
        .answers(400, beyond())
        .answers(200, values(json!([["081", "1"]])));
    assert_eq!(read.run(early).await.unwrap()["rows"], json!([{"_row": 1000, "Phone": "081", "Total": "1"}]));
    assert_eq!(asked(fake.asked().last().unwrap()), "GET values/'Orders'!B1000:C1001");
}

#[tokio::test]
async fn a_sheet_without_names_is_told() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"range": "Orders!A1:Z1"}));
    let error = runner(&fake, "read_rows").run(json!({"sheet": "Orders"})).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("names no columns")),
        "{error:?}"
    );
    let nowhere = runner(&fake, "read_rows").run(json!({"sheet": " "})).await.unwrap_err();
    assert!(matches!(nowhere, Error::Input { .. }), "{nowhere:?}");
}

fn new_rows() -> Value {
    json!({"sheet": "Orders", "key": "Order", "rows": [
        {"Order": "1001", "Phone": "0812345678", "Total": 267.5}, {"Order": "1002", "Phone": "=1+1"}]})
}

#[tokio::test]
async fn texts_are_written_as_texts_and_each_row_once() {
    let fake = Fake::start().await;
    let append = runner(&fake, "append_rows");
    fake.answers(200, header())
        .answers(200, values(json!([["1000"], [], ["1001"]])))
        .answers(200, json!({"updates": {"updatedRange": "Orders!A5:C5", "updatedRows": 1}}));
    let output = append.run(new_rows()).await.unwrap();
    assert_eq!(output, json!({"appended": 1, "standing": 1, "range": "Orders!A5:C5"}));
    let all = fake.asked();
    assert_eq!(asked(&all[1]), "GET values/'Orders'!A2:A");
    assert_eq!(asked(&all[2]), "POST values/'Orders'!A1:C1:append");
    assert_eq!(
        (all[2].pair("valueInputOption").as_deref(), all[2].pair("insertDataOption").as_deref()),
        (Some("RAW"), Some("INSERT_ROWS"))
    );
    assert_eq!(all[2].json()["values"], json!([["1002", "=1+1", ""]]));
}

#[tokio::test]
async fn a_lost_answer_doubles_no_rows() {
    let fake = Fake::start().await;
    let append = runner(&fake, "append_rows");
    fake.answers(200, header()).answers(200, values(json!([]))).answers(500, json!({}));
    let lost = append.run(new_rows()).await.unwrap_err();
    assert!(lost.may_have_happened() && lost.retry() == Retry::Backoff, "{lost:?}");
    fake.answers(200, header()).answers(200, values(json!([["1001"], ["1002"]])));
    assert_eq!(
        append.probe(new_rows()).await.unwrap(),
        Some(json!({"appended": 2, "standing": 0, "range": null}))
    );
    // Of which only one arrived: the other one is put there, and no more.
    fake.answers(200, header()).answers(200, values(json!([["1001"]])));
    assert_eq!(append.probe(new_rows()).await.unwrap(), None);
    fake.answers(200, header()).answers(200, values(json!([["1001"]]))).answers(200, json!({}));
    assert_eq!(append.run(new_rows()).await.unwrap()["appended"], json!(1));
    // Without a key nobody can know.
    assert_eq!(append.action.effect(&new_rows()), EffectRule::Probe);
    assert_eq!(append.action.effect(&json!({"sheet": "Orders", "rows": []})), EffectRule::Ask);
    fake.answers(500, json!({}));
    let looked = append.run(new_rows()).await.unwrap_err();
    assert!(!looked.may_have_happened(), "nothing was written yet: {looked:?}");
}

#[tokio::test]
async fn what_the_sheet_has_no_column_for_is_told_before_anything_is_written() {
    let fake = Fake::start().await;
    let append = runner(&fake, "append_rows");
    let cases = [
        json!({"sheet": "Orders", "rows": [{"Order": "1", "Adress": "x"}]}),
        json!({"sheet": "Orders", "rows": [{"Order": {"id": 1}}]}),
        json!({"sheet": "Orders", "key": "Number", "rows": [{"Number": "1"}]}),
        json!({"sheet": "Orders", "key": "Order", "rows": [{"Phone": "1"}]}),
        json!({"sheet": "Orders", "key": "Order", "rows": [{"Order": 1}, {"Order": "1"}]}),
    ];
    for input in cases {
        fake.answers(200, header());
        let before = fake.asked().len();
        let error = append.run(input.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{input}: {error:?}");
        assert_eq!(fake.asked().len(), before + 1, "{input}");
    }
    let many: Vec<Value> = (0..1_001).map(|number| json!({"Order": number})).collect();
    let error = append.run(json!({"sheet": "Orders", "rows": many})).await.unwrap_err();
    assert!(error.to_string().contains("1001 rows"), "{error}");
}

#[tokio::test]
async fn rows_are_found_by_their_key_and_only_what_is_named_is_changed() {
    let fake = Fake::start().await;
    let update = runner(&fake, "update_rows");
    let input = json!({"sheet": "Orders", "key": "Order", "rows": [{"Order": 1001, "Total": 300}, {"Order": "9", "Total": 1}]});
    fake.answers(200, header()).answers(200, values(json!([["1000"], ["1001"]]))).answers(200, json!({}));
    assert_eq!(update.run(input.clone()).await.unwrap(), json!({"updated": 1, "missing": ["9"]}));
    let all = fake.asked();
    assert_eq!(asked(&all[2]), "POST values:batchUpdate");
    assert_eq!(
        all[2].json(),
        json!({"valueInputOption": "RAW", "data": [{"range": "'Orders'!A3:C3", "values": [[1001, null, 300]]}]})
    );
    // Two rows with one key: nobody knows which is meant.
    fake.answers(200, header()).answers(200, values(json!([["1001"], ["1001"]])));
    let twice = update.run(input).await.unwrap_err();
    assert!(matches!(&twice, Error::Refused { message, .. } if message.contains("1001")), "{twice:?}");
    assert_eq!(fake.asked().len(), 5);
}

#[tokio::test]
async fn what_is_not_there_yet_is_put_below() {
    let fake = Fake::start().await;
    let upsert = runner(&fake, "upsert_rows");
    let input = json!({"sheet": "Orders", "key": "Order", "entry": "typed", "rows": [{"Order": "1001", "Total": 300}, {"Order": "1002", "Total": 1}]});
    fake.answers(200, header())
        .answers(200, values(json!([["1001"]])))
        .answers(200, json!({}))
        .answers(200, json!({}));
    assert_eq!(upsert.run(input.clone()).await.unwrap(), json!({"updated": 1, "appended": 1}));
    let all = fake.asked();
    assert_eq!(all[2].json()["valueInputOption"], "USER_ENTERED");
    assert_eq!(all[3].json()["values"], json!([["1002", "", 1]]));
    assert_eq!(all[3].pair("valueInputOption").as_deref(), Some("USER_ENTERED"));
    // Sent again after a lost answer, it finds both.
    fake.answers(200, header()).answers(200, values(json!([["1001"], ["1002"]]))).answers(200, json!({}));
    assert_eq!(upsert.probe(input.clone()).await.unwrap(), None);
    assert_eq!(upsert.run(input).await.unwrap(), json!({"updated": 2, "appended": 0}));
}

#[tokio::test]
async fn rows_below_the_header_are_cleared() {
    let fake = Fake::start().await;
    let clear = runner(&fake, "clear");
    let sheets = json!({"sheets": [{"properties": {"title": "Other", "gridProperties": {"rowCount": 5}}},
                                   {"properties": {"title": "Stock", "gridProperties": {"rowCount": 1000}}}]});
    fake.answers(200, sheets.clone()).answers(200, json!({"clearedRange": "Stock!A2:Z1000"}));
    assert_eq!(clear.run(json!({"sheet": "Stock"})).await.unwrap(), json!({"range": "Stock!A2:Z1000"}));
    assert_eq!(asked(&fake.asked()[1]), "POST values/'Stock'!2:1000:clear");
    fake.answers(200, json!({"clearedRange": "Stock!B5:C9"}));
    clear.run(json!({"sheet": "Stock", "columns": "B:C", "first_row": 5, "last_row": 9})).await.unwrap();
    assert_eq!(asked(&fake.asked()[2]), "POST values/'Stock'!B5:C9:clear");
    let upside_down = clear.run(json!({"sheet": "Stock", "first_row": 9, "last_row": 5})).await.unwrap_err();
    assert!(matches!(upside_down, Error::Input { .. }), "{upside_down:?}");
    fake.answers(200, sheets);
    assert!(matches!(clear.run(json!({"sheet": "Nope"})).await, Err(Error::Refused { .. })));
}
