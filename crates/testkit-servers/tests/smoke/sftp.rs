use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use testkit_servers::{Sftp, here};

/// OpenSSH's own client, which knows the server's key and no other.
fn sftp(server: &Sftp, folder: &Path, options: &[&str], batch: &str) -> Output {
    let known = format!("[127.0.0.1]:{} {}\n", server.port(), server.host_key().expect("a key"));
    fs::write(folder.join("known"), known).expect("a file");
    fs::write(folder.join("batch"), batch).expect("a file");
    let mut command = Command::new("sftp");
    command.args(["-F", "none", "-o", "UserKnownHostsFile=known", "-o", "IdentitiesOnly=yes"]).args(options);
    command.args(["-P", &server.port().to_string(), "-b", "batch", &format!("{}@127.0.0.1", server.user())]);
    // Instead of asking at a terminal, it takes the password from a program.
    command.env("SSH_ASKPASS", folder.join("password")).env("SSH_ASKPASS_REQUIRE", "force");
    command.current_dir(folder).output().expect("the client runs")
}

/// The client's options, and the program that says the password.
fn with_password(folder: &Path, password: &str) -> [&'static str; 6] {
    let program = folder.join("password");
    fs::write(&program, format!("#!/bin/sh\necho {password}\n")).expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("it may run");
    ["-o", "BatchMode=no", "-o", "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=1"]
}

#[test]
fn a_file_goes_up_with_a_key_and_comes_down_with_a_password() {
    let Some(server) = here::<Sftp>() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("orders.csv"), "TEA-001;2\n").expect("a file");
    let key = server.key().display().to_string();
    let up = sftp(&server, folder.path(), &["-i", &key], "put orders.csv in.csv");
    assert!(up.status.success(), "{up:?}");
    assert_eq!(fs::read_to_string(server.files().join("in.csv")).expect("it has come"), "TEA-001;2\n");
    let password = with_password(folder.path(), server.password());
    let down = sftp(&server, folder.path(), &password, "get in.csv out.csv");
    assert!(down.status.success(), "{down:?}");
    assert_eq!(fs::read_to_string(folder.path().join("out.csv")).expect("it is here"), "TEA-001;2\n");
}

#[test]
fn sftp_refuses_a_wrong_password() {
    let Some(server) = here::<Sftp>() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let refused = sftp(&server, folder.path(), &with_password(folder.path(), "wrong"), "pwd");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Permission denied"), "{refused:?}");
    assert!(server.fingerprint().expect("a fingerprint").starts_with("SHA256:"));
}
