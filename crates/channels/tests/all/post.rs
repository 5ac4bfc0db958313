//! A mail server that behaves as the test says. It keeps the letters it took.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a mail server says to a verb in the place of what it usually says; to `.`, the end of a letter, nothing means that
/// it goes away without a word.
pub(crate) type Manner = &'static [(&'static str, &'static str)];

/// A letter as it was taken.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) text: String,
}

/// A mail server on a free port.
pub(crate) struct Post {
    pub(crate) address: SocketAddr,
    letters: Arc<Mutex<Vec<Letter>>>,
}

impl Post {
    pub(crate) async fn start(manner: Manner) -> Post {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, letters) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let kept = letters.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever hangs up ends the talk.
                tokio::spawn(talk(stream, manner, kept.clone()));
            }
        });
        Post { address, letters }
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }
}

async fn talk(stream: TcpStream, manner: Manner, letters: Arc<Mutex<Vec<Letter>>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 post\r\n").await?;
    let mut to = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split([' ', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        if verb == "RCPT" {
            to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        }
        stream.write_all(format!("{}\r\n", said(manner, &verb)).as_bytes()).await?;
        match verb.as_str() {
            "DATA" => {
                let text = letter(&mut stream).await?;
                letters.lock().unwrap().push(Letter { to: to.clone(), text });
                let taken = said(manner, ".");
                if taken.is_empty() {
                    return Ok(());
                }
                stream.write_all(format!("{taken}\r\n").as_bytes()).await?;
            }
            "QUIT" => return Ok(()),
            _ => {}
        }
    }
}

fn said(manner: Manner, verb: &str) -> &'static str {
    let own = manner.iter().find(|(of, _)| *of == verb).map(|(_, said)| *said);
    own.unwrap_or(match verb {
        "EHLO" => "250-post\r\n250 8BITMIME",
        "DATA" => "354 go on",
        "." => "250 taken",
        "QUIT" => "221 bye",
        _ => "250 ok",
    })
}

async fn letter(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(&line);
    }
}
