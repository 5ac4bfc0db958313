//! What the server counts about itself, as Prometheus text.
//!
//! Not here: figures about customers. Those are `indicators` and `metrics` of the firm, never of the machine.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

use app::StandingSize;

/// Upper edges of the duration buckets, in seconds.
const EDGES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Counters of the server since it started.
#[derive(Default)]
pub(crate) struct Metrics {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    requests: BTreeMap<(String, String, u16), u64>,
    durations: BTreeMap<String, Histogram>,
    cycle: Option<Duration>,
    cycles: u64,
    cycles_failed: u64,
    standing: Option<Standing>,
    felt: Histogram,
}

#[derive(Default)]
struct Histogram {
    buckets: [u64; EDGES.len()],
    sum: f64,
    count: u64,
}

/// What stands in the folder at the moment of asking.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) facts: u64,
    pub(crate) sequence: u64,
}

impl Metrics {
    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *kept.requests.entry((route.to_owned(), method.to_owned(), status)).or_default() += 1;
        let histogram = kept.durations.entry(route.to_owned()).or_default();
        histogram.add(took, 1);
    }

    /// So many facts were felt so long after they were written, at the most.
    pub(crate) fn felt(&self, after: Duration, facts: u64) {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).felt.add(after, facts);
    }

    pub(crate) fn cycle(&self, took: Duration, done: bool) {
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        kept.cycle = Some(took);
        kept.cycles += 1;
        kept.cycles_failed += u64::from(!done);
    }

    pub(crate) fn standing(&self) -> Option<Standing> {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).standing
    }

    pub(crate) fn stands(&self, standing: Standing) {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).standing = Some(standing);
    }

    /// The text a Prometheus server reads.
    pub(crate) fn text(&self, standing: Option<Standing>, size: Option<StandingSize>) -> String {
        let kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut out = String::new();
        head(&mut out, "liuke_http_requests_total", "counter", "Requests answered, by route, method and status.");
        for ((route, method, status), count) in &kept.requests {
            let _ = writeln!(
                out,
                "liuke_http_requests_total{{route=\"{}\",method=\"{}\",status=\"{status}\"}} {count}",
                escape(route),
                escape(method)
            );
        }
        head(&mut out, "liuke_http_request_duration_seconds", "histogram", "Time to answer, by route.");
        for (route, histogram) in &kept.durations {
            histogram.write(&mut out, "liuke_http_request_duration_seconds", &format!("route=\"{}\"", escape(route)));
        }
        head(
            &mut out,
            "liuke_felt_seconds",
            "histogram",
            "From a fact's writing until it is in its customer's alerts.",
        );
        kept.felt.write(&mut out, "liuke_felt_seconds", "");
        head(&mut out, "liuke_cycles_total", "counter", "Cycles begun by this server.");
        let _ = writeln!(out, "liuke_cycles_total {}", kept.cycles);
        head(&mut out, "liuke_cycles_failed_total", "counter", "Of those, how many failed.");
        let _ = writeln!(out, "liuke_cycles_failed_total {}", kept.cycles_failed);
        if let Some(took) = kept.cycle {
            head(&mut out, "liuke_cycle_duration_seconds", "gauge", "Time the last cycle took.");
            let _ = writeln!(out, "liuke_cycle_duration_seconds {}", took.as_secs_f64());
        }
        if let Some(standing) = standing {
            head(&mut out, "liuke_facts", "gauge", "Facts in the record.");
            let _ = writeln!(out, "liuke_facts {}", standing.facts);
            head(&mut out, "liuke_sequence", "gauge", "Number of the last fact.");
            let _ = writeln!(out, "liuke_sequence {}", standing.sequence);
        }
        if let Some(size) = size {
            head(&mut out, "liuke_standing_customers", "gauge", "Customers whom the standing state has.");
            let _ = writeln!(out, "liuke_standing_customers {}", size.customers);
            head(&mut out, "liuke_standing_rows", "gauge", "Rows that it holds, by selector.");
            let _ = writeln!(out, "liuke_standing_rows {}", size.rows);
            head(&mut out, "liuke_standing_bytes", "gauge", "Memory that it takes.");
            let _ = writeln!(out, "liuke_standing_bytes {}", size.bytes);
            head(&mut out, "liuke_standing_bytes_per_customer", "gauge", "The same for each customer.");
            let _ = writeln!(out, "liuke_standing_bytes_per_customer {}", size.bytes / size.customers.max(1));
        }
        out
    }
}

impl Histogram {
    fn add(&mut self, took: Duration, times: u64) {
        let seconds = took.as_secs_f64();
        for (bucket, edge) in self.buckets.iter_mut().zip(EDGES) {
            *bucket += if seconds <= edge { times } else { 0 };
        }
        self.sum += seconds * times as f64;
        self.count += times;
    }

    fn write(&self, out: &mut String, name: &str, label: &str) {
        let joint = if label.is_empty() { "" } else { "," };
        for (bucket, edge) in self.buckets.iter().zip(EDGES) {
            let _ = writeln!(out, "{name}_bucket{{{label}{joint}le=\"{edge}\"}} {bucket}");
        }
        let _ = writeln!(out, "{name}_bucket{{{label}{joint}le=\"+Inf\"}} {}", self.count);
        let braced = if label.is_empty() { String::new() } else { format!("{{{label}}}") };
        let _ = writeln!(out, "{name}_sum{braced} {}", self.sum);
        let _ = writeln!(out, "{name}_count{braced} {}", self.count);
    }
}

fn head(out: &mut String, name: &str, sort: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {sort}");
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_counted_once_in_every_bucket_that_holds_it() {
        let metrics = Metrics::default();
        metrics.request("GET", "/api/today", 200, Duration::from_millis(30));
        metrics.request("GET", "/api/today", 200, Duration::from_secs(60));
        let text = metrics
            .text(Some(Standing { facts: 7, sequence: 9 }), Some(StandingSize { customers: 2, rows: 5, bytes: 90 }));
        let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        has("liuke_http_requests_total{route=\"/api/today\",method=\"GET\",status=\"200\"} 2");
        has("liuke_http_request_duration_seconds_bucket{route=\"/api/today\",le=\"0.025\"} 0");
        has("liuke_http_request_duration_seconds_bucket{route=\"/api/today\",le=\"0.05\"} 1");
        has("liuke_http_request_duration_seconds_bucket{route=\"/api/today\",le=\"+Inf\"} 2");
        has("liuke_felt_seconds_count 0");
        metrics.felt(Duration::from_millis(90), 4);
        let text = metrics.text(None, None);
        assert!(text.lines().any(|line| line == "liuke_felt_seconds_bucket{le=\"0.1\"} 4"), "{text}");
        has("liuke_facts 7");
        has("liuke_sequence 9");
        has("liuke_standing_bytes 90");
        has("liuke_standing_bytes_per_customer 45");
    }
}
