use crate::tls::connect;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use testkit_servers::{Ftp, here};

/// Says commands one after the other, and gives the last reply.
fn say(stream: impl Read + Write, commands: &[String]) -> String {
    let mut stream = BufReader::new(stream);
    let mut reply = line(&mut stream);
    assert!(reply.starts_with("220"), "{reply}");
    for command in commands {
        write!(stream.get_mut(), "{command}\r\n").expect("it is sent");
        reply = line(&mut stream);
    }
    reply
}

fn line(stream: &mut impl BufRead) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).expect("a reply");
    line
}

#[test]
fn ftp_lets_its_user_in_with_and_without_tls_and_nobody_with_another_password() {
    let Some(server) = here::<Ftp>() else { return };
    let sign_in =
        |password: &str| [format!("USER {}", server.user()), format!("PASS {password}"), "PWD".to_owned()];
    let home = format!("257 \"{}\"", server.files().display());
    for port in [server.port(), server.old_port()] {
        let plain = || TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        assert!(say(plain(), &sign_in(server.password())).starts_with(&home));
        assert!(say(plain(), &sign_in("wrong")[..2]).starts_with("530"));
    }
    let authority = server.authority().expect("an authority");
    let implicit = connect(server.implicit_port(), &authority);
    assert!(say(implicit, &sign_in(server.password())).starts_with(&home));
    let explicit = TcpStream::connect(("127.0.0.1", server.tls_port())).expect("a connection");
    assert!(say(explicit, &sign_in(server.password())[..1]).starts_with("550"), "not without TLS");
}
