//! A RabbitMQ node, with a port mapper of its own.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use testkit_process::{Home, Server, free_port, program, secret, write};

/// Where Debian has its programs; those on its `PATH` change the user first.
const DEBIAN: &str = "/usr/lib/rabbitmq/bin";

pub struct Rabbit {
    home: Home,
    ports: Ports,
    password: String,
    node: Child,
    _mapper: Child,
}

#[derive(Clone, Copy)]
struct Ports {
    amqp: u16,
    mapper: u16,
    nodes: u16,
}

impl Server for Rabbit {
    const NAME: &'static str = "RabbitMQ";

    fn is_installed() -> bool {
        our_program("rabbitmq-server").is_some() && program("epmd", &[]).is_some()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("rabbitmq")?;
        let ports = Ports { amqp: free_port()?, mapper: free_port()?, nodes: free_port()? };
        let password = secret();
        configure(&home.dir, ports, &password)?;
        let mut mapper = Command::new(program("epmd", &[]).context("there is no epmd")?);
        let mapper = mapper.args(["-port", &ports.mapper.to_string(), "-address", "127.0.0.1"]);
        let mut mapper = home.spawn(mapper)?;
        home.wait_for(ports.mapper, &mut mapper)?;
        let node = spawn(&mut home, ports)?;
        Ok(Self { home, ports, password, node, _mapper: mapper })
    }
}

fn our_program(name: &str) -> Option<PathBuf> {
    let debian = PathBuf::from(DEBIAN).join(name);
    if debian.exists() { Some(debian) } else { program(name, &[]) }
}

fn configure(dir: &Path, ports: Ports, password: &str) -> Result<()> {
    let config = format!(
        "listeners.tcp.1 = 127.0.0.1:{}\ndefault_user = khlong\ndefault_pass = {password}\n\
         disk_free_limit.absolute = 16MB\nlog.console = false\nlog.file.level = warning\n",
        ports.amqp
    );
    write(&dir.join("rabbitmq.conf"), &config)?;
    write(&dir.join("enabled_plugins"), "[].\n")
}

/// Everything that it reads or writes is in the folder, and everything it listens at on this machine only.
fn command(name: &str, dir: &Path, ports: Ports) -> Result<Command> {
    let program = our_program(name).with_context(|| format!("there is no {name}"))?;
    let mut command = Command::new(program);
    command
        .env("HOME", dir)
        .env("RABBITMQ_NODENAME", format!("khlong{}@localhost", ports.amqp))
        .env("RABBITMQ_CONFIG_FILE", dir.join("rabbitmq.conf"))
        .env("RABBITMQ_CONF_ENV_FILE", dir.join("none"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", dir.join("enabled_plugins"))
        .env("RABBITMQ_MNESIA_BASE", dir.join("mnesia"))
        .env("RABBITMQ_LOG_BASE", dir)
        .env("RABBITMQ_PID_FILE", dir.join("node.pid"))
        .env("RABBITMQ_DIST_PORT", ports.nodes.to_string())
        .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}")
        .env("ERL_EPMD_PORT", ports.mapper.to_string())
        .env("ERL_EPMD_ADDRESS", "127.0.0.1");
    Ok(command)
}

fn spawn(home: &mut Home, ports: Ports) -> Result<Child> {
    // So that the shell becomes the node, instead of waiting for it.
    let mut command = command("rabbitmq-server", &home.dir, ports)?;
    let mut node = home.spawn(command.env("RABBITMQ_ALLOW_INPUT", "1").arg("-noinput"))?;
    home.wait_for(ports.amqp, &mut node)?;
    Ok(node)
}

impl Rabbit {
    /// A buffer's address; parameters such as `queue=…` are added to it.
    pub fn url(&self, parameters: &str) -> String {
        format!("amqp://khlong:{}@127.0.0.1:{}?{parameters}", self.password, self.ports.amqp)
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.node)
    }

    /// Starts it again, on the same port and the same files.
    pub fn start_again(&mut self) -> Result<()> {
        self.node = spawn(&mut self.home, self.ports)?;
        Ok(())
    }

    /// Writes down which queues there are. The node does it by itself some seconds after one was made, and one that is
    /// killed before that has forgotten the queue, whatever it confirmed.
    pub fn settle(&self) -> Result<()> {
        let mut command = command("rabbitmqctl", &self.home.dir, self.ports)?;
        command
            .args(["--quiet", "eval", "[ok = dets:sync(Table) || Table <- dets:all()], mnesia:sync_log()."])
            .stdin(Stdio::null());
        let output = command.output().context("running rabbitmqctl")?;
        if !output.status.success() {
            bail!("rabbitmqctl: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}
