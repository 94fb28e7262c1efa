//! What is sent to SQL Server, and what becomes of its answers.

use super::*;
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name::brackets(name)).collect()
}

#[test]
fn a_merge_is_one_statement_that_holds_its_keys() {
    let (columns, keys) = (names(&["shop", "no", "to]tal"]), names(&["shop", "no"]));
    let rows = [vec![Given::from("a"), Given::from("b"), Given::from("c")]];
    let mut writing =
        Writing { table: "[dbo].[orders]", columns: &columns, keys: &keys, rows: &rows, updates: true };
    let text = |writing: &Writing<'_>| SqlServer::upsert(writing).render(|at| format!("@P{}", at + 1));
    assert_eq!(
        text(&writing),
        "MERGE INTO [dbo].[orders] WITH (HOLDLOCK) AS target USING (VALUES (@P1, @P2, @P3)) AS source ([shop], [no], [to]]tal]) \
         ON target.[shop] = source.[shop] AND target.[no] = source.[no] WHEN MATCHED THEN UPDATE SET [to]]tal] = source.[to]]tal] \
         WHEN NOT MATCHED THEN INSERT ([shop], [no], [to]]tal]) VALUES (source.[shop], source.[no], source.[to]]tal]);"
    );
    writing.updates = false;
    assert!(!text(&writing).contains("WHEN MATCHED"));
}

#[test]
fn numbers_of_errors_say_what_can_help() {
    assert_eq!(trouble(1205), Trouble::Again);
    assert_eq!(trouble(2627), Trouble::Refused);
    assert_eq!(trouble(102), Trouble::Refused);
    assert_eq!(trouble(18456), Trouble::Login);
    assert_eq!(trouble(4060), Trouble::NoDatabase);
    assert_eq!(trouble(229), Trouble::NoRight);
}

/// An answer to a first packet: version 16, and how it encrypts.
const GREETING: [u8; 26] =
    [4, 1, 0, 26, 0, 0, 1, 0, 0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2];

/// An answer that is an error, as MS-TDS 2.2.7.10 has it, and the end (2.2.7.6).
fn refusal(number: u32, said: &str) -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut error = number.to_le_bytes().to_vec();
    error.extend([1, 14]);
    error.extend(u16::try_from(said.encode_utf16().count()).expect("short").to_le_bytes());
    error.extend(wide(said));
    error.extend([0, 0, 1, 0, 0, 0]);
    let mut body = vec![0xaa];
    body.extend(u16::try_from(error.len()).expect("short").to_le_bytes());
    body.extend(error);
    body.extend([0xfd, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(body.len() + 8).expect("short").to_be_bytes();
    [vec![4, 1, length[0], length[1], 0, 0, 1, 0], body].concat()
}

async fn read_packet(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut packet = vec![0; 8];
    stream.read_exact(&mut packet).await.expect("a header");
    packet.resize(usize::from(u16::from_be_bytes([packet[2], packet[3]])), 0);
    stream.read_exact(&mut packet[8..]).await.expect("a body");
    packet
}

fn connection(port: u16) -> Connection {
    let fields =
        json!({"host": "127.0.0.1", "port": port, "database": "shop", "username": "khlong", "tls": "off"});
    let secrets = BTreeMap::from([("password".to_owned(), SecretString::from("S3CRET-WORD"))]);
    Connection::new("c".into(), "sql_server".into(), fields.as_object().cloned().expect("fields"), secrets)
}

#[tokio::test]
async fn a_wrong_password_and_a_database_that_is_not_there_are_said_as_such() {
    for (number, said, wanted) in [
        (18456, "Login failed for user 'khlong'.", "sign-in"),
        (4060, "Cannot open database \"shop\".", "no such database"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let connection = connection(listener.local_addr().expect("an address").port());
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("somebody");
            assert_eq!(read_packet(&mut stream).await[0], 0x12);
            stream.write_all(&GREETING).await.expect("written");
            assert_eq!(read_packet(&mut stream).await[0], 0x10, "a login");
            stream.write_all(&refusal(number, said)).await.expect("written");
            stream
        });
        let error = SqlServer::open(&connection).await.map(drop).expect_err("refused");
        assert_eq!(error.code(), "E0302", "{error:?}");
        assert!(error.to_string().contains(wanted), "{error}");
        assert!(!format!("{error:?}").contains("S3CRET-WORD"));
        serving.await.expect("it served");
    }
}

#[tokio::test]
async fn a_port_where_nobody_is_cannot_be_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let connection = connection(listener.local_addr().expect("an address").port());
    drop(listener);
    let error = SqlServer::open(&connection).await.map(drop).expect_err("nobody");
    assert_eq!(error.code(), "E0303");
}
