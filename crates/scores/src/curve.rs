//! From a number to points: straight lines, steps, a single line with or without bounds, or a hump.

use indicators::definition::{Fields, Node};
use vocab::{Finding, Text};

/// How many points a number earns, 0 to 100, high is good.
///
/// | written as | means |
/// |---|---|
/// | `[[0, 0], [10, 60], [20, 100]]` | straight lines between corners, flat before the first and after the last |
/// | `{ steps = [[0, 10], [5, 60], [20, 100]] }` | the points of the last number reached; below the first, its points |
/// | `{ linear = [[0, 40], [10, 60]] }` | the one straight line through both, until 0 or 100 |
/// | `{ linear = [[0, 40], [10, 60]], least = 20, most = 90 }` | the same line, never below and above these points |
/// | `{ best = [8, 12], worst = [2, 30] }` | two-tailed: 100 from 8 to 12, 0 up to 2 and from 30 on, straight between |
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    corners: Vec<(f64, f64)>,
    shape: Shape,
}

/// How a curve runs from one corner to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In a straight line.
    Straight,
    /// Flat until the next corner, then at once on its height.
    Steps,
}

impl Curve {
    /// Straight lines between corners `(number, points)`.
    ///
    /// `None` without a corner, if the numbers do not rise strictly, or if points leave 0..=100.
    pub fn new(corners: Vec<(f64, f64)>) -> Option<Curve> {
        let rising = corners.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let fits = corners.iter().all(|(x, points)| x.is_finite() && (0.0..=100.0).contains(points));
        (!corners.is_empty() && rising && fits).then_some(Curve { corners, shape: Shape::Straight })
    }

    /// Steps: from each number on, its points. `None` as for [`Curve::new`].
    pub fn steps(floors: Vec<(f64, f64)>) -> Option<Curve> {
        Curve::new(floors).map(|curve| Curve { shape: Shape::Steps, ..curve })
    }

    /// The straight line through two corners, carried on until it meets the bounds.
    ///
    /// `None` if the numbers are equal or not finite, the line is level, or the bounds do not rise within 0..=100.
    pub fn line(one: (f64, f64), other: (f64, f64), least: f64, most: f64) -> Option<Curve> {
        let (one, other) = if one.0 <= other.0 { (one, other) } else { (other, one) };
        let slope = (other.1 - one.1) / (other.0 - one.0);
        let bounded = 0.0 <= least && least < most && most <= 100.0;
        if !bounded || !slope.is_finite() || slope == 0.0 {
            return None;
        }
        let at = |points: f64| (one.0 + (points - one.1) / slope, points);
        Curve::new(if slope > 0.0 { vec![at(least), at(most)] } else { vec![at(most), at(least)] })
    }

    /// Two-tailed: best between two numbers, worst beyond two others, straight between.
    ///
    /// `None` unless `worst.0 < best.0 <= best.1 < worst.1`.
    pub fn hump(best: (f64, f64), worst: (f64, f64)) -> Option<Curve> {
        let mut corners = vec![(worst.0, 0.0), (best.0, 100.0)];
        if best.1 != best.0 {
            corners.push((best.1, 100.0));
        }
        corners.push((worst.1, 0.0));
        Curve::new(corners)
    }

    /// The corners, numbers rising.
    pub fn corners(&self) -> &[(f64, f64)] {
        &self.corners
    }

    /// How it runs between them.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Points of a number, 0 to 100.
    pub fn points(&self, x: f64) -> f64 {
        let after = self.corners.partition_point(|corner| corner.0 <= x);
        if after == 0 {
            return self.corners[0].1;
        }
        let (x0, points0) = self.corners[after - 1];
        match (self.shape, self.corners.get(after)) {
            (Shape::Straight, Some((x1, points1))) => {
                (points0 + (points1 - points0) * ((x - x0) / (x1 - x0))).clamp(0.0, 100.0)
            }
            _ => points0,
        }
    }

    pub(crate) fn read(node: &Node, findings: &mut Vec<Finding>) -> Option<Curve> {
        let curve = match node.as_list() {
            Some(_) => corners(node).and_then(Curve::new),
            None => match node.type_word() {
                "table" => return read_named(node, findings),
                _ => None,
            },
        };
        if curve.is_none() {
            findings.push(bad(node));
        }
        curve
    }
}

fn read_named(node: &Node, findings: &mut Vec<Finding>) -> Option<Curve> {
    let mut fields = node.fields(&["steps", "linear", "least", "most", "best", "worst"], findings)?;
    let bounds = (bound(&mut fields, "least", 0.0), bound(&mut fields, "most", 100.0));
    let keys: Vec<&str> = node.keys().map(|(key, _)| key).filter(|key| !["least", "most"].contains(key)).collect();
    let curve = match keys.as_slice() {
        ["steps"] => node.get("steps").and_then(corners).and_then(Curve::steps),
        ["linear"] => match node.get("linear").and_then(corners).as_deref() {
            Some([one, other]) => Curve::line(*one, *other, bounds.0?, bounds.1?),
            _ => None,
        },
        ["best", "worst"] => {
            let pair = |key: &str| node.get(key).and_then(pair);
            pair("best").zip(pair("worst")).and_then(|(best, worst)| Curve::hump(best, worst))
        }
        _ => None,
    };
    if curve.is_none() {
        fields.findings.push(bad(node));
    }
    curve
}

fn bound(fields: &mut Fields<'_, '_>, key: &str, usual: f64) -> Option<f64> {
    match fields.optional(key) {
        Some(_) => fields.optional_number(key),
        None => Some(usual),
    }
}

fn pair(item: &Node) -> Option<(f64, f64)> {
    match item.as_list() {
        Some([x, points]) => x.as_number().zip(points.as_number()),
        _ => None,
    }
}

fn corners(node: &Node) -> Option<Vec<(f64, f64)>> {
    node.as_list()?.iter().map(pair).collect()
}

fn bad(node: &Node) -> Finding {
    node.finding(
        "bad_curve",
        Text::new("不是计分曲线", "not a curve"),
        Text::new(
            "写法：[[数值, 分数], …]，数值递增，分数 0–100；或 { steps = … }、{ linear = [[…], […]] }、{ best = [a, b], worst = [c, d] }",
            "write [[number, points], …], numbers rising, points from 0 to 100; or { steps = … }, { linear = [[…], […]] }, { best = [a, b], worst = [c, d] }",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(curve: &Curve, numbers: &[f64]) -> Vec<f64> {
        numbers.iter().map(|x| curve.points(*x)).collect()
    }

    #[test]
    fn points_lie_on_straight_lines_and_stay_flat_outside() {
        let curve = Curve::new(vec![(0.0, 100.0), (10.0, 50.0), (30.0, 0.0)]).unwrap();
        assert_eq!(
            points(&curve, &[-5.0, 0.0, 5.0, 10.0, 20.0, 30.0, 1e9]),
            [100.0, 100.0, 75.0, 50.0, 25.0, 0.0, 0.0]
        );
    }

    #[test]
    fn a_curve_that_goes_back_or_leaves_the_scale_is_none() {
        assert_eq!(Curve::new(vec![]), None);
        assert_eq!(Curve::new(vec![(1.0, 0.0), (1.0, 50.0)]), None);
        assert_eq!(Curve::new(vec![(1.0, 0.0), (2.0, 101.0)]), None);
        assert_eq!(Curve::new(vec![(f64::NAN, 0.0)]), None);
    }

    #[test]
    fn steps_stay_on_their_height_until_the_next_number_is_reached() {
        let curve = Curve::steps(vec![(0.0, 10.0), (5.0, 60.0), (20.0, 100.0)]).unwrap();
        assert_eq!(
            points(&curve, &[-1.0, 0.0, 4.9, 5.0, 19.0, 20.0, 99.0]),
            [10.0, 10.0, 10.0, 60.0, 60.0, 100.0, 100.0]
        );
    }

    #[test]
    fn a_line_goes_on_to_its_bounds_and_no_further() {
        let line = Curve::line((0.0, 40.0), (10.0, 60.0), 0.0, 100.0).unwrap();
        assert_eq!(points(&line, &[-30.0, -10.0, 0.0, 20.0, 40.0]), [0.0, 20.0, 40.0, 80.0, 100.0]);
        let falling = Curve::line((10.0, 60.0), (20.0, 40.0), 20.0, 90.0).unwrap();
        assert_eq!(points(&falling, &[-50.0, 10.0, 15.0, 90.0]), [90.0, 60.0, 50.0, 20.0]);
        assert_eq!(Curve::line((1.0, 5.0), (1.0, 9.0), 0.0, 100.0), None);
        assert_eq!(Curve::line((1.0, 5.0), (2.0, 5.0), 0.0, 100.0), None);
        assert_eq!(Curve::line((1.0, 5.0), (2.0, 9.0), 90.0, 20.0), None);
    }

    #[test]
    fn too_little_and_too_much_are_both_bad_on_a_hump() {
        let hump = Curve::hump((8.0, 12.0), (2.0, 30.0)).unwrap();
        assert_eq!(
            points(&hump, &[0.0, 2.0, 5.0, 8.0, 10.0, 12.0, 21.0, 30.0, 99.0]),
            [0.0, 0.0, 50.0, 100.0, 100.0, 100.0, 50.0, 0.0, 0.0]
        );
        assert_eq!(Curve::hump((12.0, 8.0), (2.0, 30.0)), None);
        assert!(Curve::hump((8.0, 8.0), (2.0, 30.0)).is_some());
    }
}
