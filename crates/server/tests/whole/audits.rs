//! Two files as an administrator compares them.

use crate::process::KHLONG;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

const SHOP: &str = "\u{feff}เลขที่,ลูกค้า,ยอดรวม,วันที่\r
SO-1001,สมชาย ใจดี,\"1,070.00\",2024-11-20 09:00\r
SO-1002,สมหญิง รักดี,250,2024-11-20 10:00\r
SO-1003,Malee,99.004,2024-11-20 11:00\r
SO-1004,=HYPERLINK(1),5,2024-11-20 12:00\r
SO-1005,ใหม่,5,2024-11-20 23:59\r
SO-1006,เมื่อวาน,5,2024-11-19 23:59\r
";
const ERP: &str = r#"{"ref": "SO-1001", "partner": {"name": "สมชาย ใจดี"}, "amount": 1070, "date": "2024-11-20T02:00:00Z"}
{"ref": "SO-1002", "partner": {"name": "สมหญิง  รักดี"}, "amount": 205.00, "date": "2024-11-20T03:00:00Z"}
{"ref": "SO-1003", "partner": {"name": "MALEE"}, "amount": 99.00, "date": "2024-11-20T04:00:00Z"}
{"ref": "SO-0999", "partner": {"name": "ใครไม่รู้"}, "amount": 1, "date": "2024-11-20T04:00:00Z"}
{"ref": "SO-0998", "partner": {"name": "ซ้ำ"}, "amount": 1, "date": "2024-11-20T04:00:00Z"}
{"ref": "SO-0998", "partner": {"name": "ซ้ำ"}, "amount": 1, "date": "2024-11-20T04:00:00Z"}
"#;
const ASKED: [&str; 11] = [
    "--key=เลขที่=ref",
    "--field=ยอดรวม=amount:money",
    "--field=ลูกค้า=partner.name:text",
    "--time=วันที่=date",
    "--from=2024-11-20",
    "--to=2024-11-20",
    "--cut-off=15m",
    "--first=2",
    "--temp-dir=.",
    "shop.csv",
    "erp.jsonl",
];

fn audit(folder: &Path, args: &[&str]) -> Output {
    Command::new(KHLONG).arg("audit").args(args).current_dir(folder).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = audit(folder, args);
    assert_eq!((output.status.code(), &*out(&output)), (Some(1), ""));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn shop_and_erp() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), SHOP).unwrap();
    std::fs::write(folder.path().join("erp.jsonl"), ERP).unwrap();
    folder
}

#[test]
fn two_files_are_compared_and_the_first_differences_shown() {
    let folder = shop_and_erp();
    let compared = audit(folder.path(), &ASKED);
    assert_eq!(compared.status.code(), Some(3), "{}", String::from_utf8_lossy(&compared.stderr));
    assert_eq!(
        out(&compared),
        r#"shop.csv: 6 records
erp.jsonl: 6 records

            1  matched
            1  within tolerance
            1  different
            1  only in shop.csv
            1  only in erp.jsonl
            1  duplicate
            1  late
            1  records outside the window

duplicate: SO-0998 (right 2 times, lines 5 and 6)
only right: SO-0999 (right line 4)
and 2 more: --out report.csv writes all
"#
    );
    let all = audit(folder.path(), &[&ASKED[..7], &ASKED[8..]].concat());
    assert!(
        out(&all).ends_with(
            r#"different: SO-1002 (left line 3; right line 2)
    ยอดรวม: "250" | 205.00
    ลูกค้า: "สมหญิง รักดี" | "สมหญิง  รักดี" (within tolerance)
only left: SO-1004 (left line 5)
"#
        ),
        "{}",
        out(&all)
    );
}

#[test]
fn the_report_has_everything_that_does_not_simply_match() {
    let folder = shop_and_erp();
    let report = |name: &str| {
        let compared = audit(folder.path(), &[&ASKED[..], &["--out", name]].concat());
        assert_eq!(compared.status.code(), Some(3));
        assert!(out(&compared).contains(&format!("and 2 more, in {name}")));
        std::fs::read(folder.path().join(name)).unwrap()
    };
    let csv = String::from_utf8(report("report.csv")).unwrap();
    assert_eq!(
        csv.trim_start_matches('\u{feff}').lines().collect::<Vec<_>>(),
        [
            "result,key.เลขที่,field,left,right,tolerated,left_line,right_line",
            "duplicate,SO-0998,,,,,,\"5, 6\"",
            "only_right,SO-0999,,,,,,4",
            "different,SO-1002,ยอดรวม,250,205.00,,3,2",
            "different,SO-1002,ลูกค้า,สมหญิง รักดี,สมหญิง  รักดี,yes,3,2",
            "within_tolerance,SO-1003,ยอดรวม,99.004,99.00,yes,4,3",
            "within_tolerance,SO-1003,ลูกค้า,Malee,MALEE,yes,4,3",
            "only_left,SO-1004,,,,,5,",
            "late,SO-1005,,,,,6,",
        ]
    );
    let json: Value = serde_json::from_slice(&report("report.json")).unwrap();
    assert_eq!(json["counts"]["different"], json!(1));
    assert_eq!(
        json["findings"][2]["fields"][0],
        json!({"field": "ยอดรวม", "left": "250", "right": "205.00".parse::<serde_json::Number>().unwrap(), "tolerated": false})
    );
    // Both can be read again, and hold the same; two orders have two fields that are not.
    report("report.xlsx");
    let same = audit(
        folder.path(),
        &["--key=key.เลขที่", "--field=left", "--field=right:number", "report.xlsx", "report.csv"],
    );
    assert_eq!(same.status.code(), Some(3), "{}", String::from_utf8_lossy(&same.stderr));
    assert!(
        out(&same).contains("            4  matched\n") && out(&same).contains("            2  duplicate\n"),
        "{}",
        out(&same)
    );
}

#[test]
fn files_without_differences_end_well_and_late_records_are_none() {
    let folder = shop_and_erp();
    let shop: String = SHOP
        .lines()
        .filter(|line| !line.contains("1002") && !line.contains("1004"))
        .map(|line| format!("{line}\n"))
        .collect();
    let erp: String =
        ERP.lines().take(3).filter(|line| !line.contains("1002")).map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.path().join("shop.csv"), shop).unwrap();
    std::fs::write(folder.path().join("erp.jsonl"), erp).unwrap();
    let compared = audit(folder.path(), &ASKED);
    assert_eq!(compared.status.code(), Some(0), "{}", out(&compared));
    assert!(out(&compared).contains("            1  late\n"));
}

#[test]
fn what_cannot_be_compared_is_told_with_its_place_and_leaves_no_report() {
    let folder = shop_and_erp();
    let told = refused(folder.path(), &["--key=no", "shop.csv", "erp.jsonl", "--out=report.csv"]);
    assert_eq!(
        told,
        "khlong: shop.csv: no record has a field \"no\"; the first has เลขที่, ลูกค้า, ยอดรวม, วันที่. Correct the name, or leave the field out\n"
    );
    let told = refused(folder.path(), &["--key=เลขที่=ref", "shop.csv", "nothing.jsonl"]);
    assert!(told.contains("nothing.jsonl: it cannot be read: No such file"), "{told}");
    std::fs::write(folder.path().join("erp.jsonl"), "{\"ref\": \"1\"}\n{\"ref\": }\n").unwrap();
    let told = refused(folder.path(), &["--key=เลขที่=ref", "shop.csv", "erp.jsonl"]);
    assert!(told.contains("erp.jsonl: line 2, column 9: expected value"), "{told}");
    std::fs::write(folder.path().join("erp.jsonl"), "{\"ref\": \"1\"}\n{\"ref\": \"\"}\n").unwrap();
    let told = refused(folder.path(), &["--key=เลขที่=ref", "shop.csv", "erp.jsonl"]);
    assert!(told.contains("erp.jsonl, line 2: the key \"ref\" is empty"), "{told}");
    let told = refused(folder.path(), &["--key=เลขที่=ref", "shop.csv", "erp.jsonl", "--out=report.pdf"]);
    assert!(told.contains("name the report .csv, .xlsx or .json"), "{told}");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let asked_wrong = audit(folder.path(), &["--key=a", "--field=b:abc", "shop.csv", "erp.jsonl"]);
    assert!(String::from_utf8_lossy(&asked_wrong.stderr).contains("write exact, number"));
}
