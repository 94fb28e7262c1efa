//! FTP and FTPS, by ProFTPD.

use crate::common::*;
use crate::transfer::{self, Place};
use connector::Connection;
use serde_json::{Value, json};
use testkit_servers::{Ftp, here};

fn connection_of(server: &Ftp, security: &str, port: u16) -> Connection {
    let fields = json!({
        "host": "localhost", "port": port, "security": security, "username": server.user(),
        "ca_pem": server.authority().expect("an authority"),
    });
    connection("ftp", fields, &[("password", server.password())])
}

fn place(server: &Ftp, security: &str, port: u16) -> Place {
    Place { connector: "ftp", connection: connection_of(server, security, port), files: server.files() }
}

fn server() -> Option<(Ftp, Place)> {
    let server: Ftp = here()?;
    let place = place(&server, "explicit", server.tls_port());
    Some((server, place))
}

macro_rules! holds {
    ($($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            let Some((_server, place)) = server() else { return };
            transfer::$name(&place).await;
        }
    )*};
}

holds! {
    a_file_goes_there_and_back_with_thai_letters_and_spaces
    a_text_of_an_older_program_is_read_and_written_in_its_own_letters
    a_file_that_is_there_is_replaced_kept_or_a_failure
    a_file_is_moved_once_and_deleted_as_often_as_anybody_likes
    what_is_not_there_or_not_allowed_or_too_large_is_said_and_never_tried_again
    a_thousand_files_come_once_each_over_a_restart
    a_growing_file_is_not_taken_early
}

#[tokio::test]
async fn a_kill_in_mid_write_leaves_no_half_file() {
    let Some((server, place)) = server() else { return };
    let server = std::cell::RefCell::new(server);
    let kill = || server.borrow_mut().kill().expect("it is killed");
    let start_again = || server.borrow_mut().start_again().expect("it starts again");
    transfer::a_kill_in_mid_write_leaves_no_half_file(&place, kill, start_again).await;
}

#[tokio::test]
async fn without_tls_and_with_tls_from_the_first_byte_it_is_the_same() {
    let Some((server, _)) = server() else { return };
    let ways = [("none", server.port()), ("implicit", server.implicit_port())];
    for (security, port) in ways {
        let place = place(&server, security, port);
        let folder = json!(format!("by {security}"));
        let input = json!({"folder": folder, "file": {"name": "ก.txt", "text": "ชา"}});
        place.does("write_file", input).await.expect("written");
        let path = json!({"path": format!("by {security}/ก.txt"), "text": "utf-8"});
        assert_eq!(place.does("read_file", path).await.expect("read")["text"], "ชา");
    }
}

#[tokio::test]
async fn a_server_with_lists_for_people_is_read_as_well() {
    let Some((server, _)) = server() else { return };
    let place = place(&server, "none", server.old_port());
    std::fs::create_dir(server.files().join("ขา เข้า")).expect("a folder");
    let mut watch = place.watch(json!({"folder": "ขา เข้า", "content": "file"}));
    assert!(watch.names(transfer::LATER).await.is_empty());
    std::fs::write(server.files().join("ขา เข้า/ใบ 1.csv"), "sku").expect("a file");
    // The day alone is told, so it is watched for a while by our own clock.
    assert!(watch.names(transfer::LATER).await.is_empty());
    assert_eq!(watch.names(transfer::LATER + 60_000).await, ["ใบ 1.csv"]);
    let listed = place.does("list_files", json!({"folder": "ขา เข้า"})).await.expect("a list");
    assert_eq!((&listed["files"][0]["name"], &listed["files"][0]["bytes"]), (&json!("ใบ 1.csv"), &json!(3)));
    transfer::a_file_is_moved_once_and_deleted_as_often_as_anybody_likes(&place).await;
    transfer::a_file_that_is_there_is_replaced_kept_or_a_failure(&place).await;
}

#[tokio::test]
async fn names_in_tis_620_are_those_of_the_server_s_disk() {
    use std::os::unix::ffi::OsStrExt;
    let Some((server, mut place)) = server() else { return };
    place.connection.fields.insert("names".into(), "tis-620".into());
    // The server itself believes that names are UTF-8 unless it is told otherwise.
    let name = std::ffi::OsStr::from_bytes(b"\xa1.txt");
    std::fs::write(server.files().join(name), "ก").expect("a file");
    let listed = place.does("list_files", json!({})).await.expect("a list");
    assert_eq!(listed["files"][0]["name"], "ก.txt", "{listed}");
}

#[tokio::test]
async fn a_wrong_password_and_a_certificate_nobody_vouches_for_are_said_without_the_secret() {
    let Some((server, place)) = server() else { return };
    let mut wrong = place.connection.clone();
    wrong.secrets.insert("password".into(), "not-this-one".into());
    is_the_connection_s_fault(&test(&wrong).await.expect_err("refused"), "not-this-one", "sign-in");
    let mut stranger = place.connection.clone();
    stranger.fields.remove("ca_pem");
    let error = test(&stranger).await.expect_err("not trusted");
    is_the_connection_s_fault(&error, server.password(), "certificate");
    let plain = connection_of(&server, "explicit", server.port());
    let error = test(&plain).await.expect_err("no TLS there");
    is_the_connection_s_fault(&error, server.password(), "TLS");
}

#[tokio::test]
async fn many_files_go_over_one_encrypted_session() {
    let Some((_server, place)) = server() else { return };
    let writing = place.doing("write_file");
    for n in 0..60 {
        let input: Value = json!({"file": {"name": format!("{n}.txt"), "text": "a"}});
        writing.run(&place.connection, &format!("run-{n}"), input).await.expect("written");
    }
    let listed = place.does("list_files", json!({})).await.expect("a list");
    assert_eq!(listed["count"], 60);
}
