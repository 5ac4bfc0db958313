//! A certificate for `localhost` and an authority that signed it, made by `openssl` for one test.

use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Certificate(PathBuf);

impl Certificate {
    pub fn make(folder: &Path) -> Certificate {
        let openssl = |line: &str| {
            let made = Command::new("openssl").current_dir(folder).args(line.split(' ')).output().expect("openssl");
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        };
        std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority"));
        openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"));
        openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
        );
        Certificate(folder.to_owned())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Who signed it, PEM.
    pub fn authority(&self) -> String {
        std::fs::read_to_string(self.path("ca.pem")).unwrap()
    }
}
