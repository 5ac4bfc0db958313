//! A model that LightGBM 4.7.0 trained and saved (`tests/reference/lightgbm.py`): the same raw scores, the same
//! contributions; and texts that are no model.

use estimators::shap::Explainer;
use estimators::trees::lightgbm;

const MODEL: &str = include_str!("../reference/lightgbm.txt");
const NAN: f64 = f64::NAN;
const ROWS: [[f64; 5]; 8] = [
    [NAN, -0.13, 0.64, 5.0, -0.54],
    [0.36, 1.3, 0.95, 5.0, -1.27],
    [-0.62, 0.04, -2.33, 2.0, -1.25],
    [-0.73, -0.54, -0.32, 2.0, 1.04],
    [-0.13, 1.37, -0.67, 0.0, 0.9],
    [0.09, 0.0, -0.92, 3.0, 0.22],
    [-1.01, -0.21, -0.16, 1.0, 0.21],
    [0.36, -0.65, -0.13, 6.0, 1.49],
];
const SCORES: [f64; 8] = [
    0.027845573899487004,
    -0.38130149490075843,
    -0.7855965044709678,
    -0.7855965044709678,
    -0.38130149490075843,
    -0.38130149490075843,
    -0.014130867476113893,
    0.6305724811859765,
];
/// Contributions of features 0, 2 and 3; the others have none.
const CONTRIBUTIONS: [[f64; 3]; 8] = [
    [0.34559859218096645, 0.0014839332967262829, -0.2773272642657567],
    [0.01614121614271703, 0.0064452870741661065, -0.3619783108051925],
    [-0.4491950558278823, -0.019975331089094245, -0.2745164302415423],
    [-0.4491950558278823, -0.019975331089094245, -0.2745164302415423],
    [0.023184970399752477, -0.007642221439904794, -0.354934556548157],
    [0.023184970399752477, -0.007642221439904794, -0.354934556548157],
    [-0.45032641302892346, 0.018219291930818303, 0.45988594093444024],
    [0.13363379302314504, 0.0033311531681697883, 0.5355172223071106],
];

#[test]
fn a_model_of_lightgbm_scores_and_explains_as_there() {
    let forest = lightgbm::read(MODEL).expect("a model");
    let explainer = Explainer::new(&forest);
    assert!((explainer.base() - -0.04190968731244902).abs() < 1e-12);
    let whole: Vec<f64> = ROWS.iter().flatten().copied().collect();
    let contributions = explainer.contributions_of(&whole);
    for (place, row) in ROWS.iter().enumerate() {
        assert!((forest.margin(row) - SCORES[place]).abs() < 1e-12, "row {place}");
        let ours = &contributions[place * 5..(place + 1) * 5];
        let [first, third, fourth] = CONTRIBUTIONS[place];
        for (ours, expected) in ours.iter().zip([first, 0.0, third, fourth, 0.0]) {
            assert!((ours - expected).abs() < 1e-12, "row {place}: {ours} is not {expected}");
        }
    }
}

#[test]
fn a_text_that_is_no_model_is_refused_and_never_breaks() {
    assert!(
        lightgbm::read("").is_err() && lightgbm::read("tree\nmax_feature_idx=4\n\nTree=0\nnum_leaves=0\n").is_err()
    );
    let several = MODEL.replace("num_tree_per_iteration=1", "num_tree_per_iteration=3");
    assert_eq!(lightgbm::read(&several).map_err(|error| error.key), Err("num_tree_per_iteration"));
    // Every cut and every line left out: read or refused.
    for end in (0..MODEL.len()).step_by(7) {
        let _ = lightgbm::read(&MODEL[..end]);
    }
    let lines: Vec<&str> = MODEL.lines().collect();
    for gone in 0..lines.len() {
        let rest: Vec<&str> = lines.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| *line).collect();
        if let Ok(forest) = lightgbm::read(&rest.join("\n")) {
            assert!(forest.margin(&ROWS[0]).is_finite());
        }
    }
    let twisted = MODEL.replace("left_child=2 3 -1 -2 -3", "left_child=0 3 -1 -2 -3");
    assert!(lightgbm::read(&twisted).is_err(), "a child that is its own parent");
}
