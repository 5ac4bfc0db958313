//! A folder on another machine, over SFTP: files are fetched once they have stopped growing, imported, and filed under
//! `done` or `failed` over there with a report beside them.
//!
//! Spoken by the `sftp` program of OpenSSH, which is on nearly every machine and is mended by its system: linking an
//! SSH library would add some seventy crates to every build (decision 0012). The host's key is pinned at the first
//! contact and must be the same ever after. Whether a file has stopped growing is told by two looks: its size and date
//! are noted beside the facts, and it is taken at the first look that finds them unchanged.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use facts::{FactBatch, Facts};
use serde::{Deserialize, Serialize};
use vocab::{Instant, Text};

use super::PullReport;
use super::folder::{self, FolderSettings, Known, is_wanted};
use super::settings::{RowMapping, bad, of_json};
use super::trouble::{self, said};
use crate::plan::Plan;
use crate::refusal::Refusal;

/// How long the program may take for what we ask of it at once.
const PATIENCE: Duration = Duration::from_secs(600);
/// The largest file that is fetched.
const FILE_BYTES: u64 = 16 << 30;

/// A folder on another machine.
///
/// As JSON, for instance `{"host": "files.example.cn", "user": "liuke", "path": "/exports", "patterns": ["*.csv"]}`; the
/// secrets are `password` or `private_key`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SftpSettings {
    /// Name or address of the machine.
    pub host: String,
    /// Port; 22 when absent.
    pub port: Option<u16>,
    /// Who signs in.
    pub user: String,
    /// The folder over there.
    pub path: String,
    /// The host's key as `ssh-keyscan` prints it, for those who do not trust the first contact.
    pub host_key: Option<String>,
    /// Which files are taken: names with `*` and `?`; all when empty.
    pub patterns: Vec<String>,
    /// Sheet of workbooks; the first when absent.
    pub sheet: Option<String>,
    /// How rows become facts.
    pub mapping: RowMapping,
}

impl SftpSettings {
    /// Reads the settings of a source.
    ///
    /// # Errors
    /// When a word is unknown, something is missing, or a name could be taken for an option of the program.
    pub fn read(settings: &serde_json::Value) -> Result<SftpSettings, Refusal> {
        let read: SftpSettings = of_json(settings)?;
        let needed = [("host", &read.host), ("user", &read.user), ("path", &read.path)];
        for (field, value) in needed {
            if value.trim().is_empty() {
                return Err(bad(&format!("缺少 {field}"), &format!("{field} is missing")));
            }
        }
        let plain = |text: &str| {
            text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':')) && !text.starts_with('-')
        };
        if !plain(&read.host) || !plain(&read.user) || read.path.contains(['"', '\\', '\n', '\r']) {
            return Err(bad(
                "host、user 或 path 含有不允许的字符",
                "host, user or path holds a character that is not allowed",
            ));
        }
        Ok(read)
    }

    fn as_folder(&self, path: PathBuf) -> FolderSettings {
        FolderSettings {
            path,
            rest_seconds: Some(0),
            sheet: self.sheet.clone(),
            mapping: self.mapping.clone(),
            ..FolderSettings::default()
        }
    }

    pub(super) fn plan(&self, source: &str, zone: &vocab::Zone) -> Result<Plan, Refusal> {
        self.as_folder(PathBuf::new()).plan(source, zone)
    }
}

/// What signs in over there, and where we remember whom we met.
#[derive(Clone)]
pub struct SftpAccess {
    /// A password, if that is how one signs in.
    pub password: Option<String>,
    /// A private key in the format of OpenSSH, if that is how.
    pub private_key: Option<String>,
    /// The file in which the host's key is pinned.
    pub known_hosts: PathBuf,
}

/// A file over there: its name, and its size and date in one text.
struct Remote {
    name: String,
    size: u64,
    stamp: String,
}

/// The program with what it needs, in a folder that goes with it.
struct Session<'a> {
    settings: &'a SftpSettings,
    access: &'a SftpAccess,
    folder: tempfile::TempDir,
}

impl<'a> Session<'a> {
    fn begin(settings: &'a SftpSettings, access: &'a SftpAccess) -> Result<Session<'a>, Refusal> {
        if access.password.is_none() && access.private_key.is_none() {
            return Err(bad("缺少 password 或 private_key", "password or private_key is missing"));
        }
        let folder = tempfile::tempdir().map_err(Refusal::storage)?;
        let session = Session { settings, access, folder };
        if let Some(key) = &access.private_key {
            session.write("key", &format!("{}\n", key.trim_end()), 0o600)?;
        }
        if let Some(password) = &access.password {
            session.write("password", password, 0o600)?;
            session.write("ask", "#!/bin/sh\nexec cat \"$LIUKE_SFTP_PASSWORD\"\n", 0o700)?;
        }
        if let Some(folder) = access.known_hosts.parent() {
            fs::create_dir_all(folder).map_err(Refusal::storage)?;
        }
        if let Some(key) = &settings.host_key {
            fs::write(&access.known_hosts, format!("{}\n", key.trim_end())).map_err(Refusal::storage)?;
        }
        Ok(session)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> Result<(), Refusal> {
        let path = self.folder.path().join(name);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&path).map_err(Refusal::storage)?;
        file.write_all(text.as_bytes()).map_err(Refusal::storage)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).map_err(Refusal::storage)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("sftp");
        let option = |command: &mut Command, text: String| _ = command.arg("-o").arg(text);
        command.arg("-F").arg("none").arg("-P").arg(self.settings.port.unwrap_or(22).to_string());
        option(&mut command, format!("UserKnownHostsFile={}", self.access.known_hosts.display()));
        option(&mut command, "GlobalKnownHostsFile=none".into());
        let trust = if self.settings.host_key.is_some() { "yes" } else { "accept-new" };
        option(&mut command, format!("StrictHostKeyChecking={trust}"));
        for fixed in [
            "ConnectTimeout=10",
            "NumberOfPasswordPrompts=1",
            "IdentityAgent=none",
            "IdentitiesOnly=yes",
            "LogLevel=ERROR",
            "ServerAliveInterval=15",
        ] {
            option(&mut command, fixed.into());
        }
        match &self.access.private_key {
            Some(_) => {
                option(&mut command, format!("IdentityFile={}", self.folder.path().join("key").display()));
                option(&mut command, "PreferredAuthentications=publickey".into());
            }
            None => option(&mut command, "PreferredAuthentications=password,keyboard-interactive".into()),
        }
        if self.access.password.is_some() && self.access.private_key.is_none() {
            command.env("SSH_ASKPASS", self.folder.path().join("ask"));
            command.env("SSH_ASKPASS_REQUIRE", "force");
            command.env("LIUKE_SFTP_PASSWORD", self.folder.path().join("password"));
        }
        command.env("LC_ALL", "C.UTF-8").env_remove("SSH_AUTH_SOCK");
        command.arg(format!("{}@{}", self.settings.user, self.settings.host));
        command
    }

    /// Runs lines of the program's own language; a line that begins with `-` may fail.
    fn run(&self, lines: &str) -> Result<String, Refusal> {
        let mut command = self.command();
        // Not `-b`: that would forbid passwords.
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| missing_program(&error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that has ended says why on its own.
            let _ = stdin.write_all(lines.as_bytes());
        }
        let (sender, ended) = std::sync::mpsc::channel();
        let id = child.id();
        std::thread::spawn(move || _ = sender.send(child.wait_with_output()));
        let output = match ended.recv_timeout(PATIENCE) {
            Ok(output) => output.map_err(|error| missing_program(&error))?,
            Err(_) => {
                let _ = Command::new("kill").arg(id.to_string()).status();
                return Err(trouble::timed_out(&self.settings.host));
            }
        };
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            return Err(self.refused(&errors));
        }
        if let Some(fault) = errors.lines().find(|line| is_fault(line)) {
            return Err(self.refused(fault));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn refused(&self, errors: &str) -> Refusal {
        let says = |words: &str| errors.contains(words);
        let host = &self.settings.host;
        if says("Permission denied (") || says("Too many authentication failures") {
            return trouble::wrong_password(&self.settings.user);
        }
        if says("Host key verification failed") || says("REMOTE HOST IDENTIFICATION HAS CHANGED") {
            return Refusal::new(
                "host_key_changed",
                Text::new(
                    format!("{host} 的主机密钥与首次连接时不同，已拒绝"),
                    format!("{host} shows another key than at first"),
                ),
                Text::new(
                    "若确实更换了服务器，请在设置中写入新的 host_key；否则可能有人冒充",
                    "if the server was replaced, write its key into host_key; if not, somebody may be in between",
                ),
            );
        }
        if says("Could not resolve hostname") {
            return trouble::host_unknown(host);
        }
        if says("Connection refused") {
            return trouble::connection_refused(host, self.settings.port.unwrap_or(22));
        }
        if says("timed out") {
            return trouble::timed_out(host);
        }
        let words = said(errors, self.access.password.as_deref());
        Refusal::new(
            "sftp_refused",
            Text::new(format!("SFTP 出错：{words}"), format!("SFTP failed: {words}")),
            Text::new("检查目录是否存在、是否可读写", "check that the folder is there and may be read and written"),
        )
    }

    /// Makes `done` and `failed`, and lists what is there.
    fn list(&self) -> Result<Vec<Remote>, Refusal> {
        let path = &self.settings.path;
        let lines = format!("cd \"{path}\"\n-mkdir done\n-mkdir failed\nls -ln\n");
        let told = self.run(&lines)?;
        let wanted = |remote: &Remote| is_wanted(&remote.name, &self.settings.patterns);
        Ok(told.lines().filter_map(remote_of).filter(wanted).collect())
    }
}

/// What the program says about lines that may fail, or about nothing of weight, is no fault.
fn is_fault(line: &str) -> bool {
    let line = line.trim();
    let harmless = line.is_empty()
        || line.starts_with("Connected to ")
        || line.starts_with("remote mkdir")
        || line.starts_with("remote delete")
        || line.starts_with("Couldn't create directory")
        || line.starts_with("Warning: Permanently added")
        || line.starts_with("** ");
    !harmless
}

/// `-rw-r--r--    ? 1000     1000         1234 Jun  1 12:00 orders 1.csv`
fn remote_of(line: &str) -> Option<Remote> {
    let mut rest = line.strip_prefix('-')?;
    let mut field = || {
        rest = rest.trim_start();
        let end = rest.find(char::is_whitespace)?;
        let (field, more) = rest.split_at(end);
        rest = more;
        Some(field.to_owned())
    };
    let (_rights, _links, _user, _group) = (field()?, field()?, field()?, field()?);
    let size: u64 = field()?.parse().ok()?;
    let date = [field()?, field()?, field()?].join(" ");
    let name = rest.strip_prefix(' ')?.to_owned();
    // What could end a quoted name, or leave the folder, is not fetched.
    let is_safe =
        !name.is_empty() && !name.contains(['"', '\\', '/', '*', '?', '[']) && !name.chars().any(char::is_control);
    is_safe.then(|| Remote { name, size, stamp: format!("{size} {date}") })
}

fn missing_program(error: &std::io::Error) -> Refusal {
    Refusal::new(
        "no_sftp_program",
        Text::new(format!("无法运行 sftp 程序：{error}"), format!("the program sftp cannot be run: {error}")),
        Text::new("请安装 openssh-client", "install openssh-client"),
    )
}

/// Whether the folder can be reached: the host's key, as it is pinned now, and how many files wait.
pub(super) fn probe(settings: &SftpSettings, access: &SftpAccess) -> Result<String, Refusal> {
    let session = Session::begin(settings, access)?;
    let waiting = session.list()?.len();
    let told = Command::new("ssh-keygen").arg("-lf").arg(&access.known_hosts).output().ok();
    let key = told.map(|output| String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned());
    Ok(format!("{}: {waiting} ({})", settings.host, key.unwrap_or_default()))
}

/// The first file that waits, fetched into a folder of its own, for a look.
pub(super) fn first(
    settings: &SftpSettings,
    access: &SftpAccess,
) -> Result<(tempfile::TempDir, FolderSettings), Refusal> {
    let session = Session::begin(settings, access)?;
    let here = tempfile::tempdir().map_err(Refusal::storage)?;
    if let Some(remote) = session.list()?.first() {
        let (path, name) = (&settings.path, &remote.name);
        session.run(&format!("get \"{path}/{name}\" \"{}\"\n", here.path().join(name).display()))?;
    }
    let folder = settings.as_folder(here.path().to_owned());
    Ok((here, folder))
}

/// Takes every file that is the same at two looks.
pub(super) fn take(
    (settings, access): (&SftpSettings, &SftpAccess),
    (source, known): (&str, Known<'_>),
    into: &Facts,
    now: Instant,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<PullReport, Refusal> {
    let session = Session::begin(settings, access)?;
    let seen_key = [b"sftp".as_slice(), source.as_bytes()].join(&0);
    let before: BTreeMap<String, String> = match into.note(&seen_key).map_err(Refusal::storage)? {
        Some(note) => serde_json::from_slice(&note).map_err(Refusal::storage)?,
        None => BTreeMap::new(),
    };
    let found = session.list()?;
    let seen: BTreeMap<&str, &str> = found.iter().map(|remote| (remote.name.as_str(), remote.stamp.as_str())).collect();
    let note = serde_json::to_vec(&seen).map_err(Refusal::storage)?;
    let look = FactBatch { notes: vec![(seen_key, note)], ..FactBatch::default() };
    into.append(look, now).map_err(Refusal::storage)?;
    let mut report = PullReport { is_complete: true, ..PullReport::default() };
    for remote in
        found.iter().filter(|remote| before.get(&remote.name) == Some(&remote.stamp) && remote.size <= FILE_BYTES)
    {
        take_file(&session, remote, known, into, now, &mut report)?;
        if !progress(report.rows.received) {
            report.is_complete = false;
            break;
        }
    }
    Ok(report)
}

/// Fetches a file, has it taken as one of a folder here, and files it over there as it was filed here.
fn take_file(
    session: &Session<'_>,
    remote: &Remote,
    known: Known<'_>,
    into: &Facts,
    now: Instant,
    report: &mut PullReport,
) -> Result<(), Refusal> {
    let here = tempfile::tempdir().map_err(Refusal::storage)?;
    let (path, name) = (&session.settings.path, &remote.name);
    session.run(&format!("get \"{path}/{name}\" \"{}\"\n", here.path().join(name).display()))?;
    let folder = session.settings.as_folder(here.path().to_owned());
    let own = folder::take_until(&folder, known, into, now, i64::MAX, &mut |_| true)?;
    let is_done = here.path().join("done").join(name).exists();
    let to = if is_done { "done" } else { "failed" };
    let mut lines = format!("cd \"{path}\"\n");
    for entry in fs::read_dir(here.path().join(to)).map_err(Refusal::storage)?.flatten() {
        let told = entry.file_name().to_string_lossy().into_owned();
        if told != *name {
            lines.push_str(&format!("put \"{}\" \"{to}/{told}\"\n", entry.path().display()));
        }
    }
    // An older file of this name gives way; its facts are in the record.
    lines.push_str(&format!("-rm \"{to}/{name}\"\nrename \"{name}\" \"{to}/{name}\"\n"));
    session.run(&lines)?;
    folder::join(report, own);
    Ok(())
}
