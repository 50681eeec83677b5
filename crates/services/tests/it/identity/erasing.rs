//! Results that are erased at the provider after use.

use bonin_domain::identity::IdentityApi;

use super::support::{Desk, Trouble};

fn erasing() -> Desk {
    Desk::with(|rules| rules.erase_results = true)
}

#[tokio::test]
async fn a_used_result_is_erased_at_once_and_not_again() {
    let desk = erasing();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let completed = desk.completes(&started, "imp_1").await.expect("it is believed");
    completed.erasing.expect("it is under way").await.expect("it ends");
    assert_eq!(desk.provider.calls(), ["fetch imp_1", "erase imp_1"]);
    desk.pass(3_600);
    assert_eq!(desk.erase.execute().await, Ok(0));
    assert_eq!(desk.provider.calls().len(), 2);
}

#[tokio::test]
async fn results_stay_where_erasing_is_not_asked_for() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let completed = desk.completes(&started, "imp_1").await.expect("it is believed");
    assert!(completed.erasing.is_none());
    assert_eq!(desk.erase.execute().await, Ok(0));
    assert_eq!(desk.provider.calls(), ["fetch imp_1"]);
}

#[tokio::test]
async fn what_could_not_be_erased_is_asked_for_again_until_it_is() {
    let desk = erasing();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let erasing = {
        let completed = desk.completes(&started, "imp_1").await.expect("it is believed");
        desk.provider.is_in(Some(Trouble::Unavailable));
        completed.erasing.expect("it is under way")
    };
    erasing.await.expect("a failure of the provider is no failure of ours");
    for trouble in [Trouble::Unavailable, Trouble::Unclear, Trouble::Unauthorized, Trouble::Refused] {
        desk.provider.is_in(Some(trouble));
        assert_eq!(desk.erase.execute().await, Ok(0), "{trouble:?}");
        let calls = desk.provider.calls().len();
        assert_eq!(desk.erase.execute().await, Ok(0), "it waits");
        assert_eq!(desk.provider.calls().len(), calls, "it waits");
        desk.pass(300);
    }
    desk.provider.is_in(None);
    assert_eq!(desk.erase.execute().await, Ok(1));
    desk.pass(300);
    assert_eq!(desk.erase.execute().await, Ok(0));
}

#[tokio::test]
async fn results_of_the_other_api_wait() {
    let desk = erasing();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let completed = desk.completes(&started, "imp_1").await.expect("it is believed");
    desk.provider.is_in(Some(Trouble::Unavailable));
    completed.erasing.expect("it is under way").await.expect("it ends");
    desk.provider.is_in(None);
    let calls = desk.provider.calls().len();
    let moved = desk.restarted(|rules| rules.api = IdentityApi::V2);
    assert_eq!(moved.erase.execute().await, Ok(0));
    assert_eq!(desk.provider.calls().len(), calls);
    desk.pass(300);
    assert_eq!(desk.erase.execute().await, Ok(1), "it is still due");
}
