use crate::tls;
use std::io::{Read, Write};
use std::net::TcpStream;
use testkit_servers::{Mosquitto, here};

/// The first byte of each kind of packet that is used here.
const CONNECT: u8 = 0x10;
const PUBLISH_AT_LEAST_ONCE_AND_KEEP: u8 = 0x33;
const SUBSCRIBE: u8 = 0x82;

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

fn packet(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, u8::try_from(content.len()).expect("a short packet")], content].concat()
}

/// MQTT 3.1.1, a clean session, with a user and a password. Gives the server's code: 0 is a welcome.
fn connect(stream: &mut (impl Read + Write), user: &str, password: &str) -> u8 {
    let head = [&text("MQTT")[..], &[4, 0b1100_0010, 0, 60]].concat();
    let content = [head, text("test"), text(user), text(password)].concat();
    stream.write_all(&packet(CONNECT, &content)).expect("it is sent");
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).expect("an answer");
    answer[3]
}

fn plain(server: &Mosquitto) -> TcpStream {
    TcpStream::connect(("127.0.0.1", server.port())).expect("a connection")
}

#[test]
fn mosquitto_keeps_a_message_that_it_confirmed_though_it_is_killed() {
    let Some(mut server) = here::<Mosquitto>() else { return };
    let mut stream = plain(&server);
    assert_eq!(connect(&mut stream, server.user(), server.password()), 0);
    let publish = [text("stock/TEA-001"), vec![0, 1], b"38".to_vec()].concat();
    stream.write_all(&packet(PUBLISH_AT_LEAST_ONCE_AND_KEEP, &publish)).expect("it is sent");
    let mut confirmed = [0; 4];
    stream.read_exact(&mut confirmed).expect("it is confirmed");
    // What it answers to this comes after what it wrote.
    assert_eq!(kept(&server), "38");
    server.kill().expect("it is killed");
    server.start_again().expect("it starts again");
    assert_eq!(kept(&server), "38");
}

/// The message that a new subscriber gets at once.
fn kept(server: &Mosquitto) -> String {
    let mut stream = plain(server);
    assert_eq!(connect(&mut stream, server.user(), server.password()), 0);
    let topic = text("stock/TEA-001");
    stream.write_all(&packet(SUBSCRIBE, &[&[0, 2], &topic[..], &[0]].concat())).expect("it is sent");
    let mut answer = vec![0; 5 + 2 + topic.len() + 2];
    stream.read_exact(&mut answer).expect("a message");
    String::from_utf8_lossy(&answer[answer.len() - 2..]).into_owned()
}

#[test]
fn mosquitto_speaks_tls_and_refuses_a_wrong_password() {
    let Some(server) = here::<Mosquitto>() else { return };
    let mut stream = tls::connect(server.tls_port(), &server.authority().expect("an authority"));
    assert_eq!(connect(&mut stream, server.user(), server.password()), 0);
    let not_authorised = 5;
    assert_eq!(connect(&mut plain(&server), server.user(), "wrong"), not_authorised);
}
