//! A stand-in for SQL Server, since Debian has no package of one: it speaks TDS 7.4 on the wire (pre-login, TLS within
//! it, login, batches, columns, rows, errors) and keeps its rows in a SQLite file, to which it hands what it is asked.
//!
//! It is written from Microsoft's open specification ([MS-TDS]), not from recordings of a server. What it cannot show is
//! whether a real server understands our SQL: it shows that we read and write the protocol, and what we make of values.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx::{Column as _, Connection as _, Row as _};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::certificate::Certificate;
use super::tds_value::{Type, string, written};

/// Kinds of packets.
const ANSWER: u8 = 0x04;
const PRE_LOGIN: u8 = 0x12;
const LOGIN: u8 = 0x10;
const BATCH: u8 = 0x01;
/// The size of packets, with their head.
const PACKET: usize = 4_096;

/// What a server says of encryption.
#[derive(Clone, Copy, PartialEq)]
pub enum Encryption {
    /// It speaks none.
    Never,
    /// It does if asked to.
    Offered,
    /// It speaks nothing else.
    Always,
}

impl Encryption {
    fn told(self) -> u8 {
        match self {
            Encryption::Never => 2,
            Encryption::Offered => 1,
            Encryption::Always => 3,
        }
    }
}

/// Who may sign in, and to what.
#[derive(Clone)]
struct House {
    file: PathBuf,
    user: String,
    password: String,
    database: String,
    encryption: Encryption,
    tls: Arc<ServerConfig>,
}

/// Begins to listen; the port.
pub fn serve(
    file: &Path,
    database: &str,
    user: &str,
    password: &str,
    encryption: Encryption,
    own: &Certificate,
) -> u16 {
    let chain = CertificateDer::pem_file_iter(own.path("server.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(own.path("server.key")).unwrap();
    let provider = tokio_rustls::rustls::crypto::ring::default_provider();
    let tls = ServerConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions().unwrap();
    let tls = Arc::new(tls.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let text = |text: &str| text.to_owned();
    let (user, password, database) = (text(user), text(password), text(database));
    let house = House { file: file.to_owned(), user, password, database, encryption, tls };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for guest in listener.incoming().flatten() {
            let house = house.clone();
            // A guest who leaves in the middle ends the conversation with an error, which is nobody's.
            std::thread::spawn(move || house.receive(guest).ok());
        }
    });
    port
}

impl House {
    fn receive(&self, mut guest: TcpStream) -> std::io::Result<()> {
        let (kind, asked) = packets(&mut guest)?;
        assert_eq!(kind, PRE_LOGIN);
        // Version and encryption, where each stands, then both.
        let mut answer = vec![0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0];
        answer.push(self.encryption.told());
        send(&mut guest, ANSWER, &answer)?;
        let wants = option(&asked, 1).is_some_and(|wants| wants != 2);
        match (self.encryption, wants) {
            (Encryption::Never, _) | (Encryption::Offered, false) => self.talk(guest),
            _ => {
                let mut tls = ServerConnection::new(self.tls.clone()).unwrap();
                shake_hands(&mut tls, &mut guest)?;
                self.talk(StreamOwned::new(tls, guest))
            }
        }
    }

    fn talk(&self, mut guest: impl Read + Write) -> std::io::Result<()> {
        let (kind, login) = packets(&mut guest)?;
        assert_eq!(kind, LOGIN);
        let [user, database] = [40, 68].map(|at| field(&login, at, |byte| byte));
        let password = field(&login, 44, |byte| (byte ^ 0xa5).rotate_left(4));
        let told = if database != self.database {
            let message = format!("Cannot open database \"{database}\" requested by the login. The login failed.");
            [error(4060, &message), error(18456, &format!("Login failed for user '{user}'.")), done(2)].concat()
        } else if (&user, &password) != (&self.user, &self.password) {
            [error(18456, &format!("Login failed for user '{user}'.")), done(2)].concat()
        } else {
            let name = string("stand-in");
            let length = u16::try_from(10 + name.len()).unwrap().to_le_bytes();
            let version = [1, 0x74, 0, 0, 4];
            [&[0xad][..], &length, &version, &[8], &name, &[16, 0, 0, 0], &done(0)].concat()
        };
        let is_welcome = told[0] == 0xad;
        send(&mut guest, ANSWER, &told)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        if !is_welcome {
            return Ok(());
        }
        loop {
            let (kind, batch) = packets(&mut guest)?;
            assert_eq!(kind, BATCH);
            let heads = u32::from_le_bytes(batch[..4].try_into().unwrap()) as usize;
            let sql = text(&batch[heads..]);
            send(&mut guest, ANSWER, &runtime.block_on(self.answer(&sql)))?;
        }
    }

    async fn answer(&self, sql: &str) -> Vec<u8> {
        if sql.starts_with("SET ") {
            return done(0);
        }
        if sql == "SELECT @@VERSION" {
            let version = "Microsoft SQL Server 2022 (stand-in) - 16.0\n\tfor tests";
            return [columns(&[(String::new(), Type::Text)]), row(&[Type::Text], &[Some(version.into())]), done(0)]
                .concat();
        }
        self.rows(sql).await.unwrap_or_else(|refusal| {
            let sqlx::Error::Database(refusal) = refusal else { panic!("{refusal}") };
            let said = refusal.message();
            let number = match said {
                said if said.starts_with("no such table") => 208,
                said if said.starts_with("no such column") => 207,
                _ => 102,
            };
            [error(number, said), done(2)].concat()
        })
    }

    async fn rows(&self, sql: &str) -> Result<Vec<u8>, sqlx::Error> {
        let url = format!("sqlite://{}?mode=ro", self.file.display());
        let mut own = sqlx::SqliteConnection::connect(&url).await?;
        let declared = "select m.name, c.name, c.type from sqlite_master m, pragma_table_info(m.name) c";
        let declared: Vec<(String, String, String)> = sqlx::query_as(declared).fetch_all(&mut own).await?;
        let type_of = |column: &str| {
            let mut fitting = declared.iter().filter(|(table, name, _)| sql.contains(table) && name == column);
            fitting.next().map_or(Type::Text, |(_, _, kind)| Type::declared(kind))
        };
        let mut answer = Vec::new();
        let mut types = Vec::new();
        {
            let asked = sqlx::raw_sql(sqlx::AssertSqlSafe(in_its_own_words(sql)));
            let mut found = asked.fetch(&mut own);
            while let Some(found) = found.try_next().await? {
                if answer.is_empty() {
                    let told: Vec<_> =
                        found.columns().iter().map(|one| (one.name().to_owned(), type_of(one.name()))).collect();
                    types = told.iter().map(|(_, kind)| *kind).collect();
                    answer = columns(&told);
                }
                let cells: Vec<Option<Vec<u8>>> = (0..found.len())
                    .map(|at| found.get_unchecked::<Option<&[u8]>, _>(at).map(<[u8]>::to_vec))
                    .collect();
                answer.extend(row(&types, &cells));
            }
        }
        if answer.is_empty() {
            use sqlx::{Executor as _, SqlSafeStr as _, Statement as _};
            let prepared = own.prepare(sqlx::AssertSqlSafe(in_its_own_words(sql)).into_sql_str()).await?;
            let told: Vec<_> =
                prepared.columns().iter().map(|one| (one.name().to_owned(), type_of(one.name()))).collect();
            answer = columns(&told);
        }
        answer.extend(done(0));
        Ok(answer)
    }
}

/// `TOP` as `LIMIT`, and moments as the file holds them: SQLite compares texts where SQL Server compares moments.
fn in_its_own_words(sql: &str) -> String {
    let mut own = sql.to_owned();
    if let Some(at) = own.find("TOP (") {
        let end = at + own[at..].find(')').unwrap();
        let count = own[at + 5..end].to_owned();
        own.replace_range(at..end + 1, "");
        own.push_str(&format!(" LIMIT {count}"));
    }
    // A row version is bytes in both, written otherwise.
    if let Some(at) = own.find(">= 0x").map(|at| at + 3) {
        let digits = own[at + 2..at + 18].to_owned();
        own.replace_range(at..at + 18, &format!("x'{digits}'"));
    }
    let moment = own.find(">= '").map(|at| at + 4).filter(|at| own[at + 10..].starts_with('T'));
    if let Some(at) = moment {
        own.replace_range(at + 10..at + 11, " ");
    }
    own
}

/// The packets of one message: their kind and what is in them.
fn packets(from: &mut impl Read) -> std::io::Result<(u8, Vec<u8>)> {
    let mut body = Vec::new();
    loop {
        let mut head = [0; 8];
        from.read_exact(&mut head)?;
        let begin = body.len();
        body.resize(begin + usize::from(u16::from_be_bytes([head[2], head[3]])) - head.len(), 0);
        from.read_exact(&mut body[begin..])?;
        if head[1] & 1 == 1 {
            return Ok((head[0], body));
        }
    }
}

fn send(to: &mut impl Write, kind: u8, body: &[u8]) -> std::io::Result<()> {
    let mut pieces = body.chunks(PACKET - 8).enumerate().peekable();
    while let Some((number, piece)) = pieces.next() {
        let [high, low] = u16::try_from(piece.len() + 8).unwrap().to_be_bytes();
        let is_last = u8::from(pieces.peek().is_none());
        to.write_all(&[kind, is_last, high, low, 0, 0, (number % 256) as u8, 0])?;
        to.write_all(piece)?;
    }
    to.flush()
}

/// TLS begins within packets of the pre-login, and goes on without them.
fn shake_hands(tls: &mut ServerConnection, guest: &mut TcpStream) -> std::io::Result<()> {
    while tls.is_handshaking() {
        if tls.wants_write() {
            let mut told = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut told)?;
            }
            send(guest, PRE_LOGIN, &told)?;
        } else {
            let (_, said) = packets(guest)?;
            let mut said = said.as_slice();
            while !said.is_empty() {
                tls.read_tls(&mut said)?;
                tls.process_new_packets().map_err(std::io::Error::other)?;
            }
        }
    }
    Ok(())
}

/// The first byte of an option of the pre-login.
fn option(asked: &[u8], wanted: u8) -> Option<u8> {
    let told = asked.chunks_exact(5).take_while(|told| told[0] != 0xff).find(|told| told[0] == wanted)?;
    asked.get(usize::from(u16::from_be_bytes([told[1], told[2]]))).copied()
}

/// A text of the login, by the place that says where it stands.
fn field(login: &[u8], at: usize, unveil: impl Fn(u8) -> u8) -> String {
    let number = |at: usize| usize::from(u16::from_le_bytes([login[at], login[at + 1]]));
    let (from, length) = (number(at), number(at + 2) * 2);
    text(&login[from..from + length].iter().map(|byte| unveil(*byte)).collect::<Vec<u8>>())
}

fn text(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}

fn columns(told: &[(String, Type)]) -> Vec<u8> {
    let mut token = vec![0x81];
    token.extend(u16::try_from(told.len()).unwrap().to_le_bytes());
    for (name, kind) in told {
        token.extend([0, 0, 0, 0, 9, 0]);
        token.extend(kind.told());
        token.push(u8::try_from(name.encode_utf16().count()).unwrap());
        token.extend(string(name));
    }
    token
}

fn row(types: &[Type], cells: &[Option<Vec<u8>>]) -> Vec<u8> {
    let values = types.iter().zip(cells).flat_map(|(kind, cell)| written(*kind, cell.as_deref()));
    [0xd1].into_iter().chain(values).collect()
}

fn error(number: u32, message: &str) -> Vec<u8> {
    let mut body = number.to_le_bytes().to_vec();
    body.extend([1, 16]);
    body.extend(u16::try_from(message.encode_utf16().count()).unwrap().to_le_bytes());
    body.extend(string(message));
    body.extend([0, 0, 1, 0, 0, 0]);
    let mut token = vec![0xaa];
    token.extend(u16::try_from(body.len()).unwrap().to_le_bytes());
    token.extend(body);
    token
}

fn done(status: u8) -> Vec<u8> {
    vec![0xfd, status, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}
