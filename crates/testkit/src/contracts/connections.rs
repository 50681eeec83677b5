//! Connections with people's accounts: made, renewed, ended, and their tokens changed.

use std::sync::Arc;

use bonin_domain::messaging::{AppScope, AppScopes, AppSession, Connection, ConnectionId, ConnectionState};
use bonin_ports::{ConnectionRepository, NewConnection, RepositoryError};
use jiff::Timestamp;

use super::Store;
use super::app_sessions::find_session;
use super::support::{count, race};
use crate::Scene;

/// Connects an account, which nothing forbids.
pub(super) async fn connected(store: &Arc<dyn Store>, new: &NewConnection) -> Connection {
    store.connect(new.clone()).await.expect("the account is connected")
}

/// The connection of an account.
async fn found(store: &Arc<dyn Store>, new: &NewConnection) -> Option<Connection> {
    store.find_account(&new.tenant, new.account).await.expect("the store works")
}

pub(super) async fn end(
    store: &Arc<dyn Store>,
    connection: &Connection,
    state: ConnectionState,
    now: Timestamp,
) -> bool {
    let Connection { tenant, id, version, .. } = connection;
    ConnectionRepository::end(&**store, tenant, *id, *version, state, now).await.expect("the store works")
}

/// Which sessions of these connections are live.
async fn sessions(store: &Arc<dyn Store>, opened: &[&NewConnection], now: Timestamp) -> Vec<bool> {
    let mut live = Vec::new();
    for new in opened {
        live.push(find_session(store, new, now).await.is_some());
    }
    live
}

fn as_first_made(new: &NewConnection) -> Connection {
    Connection {
        id: new.id,
        tenant: new.tenant.clone(),
        account: new.account,
        scopes: new.scopes,
        state: ConnectionState::Live,
        tokens: Some(new.tokens.clone()),
        version: 1,
        created_at: new.now,
        updated_at: new.now,
    }
}

/// A connection is made live, with a session, and found by its account within its tenant.
pub async fn a_connection_reads_back_as_it_was_made(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let mut new = scene.new_connection("one", scene.at(0));
    new.tokens.refresh = None;
    new.scopes = AppScopes::FIRST.with(AppScope::ReadCash);
    let other = scene.new_connection("other", scene.at(1));
    assert_eq!(found(&store, &new).await, None);
    for new in [&new, &other] {
        let made = connected(&store, new).await;
        assert_eq!(made, as_first_made(new));
        assert_eq!(found(&store, new).await.as_ref(), Some(&made));
        let (session, of) = find_session(&store, new, scene.at(2)).await.expect("a session is open");
        assert_eq!((session, of), (new.session.clone(), made));
    }
    let elsewhere = NewConnection { tenant: scene.another_tenant(), ..new };
    assert_eq!(found(&store, &elsewhere).await, None);
}

/// Who logs in again renews the connection, in whatever state it is: other tokens, all that is allowed now, one more
/// session.
pub async fn an_account_that_logs_in_again_renews_its_connection(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let mut new = scene.new_connection("one", scene.at(0));
    new.scopes = AppScopes::FIRST.with(AppScope::ReadCash);
    let neighbour = scene.new_connection("other", scene.at(0));
    connected(&store, &neighbour).await;
    let mut known = connected(&store, &new).await;
    let states = [ConnectionState::Live, ConnectionState::Revoked, ConnectionState::Disconnected];
    for (state, second) in states.into_iter().zip([10, 20, 30]) {
        if state != ConnectionState::Live {
            assert!(end(&store, &known, state, scene.at(second - 1)).await);
        }
        let before = found(&store, &new).await.expect("it is there");
        let mut again = scene.renewed_connection(&before, scene.at(second));
        again.scopes = AppScopes::FIRST.with(AppScope::ReadMessages);
        known = connected(&store, &again).await;
        assert!(known.version > before.version, "the tokens changed");
        let expected = Connection {
            version: known.version,
            created_at: new.now,
            ..as_first_made(&NewConnection { account: new.account, ..again.clone() })
        };
        assert_eq!(known, expected);
        assert_eq!(found(&store, &new).await.as_ref(), Some(&known));
        let kept = sessions(&store, &[&new, &again], scene.at(second)).await;
        assert_eq!(kept, [state != ConnectionState::Disconnected, true], "after {state:?}");
    }
    assert_eq!(found(&store, &neighbour).await, Some(as_first_made(&neighbour)));
}

/// The session that is opened belongs to the connection, whatever it said.
pub async fn a_session_that_is_opened_is_its_connections(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let mut new = scene.new_connection("one", scene.at(0));
    new.session.connection = scene.new_connection("other", scene.at(0)).id;
    connected(&store, &new).await;
    let (session, _) = find_session(&store, &new, scene.at(1)).await.expect("a session is open");
    assert_eq!(session, AppSession { connection: new.id, ..new.session });
}

/// An account that has a connection by another id is a conflict without any effect; in another tenant it is another's.
pub async fn an_account_has_one_connection_in_each_tenant(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &new).await;
    let second = scene.new_connection("one", scene.at(1));
    let taken_id = NewConnection { id: known.id, ..scene.new_connection("other", scene.at(1)) };
    let foreign_id = NewConnection {
        tenant: scene.another_tenant(),
        account: new.account,
        ..scene.renewed_connection(&known, scene.at(1))
    };
    for refused in [&second, &taken_id, &foreign_id] {
        assert_eq!(store.connect(refused.clone()).await, Err(RepositoryError::Conflict));
        assert_eq!(find_session(&store, refused, scene.at(1)).await, None);
    }
    assert_eq!(found(&store, &new).await, Some(known.clone()));
    assert_eq!(found(&store, &taken_id).await, None);
    let elsewhere = NewConnection { tenant: scene.another_tenant(), ..second };
    assert_eq!(connected(&store, &elsewhere).await, as_first_made(&elsewhere));
    assert_eq!(found(&store, &new).await, Some(known));
}

/// Where the session cannot be opened the connection stays as it was.
pub async fn a_connection_without_its_session_is_not_renewed(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &new).await;
    let again = scene.renewed_connection(&known, scene.at(1));
    let doubled = [
        NewConnection { token: new.token, ..again.clone() },
        NewConnection { session: new.session.clone(), ..again.clone() },
        NewConnection { token: new.token, ..scene.new_connection("other", scene.at(1)) },
    ];
    for doubled in doubled {
        assert_eq!(store.connect(doubled).await, Err(RepositoryError::Conflict));
        assert_eq!(found(&store, &new).await.as_ref(), Some(&known));
    }
    assert_eq!(sessions(&store, &[&new, &again], scene.at(1)).await, [true, false]);
    assert_eq!(found(&store, &scene.new_connection("other", scene.at(1))).await, None);
}

async fn race_connections(
    store: &Arc<dyn Store>,
    all: &[NewConnection],
) -> Vec<Result<Connection, RepositoryError>> {
    let calls = all.iter().map(|new| {
        let (store, new) = (Arc::clone(store), new.clone());
        async move { store.connect(new).await }
    });
    let calls: Vec<_> = calls.collect();
    race(calls).await
}

/// Of 16 that connect a new account at once one makes the connection, and the others are told to look again.
pub async fn of_16_concurrent_connections_of_an_account_one_is_made(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let all: Vec<_> = (0..16).map(|_| scene.new_connection("one", scene.at(0))).collect();
    let ended = race_connections(&store, &all).await;
    assert_eq!(count(&ended, |one| *one == Err(RepositoryError::Conflict)), 15);
    let made: Vec<_> = ended.into_iter().flatten().collect();
    assert_eq!(found(&store, &all[0]).await.as_ref(), made.first());
    let opened = sessions(&store, &all.iter().collect::<Vec<_>>(), scene.at(1)).await;
    assert_eq!(count(&opened, |live| *live), 1, "those that were refused have no session");
}

/// 16 that renew a connection at once all do, one after the other; as many sessions stay as may be.
pub async fn of_16_concurrent_renewals_each_changes_the_tokens(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = connected(&store, &scene.new_connection("one", scene.at(0))).await;
    let all: Vec<_> = (0..16).map(|_| scene.renewed_connection(&known, scene.at(1))).collect();
    let ended = race_connections(&store, &all).await;
    let mut versions: Vec<_> = ended.into_iter().flatten().map(|renewed| renewed.version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=17).collect::<Vec<_>>());
    let opened = sessions(&store, &all.iter().collect::<Vec<_>>(), scene.at(1)).await;
    assert_eq!(count(&opened, |live| *live), 10);
}

/// A log in that asks for less than a live connection allows opens a session and changes neither tokens nor scopes.
pub async fn a_second_log_in_that_asks_for_less_changes_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let mut new = scene.new_connection("one", scene.at(0));
    new.scopes = AppScopes::FIRST.with(AppScope::ReadCash);
    let known = connected(&store, &new).await;
    let again = scene.renewed_connection(&known, scene.at(1));
    let kept = connected(&store, &again).await;
    assert_eq!(kept, Connection { updated_at: scene.at(1), ..known });
    assert_eq!(found(&store, &new).await.as_ref(), Some(&kept));
    assert_eq!(sessions(&store, &[&new, &again], scene.at(1)).await, [true, true]);
}

/// A scope is taken off the tokens that lack it, which stay; other connections and versions keep theirs.
pub async fn a_scope_is_taken_off_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let mut new = scene.new_connection("one", scene.at(0));
    new.scopes = AppScopes::FIRST.with(AppScope::ReadCash).with(AppScope::ReadMessages);
    let known = connected(&store, &new).await;
    let elsewhere = scene.another_tenant();
    let off = async |tenant, version| {
        store.drop_scope(tenant, known.id, version, AppScope::ReadCash).await.expect("the store works")
    };
    assert!(!off(&known.tenant, known.version + 1).await && !off(&elsewhere, known.version).await);
    assert_eq!(found(&store, &new).await.as_ref(), Some(&known));
    assert!(off(&known.tenant, known.version).await);
    assert!(!off(&known.tenant, known.version).await, "it is off");
    let scopes = AppScopes::FIRST.with(AppScope::ReadMessages);
    assert_eq!(found(&store, &new).await, Some(Connection { scopes, ..known }));
}

/// Newer tokens take the place of those of the version that they were fetched with; nothing else changes.
pub async fn tokens_replace_those_of_their_version(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &new).await;
    let neighbour = connected(&store, &scene.new_connection("other", scene.at(0))).await;
    let replace = async |tenant, id: ConnectionId, version, tokens| {
        store.replace_tokens(tenant, id, version, tokens, scene.at(9)).await.expect("the store works")
    };
    let mut newer = scene.provider_tokens(known.id, scene.at(9));
    newer.refresh = None;
    let (tenant, elsewhere) = (&known.tenant, scene.another_tenant());
    assert!(!replace(&elsewhere, known.id, known.version, newer.clone()).await);
    assert!(!replace(tenant, known.id, known.version + 1, newer.clone()).await);
    let unknown = scene.new_connection("unknown", scene.at(0)).id;
    assert!(!replace(tenant, unknown, 1, newer.clone()).await);
    assert_eq!(found(&store, &new).await.as_ref(), Some(&known));

    assert!(replace(tenant, known.id, known.version, newer.clone()).await);
    let version = known.version + 1;
    let expected = Connection { tokens: Some(newer), version, ..known.clone() };
    assert_eq!(found(&store, &new).await.as_ref(), Some(&expected));
    let stale = scene.provider_tokens(known.id, scene.at(9));
    assert!(!replace(tenant, known.id, known.version, stale.clone()).await, "those of before are gone");
    assert_eq!(found(&store, &new).await.as_ref(), Some(&expected));
    let untouched = store.find_account(&neighbour.tenant, neighbour.account).await;
    assert_eq!(untouched, Ok(Some(neighbour)));

    assert!(end(&store, &expected, ConnectionState::Revoked, scene.at(10)).await);
    let ended = found(&store, &new).await.expect("it is there");
    assert!(!replace(tenant, known.id, ended.version, stale).await, "it is not live");
    assert_eq!(found(&store, &new).await, Some(ended));
}

/// Of 16 that replace the same tokens at once one does.
pub async fn of_16_concurrent_replacements_one_takes_effect(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &new).await;
    let calls = (0..16).map(|_| {
        let (store, known) = (Arc::clone(&store), known.clone());
        let (tokens, now) = (scene.provider_tokens(known.id, scene.at(1)), scene.at(1));
        async move {
            let replaced = store.replace_tokens(&known.tenant, known.id, known.version, tokens.clone(), now);
            (replaced.await.expect("the store works"), tokens)
        }
    });
    let calls: Vec<_> = calls.collect();
    let ended = race(calls).await;
    assert_eq!(count(&ended, |(replaced, _)| *replaced), 1);
    let tokens = ended.into_iter().find(|(replaced, _)| *replaced).map(|(_, tokens)| tokens);
    let expected = Connection { tokens, version: known.version + 1, ..known };
    assert_eq!(found(&store, &new).await, Some(expected));
}

/// A connection whose tokens are taken no more loses them and keeps its sessions, unless it has newer ones.
pub async fn a_revoked_connection_keeps_its_sessions(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    let neighbour = scene.new_connection("other", scene.at(0));
    let known = connected(&store, &new).await;
    connected(&store, &neighbour).await;
    let stale = Connection { version: known.version - 1, ..known.clone() };
    let elsewhere = Connection { tenant: scene.another_tenant(), ..known.clone() };
    let never = Connection { id: scene.new_connection("never", scene.at(0)).id, ..known.clone() };
    for refused in [&stale, &elsewhere, &never] {
        assert!(!end(&store, refused, ConnectionState::Revoked, scene.at(1)).await);
    }
    assert!(!end(&store, &known, ConnectionState::Live, scene.at(1)).await, "that is no end");
    assert_eq!(found(&store, &new).await.as_ref(), Some(&known));

    assert!(end(&store, &known, ConnectionState::Revoked, scene.at(2)).await);
    let ended = found(&store, &new).await.expect("it is there");
    assert_eq!(
        (ended.state, &ended.tokens, ended.updated_at),
        (ConnectionState::Revoked, &None, scene.at(2))
    );
    assert_eq!((ended.scopes, ended.created_at), (known.scopes, known.created_at));
    let told = find_session(&store, &new, scene.at(3)).await.expect("the session is kept");
    assert_eq!(told.1, ended);
    for state in ConnectionState::ALL {
        assert!(!end(&store, &ended, state, scene.at(4)).await, "it is not live");
    }
    assert_eq!(found(&store, &new).await, Some(ended));
    assert_eq!(found(&store, &neighbour).await, Some(as_first_made(&neighbour)));
}

/// A connection that its person ends loses tokens and sessions, whichever tokens it has by then.
pub async fn a_disconnected_connection_loses_its_sessions(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &new).await;
    let neighbour = scene.new_connection("other", scene.at(0));
    connected(&store, &neighbour).await;
    let again = scene.renewed_connection(&known, scene.at(1));
    connected(&store, &again).await;
    let opened = [&new, &again, &neighbour];
    let elsewhere = Connection { tenant: scene.another_tenant(), ..known.clone() };
    assert!(!end(&store, &elsewhere, ConnectionState::Disconnected, scene.at(2)).await);
    assert_eq!(sessions(&store, &opened, scene.at(2)).await, [true; 3]);

    assert!(end(&store, &known, ConnectionState::Disconnected, scene.at(2)).await, "by an older version");
    let ended = found(&store, &new).await.expect("it is there");
    assert_eq!((ended.state, &ended.tokens), (ConnectionState::Disconnected, &None));
    assert_eq!((ended.created_at, ended.updated_at), (scene.at(0), scene.at(2)));
    assert_eq!(sessions(&store, &opened, scene.at(2)).await, [false, false, true]);
    assert!(!end(&store, &ended, ConnectionState::Disconnected, scene.at(3)).await);
    assert_eq!(found(&store, &new).await, Some(ended));
    assert_eq!(found(&store, &neighbour).await, Some(as_first_made(&neighbour)));
}

/// Of 16 that end a connection at once one does.
pub async fn of_16_concurrent_ends_of_a_connection_one_takes_effect(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &new).await;
    let states = [ConnectionState::Revoked, ConnectionState::Disconnected];
    let calls = states.into_iter().cycle().take(16).map(|state| {
        let (store, known, now) = (Arc::clone(&store), known.clone(), scene.at(1));
        async move { (end(&store, &known, state, now).await, state) }
    });
    let calls: Vec<_> = calls.collect();
    let ended = race(calls).await;
    let winners: Vec<_> = ended.iter().filter(|(done, _)| *done).map(|(_, state)| *state).collect();
    let left = found(&store, &new).await.expect("it is there");
    assert_eq!(winners, [left.state]);
    let kept = left.state == ConnectionState::Revoked;
    assert_eq!(find_session(&store, &new, scene.at(1)).await.is_some(), kept);
}
