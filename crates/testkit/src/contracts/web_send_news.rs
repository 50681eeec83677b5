//! What becomes of what people send with the messaging app.

use std::sync::Arc;

use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_domain::messaging::{GroupFigures, WebMessage, WebSend, WebSendState};
use bonin_domain::{Amount, TenantId};
use bonin_ports::{FollowedMessage, NewWebSend, PreparedMessage, WebSendNews, WebSendRepository};

use super::Store;
use super::support::{orders, race};
use super::web_sends::{begun, found, note, refusal, sender};
use crate::Scene;

fn reference(place: usize) -> ProviderReference {
    ProviderReference::parse(&format!("M4V{place}")).expect("a reference")
}

/// The provider takes every message, but for those at `refused`.
fn prepared(new: &NewWebSend, refused: &[usize]) -> WebSendNews {
    let message = |place: usize| PreparedMessage {
        reference: Some(reference(place)),
        refusal: refused.contains(&place).then(|| (FailureClass::InvalidNumber, "1020".to_owned())),
    };
    let messages = (0..new.messages.len()).map(message).collect();
    WebSendNews::Prepared { group: format!("G4V{}", new.id), messages }
}

fn released(state: WebSendState) -> WebSendNews {
    WebSendNews::Released { state, figures: None }
}

fn figures(delivered: u32, failed: u32) -> GroupFigures {
    let amount = |raw| Amount::parse(raw).expect("an amount");
    GroupFigures { delivered, failed, pending: 1, profit: amount("12.5"), charged: amount("60.00000001") }
}

fn told(place: usize, state: DeliveryState) -> FollowedMessage {
    FollowedMessage {
        reference: reference(place),
        state,
        failure: (state == DeliveryState::Failed).then_some(FailureClass::Unreachable),
        provider_code: format!("code of {}", state.as_str()),
    }
}

fn followed(figures: GroupFigures, messages: Vec<FollowedMessage>) -> WebSendNews {
    WebSendNews::Followed { figures, messages }
}

async fn seen(store: &Arc<dyn Store>, new: &NewWebSend) -> (WebSend, Vec<WebMessage>) {
    found(store, new).await.expect("the send is there")
}

async fn states(store: &Arc<dyn Store>, new: &NewWebSend) -> Vec<DeliveryState> {
    seen(store, new).await.1.iter().map(|message| message.state).collect()
}

/// A send of a connection of its own.
async fn send(store: &Arc<dyn Store>, scene: &Scene, recipients: usize) -> NewWebSend {
    let known = sender(store, scene, &format!("sender {}", scene.lease())).await;
    begun(store, scene.web_send(&known, recipients, scene.at(1))).await
}

/// A prepared group has its name and references, in the order of recipients; messages that were refused are failed.
pub async fn a_prepared_send_has_its_references(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (new, neighbour) = (send(&store, &scene, 3).await, send(&store, &scene, 3).await);
    let (before, mut expected) = seen(&store, &new).await;
    let untouched = seen(&store, &neighbour).await;
    note(&store, &new, prepared(&new, &[1]), scene.at(2)).await;
    let (after, messages) = seen(&store, &new).await;
    let counted = GroupFigures { failed: 1, ..before.figures };
    assert_eq!(after, WebSend { group: Some(format!("G4V{}", new.id)), figures: counted, ..before });
    for (place, message) in expected.iter_mut().enumerate() {
        message.reference = Some(reference(place));
    }
    expected[1].state = DeliveryState::Failed;
    expected[1].failure = Some(FailureClass::InvalidNumber);
    expected[1].provider_code = Some("1020".to_owned());
    expected[1].updated_at = scene.at(2);
    assert_eq!(messages, expected);
    assert_eq!(seen(&store, &neighbour).await, untouched);
}

/// A released send has its state and, where the provider said some, its figures; messages that were not refused are
/// accepted, or unknown where the answer did not come, until it does.
pub async fn a_released_send_moves_its_messages(store: Arc<dyn Store>) {
    use DeliveryState::{Accepted, Failed, Unknown};
    let scene = Scene::new();
    for state in [WebSendState::Sent, WebSendState::Scheduled] {
        let new = send(&store, &scene, 3).await;
        note(&store, &new, prepared(&new, &[0]), scene.at(2)).await;
        let news = WebSendNews::Released { state, figures: Some(figures(1, 0)) };
        note(&store, &new, news, scene.at(3)).await;
        let (send, messages) = seen(&store, &new).await;
        // The one that was refused before counts, whatever the provider says.
        assert_eq!((send.state, send.figures, send.followed_at), (state, figures(1, 1), None));
        assert_eq!(send.released_at, Some(scene.at(3)));
        assert_eq!(states(&store, &new).await, [Failed, Accepted, Accepted]);
        assert_eq!((messages[0].updated_at, messages[1].updated_at), (scene.at(2), scene.at(3)));
        assert_eq!(messages[1].reference, Some(reference(1)));
    }
    let new = send(&store, &scene, 2).await;
    note(&store, &new, prepared(&new, &[0]), scene.at(2)).await;
    note(&store, &new, released(WebSendState::Unclear), scene.at(3)).await;
    assert_eq!(states(&store, &new).await, [Failed, Unknown]);
    assert_eq!(seen(&store, &new).await.0.state, WebSendState::Unclear);
    note(&store, &new, released(WebSendState::Sent), scene.at(4)).await;
    assert_eq!(states(&store, &new).await, [Failed, Accepted]);
    let (send, _) = seen(&store, &new).await;
    let one_failed = GroupFigures { failed: 1, ..GroupFigures::default() };
    assert_eq!((send.state, send.figures), (WebSendState::Sent, one_failed));
}

/// A refusal answers a first release alone; a group that ended is refused however often it was released.
pub async fn a_refusal_answers_a_first_release_alone(store: Arc<dyn Store>) {
    use DeliveryState::{Queued, Unknown};
    use WebSendState::{Prepared, Refused, Scheduled, Unclear};
    let scene = Scene::new();
    let ended = || WebSendNews::Ended { class: FailureClass::Other, code: "group".to_owned() };
    for (before, news, state) in [
        (vec![], WebSendNews::Unreleased, Prepared),
        (vec![], ended(), Prepared),
        (vec![Unclear], refusal(), Refused),
        (vec![Unclear, Unclear], refusal(), Unclear),
        (vec![Unclear, Unclear], WebSendNews::Unreleased, Unclear),
        (vec![Unclear, Unclear], ended(), Refused),
        (vec![Unclear, Scheduled], refusal(), Scheduled),
        (vec![Unclear, Scheduled], ended(), Refused),
    ] {
        let new = send(&store, &scene, 1).await;
        note(&store, &new, prepared(&new, &[]), scene.at(2)).await;
        for state in &before {
            note(&store, &new, released(*state), scene.at(3)).await;
        }
        note(&store, &new, news.clone(), scene.at(4)).await;
        assert_eq!(seen(&store, &new).await.0.state, state, "{news:?} after {before:?}");
    }
    // What was surely not released begins anew.
    let new = send(&store, &scene, 1).await;
    note(&store, &new, prepared(&new, &[]), scene.at(2)).await;
    let waiting = seen(&store, &new).await.0;
    for _ in 0..2 {
        note(&store, &new, released(Unclear), scene.at(3)).await;
        assert_eq!(states(&store, &new).await, [Unknown]);
        note(&store, &new, WebSendNews::Unreleased, scene.at(4)).await;
        assert_eq!((seen(&store, &new).await.0, states(&store, &new).await), (waiting.clone(), vec![Queued]));
    }
}

/// A send that was refused says why, and so do its messages.
pub async fn a_refused_send_says_why(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = send(&store, &scene, 2).await;
    note(&store, &new, prepared(&new, &[0]), scene.at(2)).await;
    note(&store, &new, refusal(), scene.at(3)).await;
    let (send, messages) = seen(&store, &new).await;
    let code = Some("NotEnoughBalance".to_owned());
    assert_eq!((send.state, send.failure), (WebSendState::Refused, Some(FailureClass::Quota)));
    assert_eq!(send.provider_code, code);
    let why: Vec<_> = messages.into_iter().map(|one| (one.state, one.failure, one.provider_code)).collect();
    let own = (DeliveryState::Failed, Some(FailureClass::InvalidNumber), Some("1020".to_owned()));
    assert_eq!(why, [own, (DeliveryState::Failed, Some(FailureClass::Quota), code)]);
}

/// A send that was refused or taken back stays so.
pub async fn a_send_that_was_not_sent_stays_so(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for end in [refusal(), WebSendNews::Cancelled] {
        let new = send(&store, &scene, 2).await;
        note(&store, &new, prepared(&new, &[]), scene.at(2)).await;
        if end == WebSendNews::Cancelled {
            note(&store, &new, released(WebSendState::Scheduled), scene.at(3)).await;
        }
        note(&store, &new, end.clone(), scene.at(4)).await;
        let ended = seen(&store, &new).await;
        let state =
            if end == WebSendNews::Cancelled { WebSendState::Cancelled } else { WebSendState::Refused };
        assert_eq!(ended.0.state, state);
        for late in [
            prepared(&new, &[0, 1]),
            released(WebSendState::Sent),
            released(WebSendState::Scheduled),
            released(WebSendState::Unclear),
            refusal(),
            WebSendNews::Cancelled,
            followed(figures(2, 0), vec![told(0, DeliveryState::Delivered)]),
        ] {
            note(&store, &new, late.clone(), scene.at(5)).await;
            assert_eq!(seen(&store, &new).await, ended, "after {late:?}");
        }
    }
}

/// A send that is sent becomes nothing but sent, and what is known to be released is not unclear again.
pub async fn a_send_that_is_sent_becomes_nothing_else(store: Arc<dyn Store>) {
    use WebSendState::{Cancelled, Prepared, Refused, Scheduled, Sent, Unclear};
    let scene = Scene::new();
    for (state, late) in [
        (Sent, vec![Prepared, Unclear, Scheduled, Refused, Cancelled]),
        (Scheduled, vec![Prepared, Unclear, Refused, Cancelled]),
        (Unclear, vec![Prepared, Refused, Cancelled]),
    ] {
        let new = send(&store, &scene, 2).await;
        note(&store, &new, prepared(&new, &[]), scene.at(2)).await;
        let news = WebSendNews::Released { state, figures: Some(figures(0, 1)) };
        note(&store, &new, news, scene.at(3)).await;
        let before = seen(&store, &new).await;
        let other = WebSendNews::Prepared { group: "another".to_owned(), messages: Vec::new() };
        note(&store, &new, other, scene.at(4)).await;
        for late in late {
            let news = WebSendNews::Released { state: late, figures: Some(figures(2, 0)) };
            note(&store, &new, news, scene.at(4)).await;
            assert_eq!(seen(&store, &new).await, before, "{late:?} after {state:?}");
        }
        // Of what may have been sent nobody can say that it was taken back.
        if state == Unclear {
            note(&store, &new, WebSendNews::Cancelled, scene.at(4)).await;
            assert_eq!(seen(&store, &new).await, before);
        }
        if state == Sent {
            for late in [refusal(), WebSendNews::Cancelled] {
                note(&store, &new, late, scene.at(4)).await;
                assert_eq!(seen(&store, &new).await, before);
            }
        }
    }
}

/// What the provider says of a send by now is kept with the moment; messages are known by their references, and what
/// is said of none of them is passed over.
pub async fn a_followed_send_has_the_newest_figures(store: Arc<dyn Store>) {
    use DeliveryState::{Accepted, Delivered, Failed, Sent};
    let scene = Scene::new();
    let (new, neighbour) = (send(&store, &scene, 4).await, send(&store, &scene, 4).await);
    for new in [&new, &neighbour] {
        note(&store, new, prepared(new, &[]), scene.at(2)).await;
        note(&store, new, released(WebSendState::Sent), scene.at(3)).await;
    }
    let untouched = seen(&store, &neighbour).await;
    let first = vec![told(9, Failed), told(2, Failed), told(0, Delivered), told(1, Sent)];
    note(&store, &new, followed(figures(1, 1), first), scene.at(10)).await;
    let (send, messages) = seen(&store, &new).await;
    assert_eq!((send.figures, send.followed_at), (figures(1, 1), Some(scene.at(10))));
    assert_eq!(send.state, WebSendState::Sent);
    assert_eq!(states(&store, &new).await, [Delivered, Sent, Failed, Accepted]);
    assert_eq!(messages[2].failure, Some(FailureClass::Unreachable));
    assert_eq!(messages[2].provider_code.as_deref(), Some("code of failed"));
    assert_eq!((messages[2].updated_at, messages[3].updated_at), (scene.at(10), scene.at(3)));
    let second = vec![told(0, Accepted), told(1, Delivered)];
    note(&store, &new, followed(figures(2, 1), second), scene.at(20)).await;
    let (send, _) = seen(&store, &new).await;
    assert_eq!((send.figures, send.followed_at), (figures(2, 1), Some(scene.at(20))));
    assert_eq!(states(&store, &new).await, [Delivered, Delivered, Failed, Accepted]);
    assert_eq!(seen(&store, &neighbour).await, untouched);
}

/// What another tenant notes, or of a send that nobody made, has no effect.
pub async fn another_tenant_notes_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = send(&store, &scene, 2).await;
    let before = seen(&store, &new).await;
    let elsewhere: TenantId = scene.another_tenant();
    for news in [
        prepared(&new, &[0]),
        released(WebSendState::Sent),
        refusal(),
        WebSendNews::Cancelled,
        followed(figures(2, 0), vec![told(0, DeliveryState::Delivered)]),
    ] {
        let noted = WebSendRepository::note(&*store, &elsewhere, new.id, news, scene.at(2)).await;
        assert_eq!(noted, Ok(()));
        assert_eq!(seen(&store, &new).await, before);
    }
    let never =
        NewWebSend { id: scene.web_send(&sender(&store, &scene, "x").await, 1, scene.at(1)).id, ..new };
    note(&store, &never, released(WebSendState::Sent), scene.at(2)).await;
    assert_eq!(found(&store, &never).await, None);
}

const TOLD: [DeliveryState; 4] =
    [DeliveryState::Sent, DeliveryState::Failed, DeliveryState::Delivered, DeliveryState::Accepted];

/// News in every order leave a message in one state.
pub async fn news_in_every_order_leave_one_state(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for order in orders(&TOLD) {
        let new = send(&store, &scene, 1).await;
        note(&store, &new, prepared(&new, &[]), scene.at(2)).await;
        for state in &order {
            let news = followed(figures(1, 0), vec![told(0, *state)]);
            note(&store, &new, news, scene.at(3)).await;
        }
        let (_, messages) = seen(&store, &new).await;
        assert_eq!(messages[0].state, DeliveryState::Delivered, "after {order:?}");
        assert_eq!(messages[0].failure, None);
        assert_eq!(messages[0].provider_code.as_deref(), Some("code of delivered"));
    }
}

/// Concurrent news leave each message in its farthest state and the send in the one that lasts.
pub async fn concurrent_news_leave_the_farthest_state(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = send(&store, &scene, 5).await;
    note(&store, &new, prepared(&new, &[]), scene.at(2)).await;
    let mut news: Vec<_> = TOLD
        .iter()
        .map(|state| followed(figures(1, 0), (0..5).map(|place| told(place, *state)).collect()))
        .collect();
    let states_told = [WebSendState::Unclear, WebSendState::Sent, WebSendState::Scheduled];
    news.extend(states_told.into_iter().map(released));
    let calls = news.iter().cycle().take(16).cloned().map(|news| {
        let (store, new, now) = (Arc::clone(&store), new.clone(), scene.at(3));
        async move { note(&store, &new, news, now).await }
    });
    let calls: Vec<_> = calls.collect();
    race(calls).await;
    assert_eq!(seen(&store, &new).await.0.state, WebSendState::Sent);
    assert_eq!(states(&store, &new).await, [DeliveryState::Delivered; 5]);
}
