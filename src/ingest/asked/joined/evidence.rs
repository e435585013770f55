//! When the parts of cells are answers of their own: the evidence for and against, weighed for each separator.

use super::Separator;

/// What the texts of a column say for and against several answers in a cell.
#[derive(Default)]
pub(super) struct Evidence {
    pub rows: u64,
    /// Answers over all rows, and those among them that are proven options.
    pub all: u64,
    pub covered: u64,
    pub options: u64,
    /// Different texts that are made of proven options alone.
    pub clean: u64,
    /// Rows and texts with several answers; their parts, and the proven ones among them.
    pub several: u64,
    pub several_texts: u64,
    pub several_parts: u64,
    pub several_known: u64,
    /// Rows that would hold one answer twice.
    pub twice: u64,
    /// Rows in which a part is not spelled as it usually is.
    pub odd: u64,
    /// Rows of options that nowhere stand alone.
    pub not_alone: u64,
    /// Pairs of options in one cell, and those that stand the other way round elsewhere.
    pub ordered: u64,
    pub disordered: u64,
}

impl Evidence {
    /// What proves it, as the end of a sentence; `None` where nothing does.
    pub(super) fn proves(&self, separator: Separator, ends: bool) -> Option<String> {
        if ends {
            return Some("most cells end with one".to_owned());
        }
        let again = format!(
            "{} answers come again alone or beside others, in {} different combinations",
            self.options, self.clean
        );
        // More combinations than answers, however few: else each text is an answer by itself.
        let fewer = self.options >= 2 && self.options < self.clean;
        let known = |tenths: u64| self.several_known * 10 >= self.several_parts * tenths;
        let covers = |percent: u64| self.covered * 100 >= self.all * percent;
        if self.several_texts == 0 || self.twice * 50 > self.rows {
            return None;
        }
        let typed = self.odd * 25 > self.covered;
        let holds = match separator {
            Separator::Semicolon | Separator::Bar | Separator::Line => fewer && !typed && known(6) && covers(60),
            // Words of labels ("very good") never stand alone.
            Separator::Space => {
                let alone = self.not_alone * 5 <= self.covered;
                self.options >= 2 && self.options <= self.clean && alone && known(8) && covers(90)
            }
            Separator::Comma | Separator::CommaSpace => {
                let orderly = self.disordered * 12 <= self.ordered;
                fewer
                    && !typed
                    && self.several_texts >= 2
                    && self.several * 50 >= self.rows
                    && known(if orderly { 7 } else { 9 })
                    && covers(if orderly { 75 } else { 95 })
            }
        };
        holds.then_some(again)
    }
}
