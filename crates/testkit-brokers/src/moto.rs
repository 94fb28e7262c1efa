//! A stand-in for SQS that speaks its wire protocol.

use crate::server::{Home, free_port, program};
use crate::{Broker, MOTO};
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command};

/// The account that everything in it belongs to.
const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";

pub struct Moto {
    home: Home,
    port: u16,
    server: Child,
}

fn server() -> Option<PathBuf> {
    std::env::var_os(MOTO).map(PathBuf::from).or_else(|| program("moto_server", &[]))
}

impl Broker for Moto {
    const NAME: &'static str = "moto_server, the stand-in for SQS,";

    fn is_installed() -> bool {
        server().is_some()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("moto")?;
        let port = free_port()?;
        let mut command = Command::new(server().context("there is no moto_server")?);
        let mut server = home.spawn(command.args(["-H", "127.0.0.1", "-p", &port.to_string()]))?;
        home.wait_for(port, &mut server)?;
        Ok(Self { home, port, server })
    }
}

impl Moto {
    /// Makes a queue and that of its dead, and gives the buffer's address.
    pub fn queue(&self, name: &str, fifo: bool, parameters: &str) -> Result<String> {
        let end = if fifo { ".fifo" } else { "" };
        for one in [format!("{name}{end}"), format!("{name}-dead{end}")] {
            self.create(&one, fifo)?;
        }
        let at = format!("127.0.0.1:{}/{ACCOUNT}/{name}{end}", self.port);
        Ok(format!("sqs+http://test:test@{at}?region={REGION}&{parameters}"))
    }

    fn create(&self, name: &str, fifo: bool) -> Result<()> {
        let attributes = if fifo { r#","Attributes":{"FifoQueue":"true"}"# } else { "" };
        let body = format!(r#"{{"QueueName":"{name}"{attributes}}}"#);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let credential = format!("AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/sqs/aws4_request");
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nauthorization: {credential}\r\n\
             x-amz-target: AmazonSQS.CreateQueue\r\ncontent-type: application/x-amz-json-1.0\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if !answer.starts_with("HTTP/1.1 200") {
            bail!("the queue {name} was not made: {answer}");
        }
        Ok(())
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.server)
    }
}
