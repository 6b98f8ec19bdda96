use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn ago(seconds: u64) -> Entry {
    Entry {
        at: Timestamp::from_secs(NOW.as_secs() - seconds),
        skipped: 0,
    }
}

#[test]
fn rotations_come_back_as_they_were_pushed_newest_first() {
    let history = push(
        &[],
        Entry {
            skipped: 4,
            ..ago(9)
        },
        Duration::from_secs(60),
        NOW,
    );
    let history = push(&history, ago(5), Duration::from_secs(60), NOW);
    assert_eq!(history.len(), 2 * LENGTH);
    let rotations = rotations(&history, 10, NOW);
    let seen: Vec<_> = rotations
        .iter()
        .map(|it| (it.from, it.age.as_secs()))
        .collect();
    assert_eq!(seen, [(9, 5), (4, 9)]);
}

#[test]
fn an_old_rotation_takes_those_behind_it_along() {
    let history = push(&[], ago(5), Duration::from_secs(60), NOW);
    assert!(push(&history, ago(60), Duration::from_secs(60), NOW).is_empty());
    let history = push(&history, ago(4), Duration::from_secs(5), NOW);
    assert_eq!(history.len(), LENGTH);
}

#[test]
fn no_more_are_kept_than_a_record_remembers() {
    let mut history = Vec::new();
    for _ in 0..20 {
        history = push(&history, ago(1), Duration::from_secs(60), NOW);
    }
    assert_eq!(history.len(), PastRotation::MAX_EARLIER * LENGTH);
}

#[test]
fn a_rotation_far_in_the_future_is_forgotten() {
    let ahead = Entry {
        at: NOW + Duration::from_secs(3),
        skipped: 0,
    };
    assert!(push(&[], ahead, Duration::MAX, NOW).is_empty());
}
