//! Solving with small symmetric matrices: the curvature of a likelihood, and the uncertainty that follows from it.
//!
//! A matrix of n × n is a slice of n² numbers, row by row; only its lower triangle is read. Sizes here are the number of
//! parameters or covariates, tens, not thousands.
//!
//! Not here: least squares, eigenvalues, anything sparse.

#![expect(clippy::needless_range_loop, reason = "rows and columns of a matrix are numbers, not iterators")]

/// The lower triangle L of a positive definite matrix A = L Lᵀ.
#[derive(Clone, Debug)]
pub struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors a matrix of `size` × `size`.
    ///
    /// # Edges
    /// `None` if it is not positive definite to working precision: a pivot below 1e-13 of its own diagonal element
    /// means that a column is a combination of those before it. Panics if the slice is not `size`² long.
    pub fn of(matrix: &[f64], size: usize) -> Option<Self> {
        Self::dependent(matrix, size).ok()
    }

    /// As [`Cholesky::of`], naming the first column that adds nothing to those before it.
    pub fn dependent(matrix: &[f64], size: usize) -> Result<Self, usize> {
        assert_eq!(matrix.len(), size * size, "a matrix has size × size numbers");
        let mut lower = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                let mut sum = matrix[row * size + column];
                for k in 0..column {
                    sum -= lower[row * size + k] * lower[column * size + k];
                }
                if row == column {
                    let diagonal = matrix[row * size + row];
                    if !sum.is_finite() || sum <= 1e-13 * diagonal || sum <= 0.0 {
                        return Err(row);
                    }
                    lower[row * size + row] = sum.sqrt();
                } else {
                    lower[row * size + column] = sum / lower[column * size + column];
                }
            }
        }
        Ok(Self { size, lower })
    }

    /// The x of A x = b.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut x = self.forward(right);
        for row in (0..self.size).rev() {
            let mut sum = x[row];
            for below in row + 1..self.size {
                sum -= self.lower[below * self.size + row] * x[below];
            }
            x[row] = sum / self.lower[row * self.size + row];
        }
        x
    }

    /// The y of L y = b.
    fn forward(&self, right: &[f64]) -> Vec<f64> {
        let mut y = right.to_vec();
        for row in 0..self.size {
            let mut sum = y[row];
            for column in 0..row {
                sum -= self.lower[row * self.size + column] * y[column];
            }
            y[row] = sum / self.lower[row * self.size + row];
        }
        y
    }

    /// L times a vector: turns independent standard normal numbers into ones whose covariance is A.
    pub fn spread(&self, standard: &[f64]) -> Vec<f64> {
        (0..self.size)
            .map(|row| (0..=row).map(|column| self.lower[row * self.size + column] * standard[column]).sum())
            .collect()
    }

    /// The inverse of A.
    pub fn inverse(&self) -> Vec<f64> {
        let size = self.size;
        let mut inverse = vec![0.0; size * size];
        let mut unit = vec![0.0; size];
        for column in 0..size {
            unit[column] = 1.0;
            for (row, value) in self.solve(&unit).into_iter().enumerate() {
                inverse[row * size + column] = value;
            }
            unit[column] = 0.0;
        }
        inverse
    }
}

/// bᵀ A⁺ b of a positive semi-definite A: directions in which A is nothing are left out.
///
/// Returns the form and the number of directions that count.
pub fn quadratic_form(matrix: &[f64], size: usize, vector: &[f64]) -> (f64, usize) {
    let mut kept: Vec<usize> = Vec::new();
    for candidate in 0..size {
        let mut tried = kept.clone();
        tried.push(candidate);
        if Cholesky::of(&picked(matrix, size, &tried), tried.len()).is_some() {
            kept = tried;
        }
    }
    let right: Vec<f64> = kept.iter().map(|&at| vector[at]).collect();
    let Some(factor) = Cholesky::of(&picked(matrix, size, &kept), kept.len()) else { return (0.0, 0) };
    let form = factor.solve(&right).iter().zip(&right).map(|(x, b)| x * b).sum();
    (form, kept.len())
}

fn picked(matrix: &[f64], size: usize, rows: &[usize]) -> Vec<f64> {
    rows.iter().flat_map(|&row| rows.iter().map(move |&column| matrix[row * size + column])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_put_back_gives_the_right_hand_side() {
        let matrix = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let factor = Cholesky::of(&matrix, 3).expect("positive definite");
        let x = factor.solve(&[1.0, -2.0, 0.5]);
        for (row, expected) in [1.0, -2.0, 0.5].into_iter().enumerate() {
            let got: f64 = (0..3).map(|column| matrix[row * 3 + column] * x[column]).sum();
            assert!((got - expected).abs() < 1e-14);
        }
        let inverse = factor.inverse();
        let diagonal: f64 = (0..3).map(|k| matrix[k] * inverse[k * 3]).sum();
        assert!((diagonal - 1.0).abs() < 1e-14);
    }

    #[test]
    fn a_column_that_repeats_another_is_named() {
        let twice = [2.0, 2.0, 2.0, 2.0];
        assert_eq!(Cholesky::dependent(&twice, 2).err(), Some(1));
        let (form, directions) = quadratic_form(&twice, 2, &[2.0, 2.0]);
        assert!((form - 2.0).abs() < 1e-12 && directions == 1);
    }
}
