use crate::common::{done, file, given, refused};
use serde_json::{Value, json};
use std::io::Write;

#[test]
fn files_with_folders_and_thai_names_come_back_as_they_went() {
    let files = json!([
        {"folder": "2026/พฤศจิกายน", "name": "ใบแจ้งหนี้.pdf", "content_type": "application/pdf", "base64": "JVBERi0A/w=="},
        {"name": "orders.csv", "text": "sku,qty\n0081,2\n"},
    ]);
    let made = done("zip_files", json!({"name": "เอกสาร.zip", "files": files}));
    assert_eq!(file(&made).content_type, "application/zip");
    let found = done("unzip_file", json!({"file": made["file"]}));
    assert_eq!(found["count"], 2);
    assert_eq!(
        found["files"][0],
        json!({"folder": "2026/พฤศจิกายน", "name": "ใบแจ้งหนี้.pdf", "content_type": "application/pdf", "bytes": 7, "base64": "JVBERi0A/w=="})
    );
    assert_eq!((&found["files"][1]["folder"], &found["files"][1]["bytes"]), (&json!(""), &json!(15)));
    // And once more, of what came out.
    let again = done("zip_files", json!({"name": "เอกสาร.zip", "files": found["files"]}));
    assert_eq!(again["file"], made["file"], "the same files are the same archive");
}

#[test]
fn what_cannot_be_packed_is_told() {
    let zip = |files: Value| refused("zip_files", json!({"name": "a.zip", "files": files}));
    let one = json!({"name": "a.txt", "text": "a"});
    assert!(zip(json!([])).contains("there are 0 files"));
    assert!(zip(json!(vec![one.clone(); 101])).contains("there are 101 files"));
    assert!(zip(json!([one, one])).contains("two files \"a.txt\""));
    assert!(
        zip(json!([{"folder": "../x", "name": "a.txt", "text": "a"}])).contains("no folder in an archive")
    );
    assert!(zip(json!([{"folder": "/x", "name": "a.txt", "text": "a"}])).contains("no folder in an archive"));
}

/// An archive of one stored or deflated entry whose header says what it likes.
fn archive(name: &[u8], packed: &[u8], method: u16, declared: u32, flags: u16) -> Vec<u8> {
    let mut to = Vec::new();
    let crc = 0_u32;
    let mut common = Vec::new();
    for word in [20, flags, method, 0, 0x21] {
        common.extend(u16::to_le_bytes(word));
    }
    for long in [crc, u32::try_from(packed.len()).unwrap(), declared] {
        common.extend(u32::to_le_bytes(long));
    }
    common.extend(u16::to_le_bytes(u16::try_from(name.len()).unwrap()));
    common.extend(u16::to_le_bytes(0));
    to.extend(b"PK\x03\x04");
    to.extend(&common);
    to.extend(name);
    to.extend(packed);
    let at = u32::try_from(to.len()).unwrap();
    to.extend(b"PK\x01\x02\x14\x00");
    to.extend(&common);
    to.extend([0; 14 - 4]);
    to.extend(u32::to_le_bytes(0));
    to.extend(name);
    let size = u32::try_from(to.len()).unwrap() - at;
    to.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    to.extend(u32::to_le_bytes(size));
    to.extend(u32::to_le_bytes(at));
    to.extend([0, 0]);
    to
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

fn unzip(bytes: &[u8]) -> String {
    refused("unzip_file", json!({"file": given("bomb.zip", bytes)}))
}

#[test]
fn a_bomb_is_refused_by_what_it_says_and_by_what_comes_out() {
    let packed = deflated(&vec![0; 40 << 20]);
    assert!(packed.len() < 100_000);
    assert!(unzip(&archive(b"a", &packed, 8, 40 << 20, 0)).contains("larger than 10 MB"));
    // One that says less than it holds is stopped where that shows.
    let said = unzip(&archive(b"a", &packed, 8, 10, 0));
    assert!(said.contains("larger than its declared"), "{said}");
    let said = unzip(&archive(b"a", &packed, 8, (10 << 20) - 1, 0));
    assert!(said.contains("larger than"), "{said}");
}

#[test]
fn ways_out_passwords_and_damage_are_refused() {
    assert!(unzip(&archive(b"../a", b"", 0, 0, 0)).contains("lead out"));
    assert!(unzip(&archive(b"C:\\a", b"", 0, 0, 0)).contains("lead out"));
    assert!(unzip(&archive(b"a", b"123456789012x", 0, 1, 1)).contains("password"));
    assert!(unzip(&archive(b"a", b"x", 0, 1, 0)).contains("cannot be read"), "its checksum is wrong");
    assert!(unzip(b"PK\x03\x04").contains("cannot be read"));
    assert!(unzip(b"").contains("cannot be read"));
}

#[test]
fn names_of_a_thai_windows_are_read() {
    let found = done("unzip_file", json!({"file": given("a.zip", &archive(b"\xaa\xd2.csv", b"", 0, 0, 0))}));
    assert_eq!(found["files"][0]["name"], "ชา.csv");
}
