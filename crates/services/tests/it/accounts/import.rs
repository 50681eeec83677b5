//! Members of another system.

use std::sync::Arc;

use bonin_domain::accounts::{LoginId, Nickname, Password, PasswordHash};
use bonin_domain::keys::SealedField;
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::AccountKey;
use bonin_services::accounts::{ImportAccounts, ImportedAccount};
use bonin_testkit::{FixedClock, SeededEntropy, key_ring};
use jiff::{SignedDuration, Timestamp};

use super::office::{CHEAP, GOOD, Office};

fn import(office: &Office) -> ImportAccounts {
    ImportAccounts {
        accounts: office.memory.store.clone(),
        keys: Arc::new(key_ring()),
        clock: Arc::new(FixedClock::new(office.scene.at(0))),
        entropy: Arc::new(SeededEntropy::new(8)),
    }
}

fn member(login_id: &str, phone_number: PhoneNumber) -> ImportedAccount {
    let password = Password::parse(GOOD).expect("well written");
    ImportedAccount {
        login_id: LoginId::parse(login_id).expect("well written"),
        phone_number,
        password: PasswordHash::compute(&password, CHEAP, &mut |bytes| bytes.fill(9)),
        nickname: None,
        phone_proved_at: None,
    }
}

#[tokio::test]
async fn a_member_is_taken_over_with_the_password_that_was_hashed_elsewhere() {
    let office = Office::new();
    let proved_at = office.scene.at(-90);
    let known = ImportedAccount {
        nickname: Some(Nickname::parse("고래").unwrap()),
        phone_proved_at: Some(proved_at),
        ..member("Whale@example.com", office.scene.phone.clone())
    };
    assert_eq!(import(&office).execute(&office.scene.tenant, &[known]).await.unwrap(), [0_usize; 0]);
    let account = office.member().await.unwrap();
    let opened = |field, sealed| {
        let bytes = office.keys.unseal(&account.tenant, field, account.id.as_row(), sealed).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    assert_eq!(opened(SealedField::LoginId, &account.login_id), "whale@example.com");
    assert_eq!(opened(SealedField::Phone, &account.phone), office.scene.phone.e164());
    assert_eq!(opened(SealedField::Nickname, &account.nickname), "고래");
    assert!(account.password.matches(&Password::parse(GOOD).unwrap()));
    assert_eq!((account.phone_proved_at, account.created_at), (proved_at, office.scene.at(0)));
    assert!(account.phone_opens_reset(office.scene.at(0)));
    let login = office.keys.login_index(&LoginId::parse("whale@example.com").unwrap());
    assert_eq!(office.account(AccountKey::Login(login)).await, Some(account));
}

#[tokio::test]
async fn a_number_of_which_no_proof_is_known_opens_no_reset() {
    let office = Office::new();
    let unknown = member("whale@example.com", office.scene.phone.clone());
    import(&office).execute(&office.scene.tenant, &[unknown]).await.unwrap();
    let account = office.member().await.unwrap();
    assert_eq!(account.phone_proved_at, Timestamp::UNIX_EPOCH);
    assert!(!account.phone_opens_reset(office.scene.at(0) + SignedDuration::from_secs(1)));
}

#[tokio::test]
async fn without_a_nickname_the_login_id_gives_one() {
    let office = Office::new();
    let local = "a".repeat(40);
    let nameless = member(&format!("{local}@example.com"), office.scene.phone.clone());
    import(&office).execute(&office.scene.tenant, &[nameless]).await.unwrap();
    let account = office.member().await.unwrap();
    let field = SealedField::Nickname;
    let name = office.keys.unseal(&account.tenant, field, account.id.as_row(), &account.nickname).unwrap();
    assert_eq!(&**name, "a".repeat(30).as_bytes());
}

#[tokio::test]
async fn whoever_has_an_account_is_skipped_and_stays_as_before() {
    let office = Office::new();
    let own = office.join().await;
    let fresh = office.scene.another_phone();
    let members = [
        member("taker@example.com", office.scene.phone.clone()),
        member("fresh@example.com", fresh.clone()),
        member("whale@example.com", office.scene.another_phone()),
    ];
    assert_eq!(import(&office).execute(&office.scene.tenant, &members).await.unwrap(), [0, 2]);
    assert_eq!(office.member().await, Some(own));
    let fresh = AccountKey::Phone(office.keys.phone_index(&fresh));
    assert!(office.account(fresh).await.is_some());
}

#[tokio::test]
async fn skipped_places_count_over_all_batches() {
    let office = Office::new();
    let tenant = TenantId::parse("moved").unwrap();
    let many: Vec<_> = (0..1_001)
        .map(|number| member(&format!("m{number}@example.com"), office.scene.another_phone()))
        .collect();
    assert!(import(&office).execute(&tenant, &many[..1_000]).await.unwrap().is_empty());
    let skipped = import(&office).execute(&tenant, &many).await.unwrap();
    assert_eq!(skipped, (0..1_000).collect::<Vec<_>>());
}
