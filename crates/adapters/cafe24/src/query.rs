use bonin_domain::PhoneNumber;
use bonin_domain::messages::SenderId;
use jiff::civil::Date;

use crate::form::Form;
use crate::list::SendType;
use crate::numbers;
use crate::time::compact_day;

/// Which messages a list holds by their outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Those that were sent.
    Sent,
    /// Those that failed.
    Failed,
}

/// What to list (section 8.3): short or long messages of 1 to 7 days, 1 to 50 at once.
///
/// It has no `Debug`: it may hold numbers.
#[derive(Clone)]
pub struct ListQuery {
    day: Date,
    days: u8,
    start: u32,
    rows: u8,
    send_type: Option<SendType>,
    filter: Option<Filter>,
    to: Option<String>,
    from: Option<String>,
    is_long: bool,
}

impl ListQuery {
    /// Short messages of this day in Korea, the first 50.
    pub fn day(day: Date) -> Self {
        Self {
            day,
            days: 1,
            start: 0,
            rows: 50,
            send_type: None,
            filter: None,
            to: None,
            from: None,
            is_long: false,
        }
    }

    /// A range of days, 1 to 7; whether they precede or follow the day is not confirmed.
    #[must_use]
    pub fn days(mut self, days: u8) -> Self {
        self.days = days.clamp(1, 7);
        self
    }

    /// From this row on, counted from 0, so many rows, 1 to 50.
    #[must_use]
    pub fn page(mut self, start: u32, rows: u8) -> Self {
        self.start = start;
        self.rows = rows.clamp(1, 50);
        self
    }

    /// Long messages instead of short ones.
    #[must_use]
    pub fn long(mut self) -> Self {
        self.is_long = true;
        self
    }

    /// Immediate or reserved ones only.
    #[must_use]
    pub fn send_type(mut self, send_type: SendType) -> Self {
        self.send_type = Some(send_type);
        self
    }

    /// Only those with this outcome.
    #[must_use]
    pub fn only(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Only those to this number; one that is not Korean filters nothing.
    #[must_use]
    pub fn to(mut self, number: &PhoneNumber) -> Self {
        self.to = numbers::hyphenated(number);
        self
    }

    /// Only those from this sender; a name instead of a number filters nothing.
    #[must_use]
    pub fn from(mut self, sender: &SenderId) -> Self {
        self.from = numbers::groups(sender.as_str()).map(|groups| groups.join("-"));
        self
    }

    /// Adds the fields, which this call wants plain; one that filters nothing goes out empty.
    pub(crate) fn write(&self, form: Form) -> Form {
        let send_type = match self.send_type {
            None => "all",
            Some(SendType::Immediate) => "general",
            Some(SendType::Reserved) => "reserve",
        };
        let filter = match self.filter {
            None => "",
            Some(Filter::Sent) => "S",
            Some(Filter::Failed) => "F",
        };
        form.with("date", &compact_day(self.day))
            .with("day", &self.days.to_string())
            .with("startNo", &self.start.to_string())
            .with("displayNo", &self.rows.to_string())
            .with("sendType", send_type)
            .with("sendStatus", filter)
            .with("receivePhone", self.to.as_deref().unwrap_or_default())
            .with("sendPhone", self.from.as_deref().unwrap_or_default())
            .with("smsType", if self.is_long { "lms" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::Region;
    use jiff::civil::date;

    use super::*;

    fn written(query: &ListQuery) -> String {
        String::from_utf8(query.write(Form::plain()).into_bytes()).unwrap()
    }

    #[test]
    fn what_is_not_asked_for_goes_out_empty() {
        assert_eq!(
            written(&ListQuery::day(date(2026, 9, 1))),
            "date=20260901&day=1&startNo=0&displayNo=50&sendType=all&sendStatus=&receivePhone=&sendPhone=&smsType="
        );
    }

    #[test]
    fn every_filter_has_its_field() {
        let number = PhoneNumber::parse("010-1234-5678", Region::KR).unwrap();
        let query = ListQuery::day(date(2026, 9, 1))
            .days(9)
            .page(50, 99)
            .long()
            .send_type(SendType::Reserved)
            .only(Filter::Failed)
            .to(&number)
            .from(&SenderId::parse("0212345678").unwrap());
        assert_eq!(
            written(&query),
            "date=20260901&day=7&startNo=50&displayNo=50&sendType=reserve&sendStatus=F&receivePhone=010-1234-5678&sendPhone=02-1234-5678&smsType=lms"
        );
        let sent = ListQuery::day(date(2026, 9, 1)).send_type(SendType::Immediate).only(Filter::Sent);
        assert!(written(&sent).contains("sendType=general&sendStatus=S&"));
    }
}
