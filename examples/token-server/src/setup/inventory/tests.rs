use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn at(day: u32) -> Timestamp {
    Timestamp::from_secs(1_800_000_000) + day * DAY
}

fn states_at(day: u32, times: &[Option<u32>]) -> Vec<State> {
    let times: Vec<_> = times.iter().map(|time| time.map(at)).collect();
    states(&times, Some(10 * DAY), at(day))
}

#[test]
fn one_key_is_in_use_and_the_others_wait_or_retire() {
    let retired = |day| State::Retired {
        until: Some(at(day)),
    };
    let unknown = State::Retired { until: None };
    for (now, times, expected) in [
        (0, vec![None], vec![State::InUse]),
        (
            0,
            vec![None, Some(1)],
            vec![State::InUse, State::UsedFrom(at(1))],
        ),
        (1, vec![None, Some(1)], vec![retired(11), State::InUse]),
        (1, vec![Some(1), None], vec![State::InUse, retired(11)]),
        (0, vec![None, None], vec![State::InUse, unknown]),
        (
            5,
            vec![None, Some(1), Some(4), Some(6)],
            vec![
                retired(11),
                retired(14),
                State::InUse,
                State::UsedFrom(at(6)),
            ],
        ),
    ] {
        assert_eq!(states_at(now, &times), expected, "{now} {times:?}");
    }
}

#[test]
fn tokens_that_never_expire_keep_their_key_for_ever() {
    let states = states(&[None, Some(at(1))], None, at(2));
    assert_eq!(states, [State::Retired { until: None }, State::InUse]);
}
