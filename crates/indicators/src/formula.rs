//! Arithmetic over other indicators: `login_7d / max(login_30d, 1)`.
//!
//! What is not known stays unknown: a formula with an unknown part is unknown for the reason of its first unknown
//! part, and dividing by zero is `zero_base`. Which ids exist is the catalogue's business.

use vocab::{Text, Unknown};

use crate::frame::Cell;

/// An arithmetic expression over indicators.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A number as written.
    Number(f64),
    /// The value of another indicator.
    Indicator(String),
    /// Two parts put together.
    Binary(Operator, Box<Formula>, Box<Formula>),
    /// A function of one or more parts.
    Call(Function, Vec<Formula>),
}

/// What joins two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// What can be done with parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The smallest of them.
    Min,
    /// The largest of them.
    Max,
    /// Without its sign.
    Abs,
    /// Natural logarithm; of nothing above zero: `no_value`.
    Ln,
    /// Square root; of less than zero: `no_value`.
    Sqrt,
    /// The first that is known.
    Coalesce,
}

/// Names of the functions.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("min", Function::Min),
    ("max", Function::Max),
    ("abs", Function::Abs),
    ("ln", Function::Ln),
    ("sqrt", Function::Sqrt),
    ("coalesce", Function::Coalesce),
];

impl Formula {
    /// Reads an expression: numbers, ids, `+ - * /`, parentheses, functions.
    ///
    /// # Errors
    /// What is wrong, and at which character (from 1).
    pub fn parse(text: &str) -> Result<Formula, (usize, Text)> {
        let mut reader = Reader { text: text.chars().collect(), at: 0 };
        let formula = reader.sum(0)?;
        reader.skip();
        match reader.peek() {
            None => Ok(formula),
            Some(found) => Err(reader.fault(&format!("多出的“{found}”"), &format!("unexpected \"{found}\""))),
        }
    }

    /// The indicators it asks for, repeated where it is.
    pub fn indicators(&self) -> Vec<&str> {
        match self {
            Formula::Number(_) => Vec::new(),
            Formula::Indicator(id) => vec![id],
            Formula::Binary(_, left, right) => [left.indicators(), right.indicators()].concat(),
            Formula::Call(_, parts) => parts.iter().flat_map(Formula::indicators).collect(),
        }
    }

    /// Its value, given those of the indicators.
    pub fn value(&self, indicator: &dyn Fn(&str) -> Cell) -> Cell {
        match self {
            Formula::Number(number) => Cell::Known(*number),
            Formula::Indicator(id) => indicator(id),
            Formula::Binary(operator, left, right) => match (left.value(indicator), right.value(indicator)) {
                (Cell::Known(left), Cell::Known(right)) => operator.apply(left, right),
                (Cell::Unknown(reason), _) | (_, Cell::Unknown(reason)) => Cell::Unknown(reason),
            },
            Formula::Call(function, parts) => function.apply(parts.iter().map(|part| part.value(indicator))),
        }
    }
}

fn finite(value: f64) -> Cell {
    if value.is_finite() { Cell::Known(value) } else { Cell::Unknown(Unknown::NoValue) }
}

impl Operator {
    fn apply(self, left: f64, right: f64) -> Cell {
        match self {
            Operator::Add => finite(left + right),
            Operator::Subtract => finite(left - right),
            Operator::Multiply => finite(left * right),
            Operator::Divide if right == 0.0 => Cell::Unknown(Unknown::ZeroBase),
            Operator::Divide => finite(left / right),
        }
    }
}

impl Function {
    fn apply(self, mut parts: impl Iterator<Item = Cell>) -> Cell {
        if self == Function::Coalesce {
            let first = parts.next().unwrap_or(Cell::Unknown(Unknown::NoValue));
            return std::iter::once(first).chain(parts).find(|cell| cell.known().is_some()).unwrap_or(first);
        }
        let mut values = Vec::new();
        for part in parts {
            match part {
                Cell::Known(value) => values.push(value),
                unknown => return unknown,
            }
        }
        let folded = match self {
            Function::Min => values.into_iter().reduce(f64::min),
            Function::Max => values.into_iter().reduce(f64::max),
            Function::Abs => values.first().map(|value| value.abs()),
            Function::Ln => values.first().map(|value| value.ln()),
            Function::Sqrt => values.first().map(|value| value.sqrt()),
            Function::Coalesce => None,
        };
        folded.map_or(Cell::Unknown(Unknown::NoValue), finite)
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
}

/// Parentheses within parentheses, at most.
const DEEPEST: usize = 64;

impl Reader {
    fn fault(&self, zh: &str, en: &str) -> (usize, Text) {
        (self.at + 1, Text::new(zh, en))
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn skip(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip();
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn sum(&mut self, depth: usize) -> Result<Formula, (usize, Text)> {
        let mut left = self.product(depth)?;
        loop {
            let operator = match () {
                () if self.take('+') => Operator::Add,
                () if self.take('-') => Operator::Subtract,
                () => return Ok(left),
            };
            left = Formula::Binary(operator, Box::new(left), Box::new(self.product(depth)?));
        }
    }

    fn product(&mut self, depth: usize) -> Result<Formula, (usize, Text)> {
        let mut left = self.part(depth)?;
        loop {
            let operator = match () {
                () if self.take('*') => Operator::Multiply,
                () if self.take('/') => Operator::Divide,
                () => return Ok(left),
            };
            left = Formula::Binary(operator, Box::new(left), Box::new(self.part(depth)?));
        }
    }

    fn part(&mut self, depth: usize) -> Result<Formula, (usize, Text)> {
        if depth > DEEPEST {
            return Err(self.fault("括号嵌套太深", "too deeply nested"));
        }
        if self.take('-') {
            let part = self.part(depth + 1)?;
            return Ok(Formula::Binary(Operator::Subtract, Box::new(Formula::Number(0.0)), Box::new(part)));
        }
        if self.take('(') {
            let inner = self.sum(depth + 1)?;
            return if self.take(')') {
                Ok(inner)
            } else {
                Err(self.fault("缺少右括号“)”", "\")\" is missing"))
            };
        }
        match self.peek() {
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_ascii_lowercase() => self.name(depth),
            Some(c) => Err(self.fault(&format!("看不懂“{c}”"), &format!("cannot read \"{c}\""))),
            None => Err(self.fault("算式不完整", "the formula ends too early")),
        }
    }

    fn word(&mut self, takes: impl Fn(char) -> bool) -> String {
        let begin = self.at;
        while self.peek().is_some_and(&takes) {
            self.at += 1;
        }
        self.text[begin..self.at].iter().collect()
    }

    fn number(&mut self) -> Result<Formula, (usize, Text)> {
        let begin = self.at;
        let text = self.word(|c| c.is_ascii_digit() || c == '.');
        text.parse()
            .map(Formula::Number)
            .map_err(|_| (begin + 1, Text::new(format!("“{text}”不是数字"), format!("\"{text}\" is no number"))))
    }

    fn name(&mut self, depth: usize) -> Result<Formula, (usize, Text)> {
        let begin = self.at;
        let name = self.word(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !self.take('(') {
            return Ok(Formula::Indicator(name));
        }
        let Some((_, function)) = FUNCTIONS.iter().find(|(word, _)| *word == name) else {
            let known: Vec<&str> = FUNCTIONS.iter().map(|(word, _)| *word).collect();
            let list = known.join(", ");
            let told =
                Text::new(format!("没有函数“{name}”，可用：{list}"), format!("no function \"{name}\"; one of: {list}"));
            return Err((begin + 1, told));
        };
        let mut parts = vec![self.sum(depth + 1)?];
        while self.take(',') {
            parts.push(self.sum(depth + 1)?);
        }
        let many = matches!(function, Function::Min | Function::Max | Function::Coalesce);
        if !self.take(')') {
            return Err(self.fault("缺少右括号“)”", "\")\" is missing"));
        }
        if !many && parts.len() > 1 {
            return Err((begin + 1, Text::new(format!("{name} 只取一个数"), format!("{name} takes one number"))));
        }
        Ok(Formula::Call(*function, parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Cell {
        let known = |id: &str| match id {
            "a" => Cell::Known(6.0),
            "b" => Cell::Known(0.0),
            _ => Cell::Unknown(Unknown::ShortHistory),
        };
        Formula::parse(text).unwrap().value(&known)
    }

    #[test]
    fn arithmetic_binds_as_at_school() {
        assert_eq!(value("1 + a * 2 - -3"), Cell::Known(16.0));
        assert_eq!(value("(1 + a) / 2"), Cell::Known(3.5));
        assert_eq!(value("12 / a / 2"), Cell::Known(1.0));
        assert_eq!(value("max(a, 7, b) - min(1, b) + abs(b - 2) + sqrt(9)"), Cell::Known(12.0));
    }

    #[test]
    fn what_is_unknown_stays_unknown_and_zero_divides_nothing() {
        assert_eq!(value("a / b"), Cell::Unknown(Unknown::ZeroBase));
        assert_eq!(value("x + a"), Cell::Unknown(Unknown::ShortHistory));
        assert_eq!(value("a / b + x"), Cell::Unknown(Unknown::ZeroBase));
        assert_eq!(value("coalesce(x, a)"), Cell::Known(6.0));
        assert_eq!(value("coalesce(x)"), Cell::Unknown(Unknown::ShortHistory));
        assert_eq!(value("ln(b)"), Cell::Unknown(Unknown::NoValue));
    }

    #[test]
    fn a_formula_that_cannot_be_read_says_where() {
        let fault = |text: &str| Formula::parse(text).map_err(|(at, told)| format!("{at}: {}", told.en)).unwrap_err();
        assert_eq!(fault("a +"), "4: the formula ends too early");
        assert_eq!(fault("(a"), "3: \")\" is missing");
        assert_eq!(fault("a b"), "3: unexpected \"b\"");
        assert_eq!(fault("mix(a)"), "1: no function \"mix\"; one of: min, max, abs, ln, sqrt, coalesce");
        assert_eq!(fault("abs(a, a)"), "1: abs takes one number");
        assert_eq!(fault("1.2.3"), "1: \"1.2.3\" is no number");
        assert_eq!(fault(&"(".repeat(500)), "66: too deeply nested");
    }
}
