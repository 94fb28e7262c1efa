use std::process::Command;
use testkit_servers::{MariaDb, here};

/// What MariaDB's own client prints for a statement, or what it complains of.
fn ask(server: &MariaDb, password: &str, more: &[&str], sql: &str) -> Result<String, String> {
    let mut command = Command::new("mariadb");
    command.args([
        "--no-defaults",
        "-h127.0.0.1",
        &format!("-P{}", server.port()),
        "-u",
        server.user(),
        "-N",
        "-B",
    ]);
    command.args(more).args([server.database(), "-e", sql]).env("MYSQL_PWD", password);
    let output = command.output().expect("the client runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[test]
fn what_is_written_is_there_after_mariadb_was_killed() {
    let Some(mut server) = here::<MariaDb>() else { return };
    let password = server.password().to_owned();
    ask(&server, &password, &[], "CREATE TABLE orders (id INT PRIMARY KEY, name TEXT)").expect("a table");
    ask(&server, &password, &[], "INSERT INTO orders VALUES (1, 'ชาไทย')").expect("a row");
    server.kill().expect("it is killed");
    server.start_again().expect("it starts again");
    assert_eq!(ask(&server, &password, &[], "SELECT name FROM orders"), Ok("ชาไทย".to_owned()));
}

#[test]
fn mariadb_speaks_tls_and_refuses_a_wrong_password() {
    let Some(server) = here::<MariaDb>() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, server.authority().expect("an authority")).expect("a file");
    let trusts = format!("--ssl-ca={}", authority.display());
    let status = "SHOW SESSION STATUS LIKE 'Ssl_version'";
    let version = ask(&server, server.password(), &[&trusts, "--ssl-verify-server-cert"], status);
    assert!(version.as_ref().is_ok_and(|version| version.contains("TLSv1.")), "{version:?}");
    let refused = ask(&server, "wrong", &[], "SELECT 1").expect_err("it is refused");
    assert!(refused.contains("Access denied"), "{refused}");
    assert!(server.url().ends_with(&format!("@127.0.0.1:{}/khlong", server.port())));
}
