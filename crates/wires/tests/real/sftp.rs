//! SFTP, by OpenSSH.

use crate::common::*;
use crate::transfer::{self, Place};
use connector::Connection;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit_servers::{Sftp, here};

fn connection_of(server: &Sftp, host_key: &str, secrets: &[(&str, &str)]) -> Connection {
    let fields = json!({
        "host": "127.0.0.1", "port": server.port(), "username": server.user(), "host_key": host_key,
    });
    connection("sftp", fields, secrets)
}

fn server() -> Option<(Sftp, Place)> {
    let server: Sftp = here()?;
    let fingerprint = server.fingerprint().expect("a fingerprint");
    let connection = connection_of(&server, &fingerprint, &[("password", server.password())]);
    let files = server.files();
    Some((server, Place { connector: "sftp", connection, files }))
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
async fn nothing_secret_is_sent_before_the_server_s_key_is_entered() {
    let Some((server, place)) = server() else { return };
    let fingerprint = server.fingerprint().expect("a fingerprint");
    let secrets = [("password", server.password())];
    let error = test(&connection_of(&server, "", &secrets)).await.expect_err("no key is entered");
    is_the_connection_s_fault(&error, server.password(), &fingerprint);
    let other = "SHA256:uNiVztksCsDhcc0u9e8BrXWU6Yh6d3wTn2zsR0m3n5Q";
    let error = test(&connection_of(&server, other, &secrets)).await.expect_err("another key");
    is_the_connection_s_fault(&error, server.password(), "another key than the connection expects");
    let key = server.host_key().expect("a key");
    test(&connection_of(&server, &key, &secrets)).await.expect("the key itself will do");
    test(&place.connection).await.expect("and so will its fingerprint");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_a_key_lets_in_with_its_passphrase() {
    let Some((server, _place)) = server() else { return };
    let fingerprint = server.fingerprint().expect("a fingerprint");
    let wrong = connection_of(&server, &fingerprint, &[("password", "not-this-one")]);
    let error = test(&wrong).await.expect_err("refused");
    is_the_connection_s_fault(&error, "not-this-one", "sign-in");
    let key = std::fs::read_to_string(server.key()).expect("a key");
    test(&connection_of(&server, &fingerprint, &[("private_key", &key)])).await.expect("let in");

    let change = ["-q", "-p", "-P", "", "-N", "open sesame", "-f"];
    let changed = Command::new("ssh-keygen").args(change).arg(server.key()).status().expect("it runs");
    assert!(changed.success());
    let key = std::fs::read_to_string(server.key()).expect("a key");
    let closed = connection_of(&server, &fingerprint, &[("private_key", &key)]);
    let error = test(&closed).await.expect_err("no passphrase");
    is_the_connection_s_fault(&error, &key, "passphrase");
    let secrets = [("private_key", key.as_str()), ("passphrase", "open sesame")];
    test(&connection_of(&server, &fingerprint, &secrets)).await.expect("let in");
}

#[tokio::test]
async fn a_base_folder_keeps_everything_below_it() {
    let Some((server, mut place)) = server() else { return };
    std::fs::create_dir(server.files().join("shop")).expect("a folder");
    std::fs::write(server.files().join("secret.txt"), "not for the shop").expect("a file");
    let base = server.files().join("shop").display().to_string();
    place.connection.fields.insert("base_folder".into(), base.clone().into());
    place.does("write_file", json!({"file": {"name": "a.txt", "text": "a"}})).await.expect("written");
    assert!(server.files().join("shop/a.txt").exists());
    place.does("read_file", json!({"path": format!("{base}/a.txt")})).await.expect("by its whole path, too");
    for path in ["../secret.txt", &server.files().join("secret.txt").display().to_string()] {
        let error = place.does("read_file", json!({"path": path})).await.expect_err("outside");
        assert_eq!(error.code(), "E0301", "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_no_ssh_server_or_away_is_said_so() {
    let Some((mut server, place)) = server() else { return };
    place.does("list_files", json!({})).await.expect("a list");
    server.kill().expect("it is killed");
    let error = place.does("list_files", json!({})).await.expect_err("it is away");
    assert_eq!((error.code(), error.may_have_happened()), ("E0303", false), "{error}");
    server.start_again().expect("it starts again");
    in_the_end(async || place.does("list_files", json!({})).await).await;
}

/// Linux has a file that everybody may open and nobody can read.
const UNREADABLE: &str = "/sys/devices/virtual/net/lo/duplex";

#[tokio::test]
async fn a_file_that_cannot_be_read_is_closed_although_the_session_goes_on() {
    let Some((_server, place)) = server() else { return };
    if !std::fs::read(UNREADABLE).is_err_and(|error| error.kind() == std::io::ErrorKind::InvalidInput) {
        return;
    }
    std::os::unix::fs::symlink(UNREADABLE, place.files.join("a.csv")).expect("linked");
    let reading = place.doing("read_file");
    for _ in 0..3 {
        let read = reading.run(&place.connection, "k", json!({"path": "a.csv"})).await;
        assert_eq!(read.expect_err("nobody can").code(), "E0308");
    }
    assert_eq!(open_by_anybody(Path::new(UNREADABLE)), 0);
}

fn open_by_anybody(path: &Path) -> usize {
    let inside = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let open = inside("/proc".into()).flat_map(|process| inside(process.path().join("fd")));
    open.filter(|open| std::fs::read_link(open.path()).is_ok_and(|target| target == path)).count()
}
