//! Answering by https with the firm's own certificate.
//!
//! The certificate is read from two PEM files and read again when they change, so that a renewed one is used without a
//! restart. Handshakes run beside each other and have a time limit: a visitor who connects and says nothing keeps
//! nobody waiting. Certificates from an authority are not fetched here: that is the work of a proxy or of the tool that
//! writes the files.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// How long a visitor may take for the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes under way at once; further visitors wait in the system's own queue.
const HANDSHAKES: usize = 256;
/// How often the certificate's files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A certificate chain and its key, as named by the operator.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// PEM file of the certificate and the chain above it.
    pub(crate) certificate: PathBuf,
    /// PEM file of the private key.
    pub(crate) key: PathBuf,
}

/// Why a certificate cannot be used: the file, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) file: PathBuf,
    pub(crate) reason: String,
}

impl Unusable {
    fn new(file: &Path, reason: impl ToString) -> Unusable {
        Unusable { file: file.to_owned(), reason: reason.to_string() }
    }
}

impl Files {
    /// Reads both files and checks that the key belongs to the certificate.
    fn read(&self, provider: &CryptoProvider) -> Result<CertifiedKey, Unusable> {
        let bad_certificate = |error: rustls::pki_types::pem::Error| Unusable::new(&self.certificate, error);
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_file_iter(&self.certificate).and_then(Iterator::collect).map_err(bad_certificate)?;
        if chain.is_empty() {
            return Err(Unusable::new(&self.certificate, "no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| Unusable::new(&self.key, error))?;
        CertifiedKey::from_der(chain, key, provider).map_err(|error| Unusable::new(&self.key, error))
    }

    /// When either file was last changed; `None` if one cannot be seen.
    fn changed_at(&self) -> Option<SystemTime> {
        let at = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified()).ok();
        Some(at(&self.certificate)?.max(at(&self.key)?))
    }
}

/// The certificate in use, replaced when its files change.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Visitors whose handshake is done.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Begins to take visitors of a listening socket.
    pub(crate) fn start(listener: TcpListener, files: Files) -> Result<TlsListener, Unusable> {
        let provider = Arc::new(ring::default_provider());
        let seen_at = files.changed_at();
        let current = Arc::new(Current(RwLock::new(Arc::new(files.read(&provider)?))));
        let mut config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| Unusable::new(&files.certificate, error))?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let address = listener.local_addr().map_err(|error| Unusable::new(&files.certificate, error))?;
        let (hand_over, ready) = mpsc::channel(HANDSHAKES);
        tokio::spawn(take_visitors(listener, TlsAcceptor::from(Arc::new(config)), hand_over.clone()));
        tokio::spawn(async move {
            tokio::select! {
                () = follow(files, seen_at, &provider, &current) => {}
                () = hand_over.closed() => {}
            }
        });
        Ok(TlsListener { ready, address })
    }
}

/// Accepts and shakes hands, each visitor on a task of its own, until nobody takes them any more.
async fn take_visitors(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    hand_over: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let (stream, address) = tokio::select! {
            visitor = Listener::accept(&mut listener) => visitor,
            () = hand_over.closed() => return,
        };
        let (acceptor, hand_over) = (acceptor.clone(), hand_over.clone());
        tokio::spawn(async move {
            match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                // A server that stops takes nobody in any more: the visitor sees a closed connection.
                Ok(Ok(stream)) => drop(hand_over.send((stream, address)).await),
                Ok(Err(error)) => tracing::debug!(%address, %error, "no handshake"),
                Err(_) => tracing::debug!(%address, "no handshake in time"),
            }
            drop(place);
        });
    }
}

/// Looks at the files now and then, and uses what they hold if it is usable.
async fn follow(files: Files, mut seen_at: Option<SystemTime>, provider: &CryptoProvider, current: &Current) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let changed_at = files.changed_at();
        if changed_at.is_none() || changed_at == seen_at {
            continue;
        }
        match files.read(provider) {
            Ok(key) => {
                *current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                seen_at = changed_at;
                tracing::info!(file = %files.certificate.display(), "the new certificate is in use");
            }
            // Half-written, or the other file is still the old one: the certificate in use stays.
            Err(unusable) => tracing::warn!(
                file = %unusable.file.display(),
                reason = unusable.reason,
                "the new certificate cannot be used; the old one stays"
            ),
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(visitor) => visitor,
            // The taking of visitors ends only with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
