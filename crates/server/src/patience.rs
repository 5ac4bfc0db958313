//! How long a visitor may take to come to the point.
//!
//! Whoever connects and says nothing, or tells a request byte by byte, would hold a connection for as long as it likes, and
//! enough of such would leave none for others. So the head of the first request must be there soon; afterwards a connection
//! on which nothing is answered may stay for a while, and longer only while what comes comes at a pace. What is cut off is
//! the connection: nobody was told anything on it yet.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What is waited for, and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From connecting to the end of the first request's head.
    head: Duration,
    /// From then on, and from each piece of an answer to the next.
    silence: Duration,
    /// Bytes for which one second more is granted.
    pace: u64,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { head: Duration::from_secs(30), silence: Duration::from_secs(600), pace: 1_024 }
    }
}

/// A listening socket whose visitors must come to the point.
pub(crate) struct Patient<L> {
    listener: L,
    patience: Patience,
}

impl<L> Patient<L> {
    pub(crate) fn of(listener: L, patience: Patience) -> Patient<L> {
        Patient { listener, patience }
    }
}

impl<L: Listener<Addr = SocketAddr>> Listener for Patient<L> {
    type Io = Visitor<L::Io>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        let (io, address) = self.listener.accept().await;
        (Visitor::new(io, self.patience), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// What a head ends with.
const END: &[u8; 4] = b"\r\n\r\n";

/// A connection, and how far its visitor has come.
pub(crate) struct Visitor<I> {
    io: I,
    patience: Patience,
    /// When it connected, or was last told something; and how many bytes have come since.
    since: Instant,
    came: u64,
    /// How much of [`END`] has come last; all of it: the first head is there.
    matched: usize,
    /// Fires when it must be asked whether the time is over.
    alarm: Pin<Box<Sleep>>,
}

impl<I> Visitor<I> {
    fn new(io: I, patience: Patience) -> Visitor<I> {
        let since = Instant::now();
        let alarm = Box::pin(sleep_until(since + patience.head));
        Visitor { io, patience, since, came: 0, matched: 0, alarm }
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.came += bytes.len() as u64;
        for byte in bytes {
            if self.matched == END.len() {
                return;
            }
            self.matched = match *byte == END[self.matched] {
                true => self.matched + 1,
                false => usize::from(*byte == END[0]),
            };
        }
    }

    /// Until when it may stay: never sooner than was said before.
    fn deadline(&self) -> Instant {
        let granted = match self.matched == END.len() {
            true => self.patience.silence,
            false => self.patience.head,
        };
        self.since + granted + Duration::from_secs(self.came / self.patience.pace)
    }

    /// Whether its time is over; otherwise the task is woken when that must be asked again.
    fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.alarm.as_mut().poll(context));
            let deadline = self.deadline();
            if deadline <= Instant::now() {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(deadline);
        }
    }

    fn told(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(1..)) = written {
            (self.since, self.came) = (Instant::now(), 0);
        }
        written
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Visitor<I> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        match Pin::new(&mut self.io).poll_read(context, into) {
            Poll::Ready(read) => {
                self.hear(&into.filled()[before..]);
                Poll::Ready(read)
            }
            Poll::Pending => {
                ready!(self.poll_over(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Visitor<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.told(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(context, pieces);
        self.told(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use axum::serve::ListenerExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    const SHORT: Patience = Patience { head: Duration::from_millis(50), silence: Duration::from_secs(3_600), pace: 4 };

    #[tokio::test]
    async fn whoever_does_not_come_to_the_point_is_let_go_and_others_are_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut silent = Vec::new();
        for said in ["", "G", "GET / HTTP/1.1\r\nHost: a\r\n"] {
            let mut visitor = TcpStream::connect(address).await.unwrap();
            visitor.write_all(said.as_bytes()).await.unwrap();
            silent.push(visitor);
        }
        let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let mut prompt = TcpStream::connect(address).await.unwrap();
        prompt.write_all(request).await.unwrap();
        // Their time begins now, when all has been said.
        let rooms = Router::new().route("/", get(async || "here"));
        let listener = Patient::of(listener, SHORT).tap_io(|_| {});
        let serving = tokio::spawn(async move { axum::serve(listener, rooms).await });
        for turn in 0..2 {
            if turn > 0 {
                prompt.write_all(request).await.unwrap();
            }
            let mut answer = Vec::new();
            while !answer.ends_with(b"here") {
                assert_ne!(prompt.read_buf(&mut answer).await.unwrap(), 0, "turn {turn}");
            }
            // Between its two requests the others have been let go: longer than a head may take.
            for visitor in &mut silent {
                assert_eq!(visitor.read(&mut [0]).await.unwrap_or(0), 0);
            }
        }
        serving.abort();
    }

    #[tokio::test]
    async fn what_is_granted_grows_with_what_comes_and_begins_anew_with_each_piece_of_an_answer() {
        let (mut theirs, ours) = tokio::io::duplex(1 << 10);
        let patience = Patience { head: Duration::from_secs(30), silence: Duration::from_secs(600), pace: 4 };
        let mut visitor = Visitor::new(ours, patience);
        let connected = visitor.since;
        let granted = |visitor: &Visitor<_>| (visitor.deadline() - visitor.since).as_secs();
        assert_eq!(granted(&visitor), 30);
        for (said, expected) in [("GET /\r\n\r", 32), ("\r\r\n", 32), ("\r\n", 603), ("body of it..", 606)] {
            theirs.write_all(said.as_bytes()).await.unwrap();
            visitor.read_exact(&mut vec![0; said.len()]).await.unwrap();
            assert_eq!((granted(&visitor), visitor.since), (expected, connected), "{said:?}");
        }
        visitor.write_all(b"answer").await.unwrap();
        assert_eq!(granted(&visitor), 600);
        assert!(visitor.since >= connected && visitor.came == 0);
    }
}
