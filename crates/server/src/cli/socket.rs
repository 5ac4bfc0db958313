//! `DIR/liuke.sock`: while a server has a folder, commands on that folder are done by the server.
//!
//! The caller sends how it was called; the server reads those arguments with the same parser, runs the same command
//! against its open folder and sends back pieces of output, progress and the exit status. Only processes of the same
//! user are listened to.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::App;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use vocab::Lang;

use super::console::{Console, Sink};
use super::failure::{Done, Failure};
use super::{folder, read};

const NAME: &str = "liuke.sock";
/// A longer path is no address of a socket on some system.
const ADDRESS_BYTES: usize = 100;
const PIECE_BYTES: usize = 4 << 20;

/// How a command was called.
#[derive(Debug, Serialize, Deserialize)]
struct Call {
    argv: Vec<String>,
    cwd: PathBuf,
    lang: Lang,
    json: bool,
    tty: bool,
}

/// First byte of a piece of an answer.
const OUT: u8 = b'o';
const ERR: u8 = b'e';
const PROGRESS: u8 = b'p';
const EXIT: u8 = b'x';

/// Has a command done by the server that owns the folder. `None` when there is no server.
pub(crate) fn forward(
    dir: &Path,
    argv: &[OsString],
    console: &mut Console,
) -> Result<Option<Result<Done, Failure>>, Failure> {
    let reached = address(dir).and_then(|(path, _folder)| UnixStream::connect(path));
    let Ok(mut stream) = reached else { return Ok(None) };
    let mut words = Vec::new();
    for word in argv {
        let Some(word) = word.to_str() else {
            return Err(Failure::usage(
                ("参数不是 UTF-8", "an argument is not UTF-8"),
                ("请改文件名", "rename the file"),
            ));
        };
        words.push(word.to_owned());
    }
    let call = Call { argv: words, cwd: console.cwd.clone(), lang: console.lang, json: console.json, tty: console.tty };
    let text = serde_json::to_vec(&call).map_err(|error| io::Error::other(error.to_string()))?;
    write_piece(&mut stream, b'c', &text)?;
    loop {
        let Some((sort, piece)) = read_piece(&mut stream)? else { return Err(broken_off()) };
        match sort {
            OUT => console.sink.out(&piece)?,
            ERR => console.sink.err(&String::from_utf8_lossy(&piece)),
            PROGRESS => {
                let (done, total): (u64, Option<u64>) = serde_json::from_slice(&piece).unwrap_or_default();
                console.sink.progress(done, total);
            }
            EXIT => return Ok(Some(ended(piece.first().copied().unwrap_or(1)))),
            _ => {}
        }
    }
}

/// Where the socket of a folder is reached. A path that is too long is gone round by the open folder, which is to be held as
/// long as the address is used.
fn address(dir: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let path = dir.join(NAME);
    if path.as_os_str().len() <= ADDRESS_BYTES {
        return Ok((path, None));
    }
    let folder = File::open(dir)?;
    let short = format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd());
    Ok((PathBuf::from(short), Some(folder)))
}

/// What was to be said about a failure has been said by the server.
fn ended(status: u8) -> Result<Done, Failure> {
    let silent = || (String::new(), String::new());
    match status {
        0 => Ok(Done::All),
        3 => Ok(Done::SomeRejected),
        2 => Err(Failure::usage(silent(), ("", ""))),
        _ => Err(Failure::failed(silent(), ("", ""))),
    }
}

fn broken_off() -> Failure {
    Failure::failed(
        ("服务在命令完成前断开了", "the server broke off before the command was done"),
        (
            "查看服务的日志，然后再运行一次；已导入的不会重复",
            "look at the server's log and run it again; nothing is doubled",
        ),
    )
}

fn write_piece(stream: &mut impl Write, sort: u8, piece: &[u8]) -> io::Result<()> {
    let size = u32::try_from(piece.len()).map_err(|_| io::Error::other("too long"))?;
    let mut whole = Vec::with_capacity(piece.len() + 5);
    whole.push(sort);
    whole.extend_from_slice(&size.to_be_bytes());
    whole.extend_from_slice(piece);
    stream.write_all(&whole)
}

fn read_piece(stream: &mut impl Read) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut head = [0u8; 5];
    match stream.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let size = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if size > PIECE_BYTES {
        return Err(io::Error::other("a piece is too long"));
    }
    let mut piece = vec![0u8; size];
    stream.read_exact(&mut piece)?;
    Ok(Some((head[0], piece)))
}

/// The server's end. Dropping it stops listening; commands under way are waited for by [`Socket::close`].
pub(crate) struct Socket {
    path: PathBuf,
    listening: tokio::task::JoinHandle<()>,
    busy: Arc<AtomicUsize>,
}

impl Socket {
    /// Listens for commands on a folder. The caller owns the folder's lock, so a socket found there is stale.
    pub(crate) fn listen(dir: &Path, app: App) -> io::Result<Socket> {
        let path = dir.join(NAME);
        let _ = std::fs::remove_file(&path);
        let (address, _folder) = address(dir)?;
        let listener = tokio::net::UnixListener::bind(address)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        let own = std::fs::metadata(&path)?.uid();
        let busy = Arc::new(AtomicUsize::new(0));
        let (counted, handle) = (busy.clone(), Handle::current());
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let same = stream.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0);
                let Ok(stream) = stream.into_std() else { continue };
                if same {
                    let (app, handle, counted) = (app.clone(), handle.clone(), counted.clone());
                    counted.fetch_add(1, Ordering::SeqCst);
                    std::thread::spawn(move || {
                        let served =
                            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| answer(stream, &app, &handle)));
                        if let Ok(Err(error)) = served {
                            tracing::debug!(%error, "a command's caller hung up");
                        }
                        counted.fetch_sub(1, Ordering::SeqCst);
                    });
                }
            }
        });
        Ok(Socket { path, listening, busy })
    }

    /// Stops listening and waits for commands under way, up to half a minute.
    pub(crate) async fn close(self) {
        self.listening.abort();
        let _ = std::fs::remove_file(&self.path);
        for _ in 0..300 {
            if self.busy.load(Ordering::SeqCst) == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Answers one caller, on a thread of its own.
fn answer(mut stream: UnixStream, app: &App, handle: &Handle) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let Some((_, piece)) = read_piece(&mut stream)? else { return Ok(()) };
    let call: Call = serde_json::from_slice(&piece).map_err(|error| io::Error::other(error.to_string()))?;
    let argv: Vec<OsString> = call.argv.iter().map(OsString::from).collect();
    let mut console = Console {
        lang: call.lang,
        json: call.json,
        cwd: call.cwd,
        tty: call.tty,
        sink: Box::new(Far { stream: stream.try_clone()? }),
    };
    let ended = match read(&argv, call.lang) {
        Ok(cli) => handle.block_on(folder::on_open(app, &cli.command, &mut console)),
        Err(error) => Err(Failure::usage((error.to_string(), error.to_string()), ("", ""))),
    };
    let status = match ended {
        Ok(done) => done.status(),
        Err(failure) => {
            if let Some(line) = failure.line(call.lang) {
                write_piece(&mut stream, ERR, line.as_bytes())?;
            }
            failure.status()
        }
    };
    write_piece(&mut stream, EXIT, &[status])
}

/// A terminal at the other end of the socket.
struct Far {
    stream: UnixStream,
}

impl Sink for Far {
    fn out(&mut self, bytes: &[u8]) -> io::Result<()> {
        bytes.chunks(1 << 20).try_for_each(|chunk| write_piece(&mut self.stream, OUT, chunk))
    }

    fn err(&mut self, line: &str) {
        // A caller who hung up is noticed with the next piece of output.
        let _ = write_piece(&mut self.stream, ERR, line.as_bytes());
    }

    fn progress(&mut self, done: u64, total: Option<u64>) {
        if let Ok(piece) = serde_json::to_vec(&(done, total)) {
            let _ = write_piece(&mut self.stream, PROGRESS, &piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_arrives_as_it_was_sent_and_a_hang_up_is_no_piece() {
        let mut wire = Vec::new();
        write_piece(&mut wire, OUT, "客户".as_bytes()).unwrap();
        let mut reading = wire.as_slice();
        assert_eq!(read_piece(&mut reading).unwrap(), Some((OUT, "客户".as_bytes().to_vec())));
        assert_eq!(read_piece(&mut reading).unwrap(), None);
        assert!(read_piece(&mut &wire[..6]).is_err());
    }

    #[test]
    fn a_folder_is_reached_however_long_its_path_is() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["short", "数据目录".repeat(12).as_str()] {
            let folder = dir.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            let (own, _held) = address(&folder).unwrap();
            let listener = std::os::unix::net::UnixListener::bind(own).unwrap();
            assert!(folder.join(NAME).exists(), "it lies in its folder");
            let (path, _folder) = address(&folder).unwrap();
            let _caller = UnixStream::connect(path).unwrap();
            assert!(listener.accept().is_ok());
        }
    }
}
