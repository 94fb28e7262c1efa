//! A stand-in for SQS and S3 that speaks their wire protocols.

use crate::MOTO;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port, http, program};

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

impl Server for Moto {
    const NAME: &'static str = "moto_server, the stand-in for SQS and S3,";

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
        let target = ("x-amz-target", "AmazonSQS.CreateQueue");
        let kind = ("content-type", "application/x-amz-json-1.0");
        self.made(name, "POST /", "sqs", &[target, kind], &body)
    }

    /// What is received of one queue too often belongs into another.
    pub fn redrive(&self, name: &str, dead: &str) -> Result<()> {
        let policy = format!(
            r#"{{\"deadLetterTargetArn\":\"arn:aws:sqs:{REGION}:{ACCOUNT}:{dead}\",\"maxReceiveCount\":\"5\"}}"#
        );
        let url = format!("http://127.0.0.1:{}/{ACCOUNT}/{name}", self.port);
        let body = format!(r#"{{"QueueUrl":"{url}","Attributes":{{"RedrivePolicy":"{policy}"}}}}"#);
        let target = ("x-amz-target", "AmazonSQS.SetQueueAttributes");
        let kind = ("content-type", "application/x-amz-json-1.0");
        self.made(name, "POST /", "sqs", &[target, kind], &body)
    }

    /// Makes a bucket and gives S3's address, to be asked with the bucket in the path. The region is `us-east-1`, and any
    /// key and secret are taken.
    pub fn bucket(&self, name: &str) -> Result<String> {
        self.made(name, &format!("PUT /{name}"), "s3", &[], "")?;
        Ok(format!("http://127.0.0.1:{}", self.port))
    }

    /// Which service is meant, it reads from the signature alone; it checks none.
    fn made(
        &self,
        name: &str,
        request: &str,
        service: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<()> {
        let credential = format!("AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request");
        let headers = [headers, &[("authorization", &credential)]].concat();
        let answer = http::ask(self.port, request, &headers, body)?;
        if answer.status != 200 {
            bail!("{name} was not made: {answer:?}");
        }
        Ok(())
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.server)
    }
}
