//! Our side of bench/shap.sh: the same model, the same rows; CPU seconds, and how far the answers are apart.

use estimators::shap::Explainer;
use estimators::trees::lightgbm;

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn doubles(path: &str) -> Vec<f64> {
    let bytes = std::fs::read(path).expect("a file of doubles");
    bytes.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().expect("eight bytes"))).collect()
}

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let forest = lightgbm::read(&std::fs::read_to_string(format!("{folder}/model.txt")).expect("a model")).expect("a model");
    let rows = doubles(&format!("{folder}/rows.bin"));
    let begun = cpu();
    let explainer = Explainer::new(&forest);
    let prepared = cpu();
    let ours = explainer.contributions_of(&rows);
    let done = cpu();
    let width = forest.features();
    let theirs = doubles(&format!("{folder}/theirs.bin"));
    let apart = theirs.chunks_exact(width + 1).zip(ours.chunks_exact(width)).flat_map(|(theirs, ours)| {
        theirs.iter().zip(ours.iter().chain([&0.0])).take(width).map(|(theirs, ours)| (theirs - ours).abs()).collect::<Vec<_>>()
    });
    let apart = apart.fold(0.0, f64::max);
    let sums = rows.chunks_exact(width).zip(ours.chunks_exact(width));
    let off = sums.map(|(row, ours)| (explainer.base() + ours.iter().sum::<f64>() - forest.margin(row)).abs()).fold(0.0, f64::max);
    println!("{} {} {apart:e} {off:e}", done - prepared, prepared - begun);
}
