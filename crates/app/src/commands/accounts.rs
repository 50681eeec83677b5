//! `bonin accounts import`: members of another system, with the passwords that it hashed.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};
use std::path::Path;

use bonin_domain::accounts::{LoginId, Nickname, PasswordHash};
use bonin_domain::admin::{AuditAction, Subject};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_services::accounts::{ImportAccounts, ImportedAccount};
use bonin_services::admin::Actor;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{on_runtime, ready_database, settings};
use crate::http::times;
use crate::wiring::console::record;
use crate::wiring::{Failure, System, agree_on_keys, key_ring};

/// Faults that are listed; a wrong export has one in every line.
const MOST_LISTED: usize = 20;

/// One line of the file. What each member is, is looked at by ourselves: other messages would repeat what stands there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    login_id: Option<Value>,
    phone_number: Option<Value>,
    password_hash: Option<Value>,
    nickname: Option<Value>,
    phone_proved_at: Option<Value>,
}

/// A member and the line where it stands.
#[derive(Debug)]
struct Member {
    line: usize,
    account: ImportedAccount,
}

/// Reads all of `file`, one JSON object a line, and stores it unless something is wrong with it.
pub fn import(config: Option<&Path>, file: &Path, tenant: &TenantId) -> Result<(), Failure> {
    let settings = settings(config)?;
    if !settings.tenants.all.contains_key(tenant.as_str()) {
        return Err(format!("there is no tenant {tenant} in the configuration").into());
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let system = System::new();
    let members = read(&text, system.clock.now()).map_err(|faults| listed(&faults))?;
    on_runtime(async {
        let keys = key_ring(&settings, &system)?;
        let store = ready_database(&settings).await?;
        agree_on_keys(&store, &keys).await?;
        let import = ImportAccounts {
            accounts: store.account_import.clone(),
            keys: keys.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        };
        let accounts: Vec<ImportedAccount> = members.iter().map(|member| member.account.clone()).collect();
        let subject = Subject::Named(format!("{tenant}, {} members", accounts.len()));
        let record = record(&system, &store, &keys);
        record.execute(&Actor::Terminal, AuditAction::AccountsImported, Some(subject), None).await?;
        let skipped = import.execute(tenant, &accounts).await?;
        println!(
            "imported {} of {} accounts for the tenant {tenant}",
            accounts.len() - skipped.len(),
            accounts.len()
        );
        for member in skipped.into_iter().filter_map(|place| members.get(place)) {
            println!("{}", told(member));
        }
        Ok(())
    })
}

/// What is said of a member who was skipped: nothing that could be used.
fn told(member: &Member) -> String {
    let Member { line, account } = member;
    let (login_id, phone) = (account.login_id.masked(), account.phone_number.masked());
    format!("skipped line {line}, {login_id} {phone}: its login id or its number has an account")
}

/// The members of a file, or everything that is wrong with it.
fn read(text: &str, now: Timestamp) -> Result<Vec<Member>, Vec<String>> {
    let (mut members, mut faults): (Vec<Member>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut login_ids, mut phones) = (HashMap::new(), HashMap::new());
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let before = faults.len();
        let account = member(text, now, &mut |what| faults.push(format!("line {line}: {what}")));
        let Some(account) = account.filter(|_| faults.len() == before) else { continue };
        if let Some(earlier) = login_ids.insert(account.login_id.clone(), line) {
            faults.push(format!("line {line}: login_id is that of line {earlier}"));
        }
        if let Some(earlier) = phones.insert(account.phone_number.clone(), line) {
            faults.push(format!("line {line}: phone_number is that of line {earlier}"));
        }
        members.push(Member { line, account });
    }
    if members.is_empty() && faults.is_empty() {
        faults.push("the file holds no members".to_owned());
    }
    if faults.is_empty() { Ok(members) } else { Err(faults) }
}

fn member(text: &str, now: Timestamp, fault: &mut dyn FnMut(String)) -> Option<ImportedAccount> {
    if !text.trim_start().starts_with('{') {
        fault("is not a JSON object".to_owned());
        return None;
    }
    let written: Written = match serde_json::from_str(text) {
        Ok(written) => written,
        Err(error) if error.is_data() => {
            // Names of members alone; the place is one within the line.
            let what = error.to_string();
            fault(what.split(" at line ").next().unwrap_or_default().to_owned());
            return None;
        }
        Err(_) => {
            fault("is not JSON".to_owned());
            return None;
        }
    };
    let login_id = needed("login_id", written.login_id, LoginId::parse, fault);
    let phone_number =
        needed("phone_number", written.phone_number, |text| PhoneNumber::parse(text, Region::KR), fault);
    let password = needed("password_hash", written.password_hash, PasswordHash::parse, fault);
    let nickname = wanted("nickname", written.nickname, Nickname::parse, fault);
    let proved_at = |text: &str| match times::moment(text) {
        Ok(at) if at <= now => Ok(at),
        Ok(_) => Err("is not in the past"),
        Err(_) => Err("is not written like 2026-01-31T09:00:00+09:00"),
    };
    let phone_proved_at = wanted("phone_proved_at", written.phone_proved_at, proved_at, fault);
    Some(ImportedAccount {
        login_id: login_id?,
        phone_number: phone_number?,
        password: password?,
        nickname,
        phone_proved_at,
    })
}

fn needed<T, E: Display>(
    name: &str,
    value: Option<Value>,
    parse: impl FnOnce(&str) -> Result<T, E>,
    fault: &mut dyn FnMut(String),
) -> Option<T> {
    if value.as_ref().is_none_or(Value::is_null) {
        fault(format!("{name} is missing"));
        return None;
    }
    wanted(name, value, parse, fault)
}

fn wanted<T, E: Display>(
    name: &str,
    value: Option<Value>,
    parse: impl FnOnce(&str) -> Result<T, E>,
    fault: &mut dyn FnMut(String),
) -> Option<T> {
    match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => parse(&text).map_err(|error| fault(format!("{name}: {error}"))).ok(),
        Some(_) => {
            fault(format!("{name} must be a string"));
            None
        }
    }
}

fn listed(faults: &[String]) -> String {
    let mut text = "nothing was imported:".to_owned();
    for fault in faults.iter().take(MOST_LISTED) {
        let _ = write!(text, "\n  {fault}");
    }
    if faults.len() > MOST_LISTED {
        let _ = write!(text, "\n  and {} more", faults.len() - MOST_LISTED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2b$12$abcdefghijklmnopqrstuuK8I0OfgIJ5Bl5Q0wNpXB4FkCf1nVVd2";

    fn now() -> Timestamp {
        "2026-11-21T00:00:00Z".parse().unwrap()
    }

    fn line(login_id: &str, phone_number: &str) -> String {
        format!(
            r#"{{"login_id": "{login_id}", "phone_number": "{phone_number}", "password_hash": "{HASH}"}}"#
        )
    }

    fn faults(text: &str) -> Vec<String> {
        read(text, now()).unwrap_err()
    }

    #[test]
    fn members_are_read_line_by_line() {
        let full = format!(
            r#"{{"login_id": "B@b.kr", "phone_number": "+821022223333", "password_hash": "{HASH}", "nickname": "비", "phone_proved_at": "2026-01-31T09:00:00+09:00"}}"#
        );
        let members = read(&format!("{}\n\n{full}\r\n", line("a@b.kr", "010-1111-2222")), now()).unwrap();
        assert_eq!(members.iter().map(|member| member.line).collect::<Vec<_>>(), [1, 3]);
        let [first, second] = members.as_slice() else { panic!("two members") };
        assert_eq!((&first.account.nickname, first.account.phone_proved_at), (&None, None));
        assert_eq!(first.account.phone_number.e164(), "+821011112222");
        assert_eq!(second.account.login_id.as_str(), "b@b.kr");
        assert_eq!(second.account.nickname.as_ref().unwrap().as_str(), "비");
        assert_eq!(second.account.phone_proved_at.unwrap().to_string(), "2026-01-31T00:00:00Z");
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_line_and_nothing_that_stands_there() {
        let text = [
            "1012345678",
            "{\"login_id\": ",
            r#"{"login_id": "a@b.kr", "login_id": "a@b.kr"}"#,
            r#"{"secret": "a@b.kr"}"#,
            r#"{"login_id": "nobody", "phone_number": 1012345678, "password_hash": "md5:0123"}"#,
            r#"{"login_id": null, "nickname": "", "phone_proved_at": "2027-01-01T00:00:00Z"}"#,
        ];
        let told = faults(&text.join("\n"));
        let expected = [
            "line 1: is not a JSON object",
            "line 2: is not JSON",
            "line 3: duplicate field `login_id`",
            "line 4: unknown field `secret`, expected one of",
            "line 5: login_id: this is not written like a mail address",
            "line 5: phone_number must be a string",
            "line 5: password_hash: this is neither an Argon2id nor a bcrypt hash",
            "line 6: login_id is missing",
            "line 6: phone_number is missing",
            "line 6: password_hash is missing",
            "line 6: nickname: a nickname has visible characters",
            "line 6: phone_proved_at: is not in the past",
        ];
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told} instead of {expected}");
        }
        for value in ["1012345678", "nobody", "md5", "a@b.kr"] {
            assert!(!told.join("\n").contains(value), "{value}");
        }
    }

    #[test]
    fn one_member_twice_is_a_fault_of_the_file() {
        let text =
            [line("a@b.kr", "010-1111-2222"), line("A@b.kr", "010-3333-4444"), line("c@b.kr", "01011112222")];
        let expected = ["line 2: login_id is that of line 1", "line 3: phone_number is that of line 1"];
        assert_eq!(faults(&text.join("\n")), expected);
        assert_eq!(faults("\n \n"), ["the file holds no members"]);
    }

    #[test]
    fn a_long_list_of_faults_is_cut() {
        let text = listed(&faults(&"x\n".repeat(50)));
        assert_eq!(text.lines().count(), 1 + MOST_LISTED + 1);
        assert!(text.ends_with("and 30 more"));
    }

    #[test]
    fn whoever_was_skipped_is_told_masked() {
        let members = read(&line("whale99@b.kr", "010-1111-2222"), now()).unwrap();
        let told = told(&members[0]);
        assert!(told.contains("wh***9@b.kr") && told.contains("+8210****2222"), "{told}");
    }
}
