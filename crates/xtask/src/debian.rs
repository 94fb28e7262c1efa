//! Installing packages of Debian, as root or with a sudo that asks nothing.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::command::Cmd;

/// What asks it whether it may start services, wherever they are installed.
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// A folder that is there where it runs the machine.
const SYSTEMD: &str = "/run/systemd/system";

/// Never by removing something else: a mail server of this machine's own would be in the way of another.
pub fn install(folder: &Path, packages: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get install {}", packages.join(" "));
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("this is not Debian: install by hand what `{by_hand}` would bring, then run this again");
    }
    let Some(root) = Root::find(folder) else {
        bail!("neither root nor a sudo without password: run `{by_hand}` as root, then run this again");
    };
    let apt = |verb: &str| root.run("env").args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", verb]);
    apt("update").run()?;
    apt("install").args(["-y", "--no-install-recommends", "--no-remove"]).args(packages).run()
}

/// A package, and the service that it brings.
pub type Packaged<'a> = (&'a str, Option<&'a str>);

/// Debian starts what it installs, now and whenever the machine starts. A server of everybody's is not what the tests
/// want: they start their own. A service that was there before stays as it was.
pub fn install_without_services(folder: &Path, packages: &[Packaged<'_>]) -> Result<()> {
    let missing: Vec<Packaged<'_>> =
        packages.iter().copied().filter(|(package, _)| !is_installed(package)).collect();
    let names: Vec<&str> = missing.iter().map(|(package, _)| *package).collect();
    if names.is_empty() {
        return Ok(());
    }
    let root = Root::find(folder);
    let forbidden = root.as_ref().is_some_and(|root| root.forbid_services());
    let installed = install(folder, &names);
    if let Some(root) = root {
        if forbidden {
            root.run("rm").arg(POLICY).run()?;
        }
        root.disable(&missing);
    }
    installed
}

/// Whoever may change the machine.
struct Root<'a> {
    folder: &'a Path,
    sudo: bool,
}

impl<'a> Root<'a> {
    fn find(folder: &'a Path) -> Option<Self> {
        if Cmd::new("test", folder).args(["-w", "/var/lib/dpkg"]).succeeds() {
            return Some(Self { folder, sudo: false });
        }
        let sudo = Cmd::new("sudo", folder).args(["-n", "true"]).succeeds();
        sudo.then_some(Self { folder, sudo })
    }

    /// Whether it was not already decided who may start.
    fn forbid_services(&self) -> bool {
        let policy = std::env::temp_dir().join(format!("khlong-policy-{}", std::process::id()));
        let written = !Path::new(POLICY).exists() && fs::write(&policy, "#!/bin/sh\nexit 101\n").is_ok();
        let forbidden =
            written && self.run("install").args(["-m", "755"]).arg(&policy).arg(POLICY).succeeds();
        fs::remove_file(&policy).ok();
        forbidden
    }

    fn disable(&self, packages: &[Packaged<'_>]) {
        let services: Vec<&str> = packages.iter().filter_map(|(_, service)| *service).collect();
        if Path::new(SYSTEMD).exists() && !services.is_empty() {
            self.run("systemctl").args(["disable", "--quiet"]).args(services).succeeds();
        }
    }

    fn run(&self, program: &str) -> Cmd {
        if self.sudo {
            Cmd::new("sudo", self.folder).args(["-n", program])
        } else {
            Cmd::new(program, self.folder)
        }
    }
}

fn is_installed(package: &str) -> bool {
    let query = ["--show", "--showformat=${db:Status-Status}", package];
    let output = std::process::Command::new("dpkg-query").args(query).output();
    output.is_ok_and(|output| output.stdout == b"installed")
}
