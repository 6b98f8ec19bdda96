use super::*;

fn tag() -> Tag {
    Tag::new(&[1; 16], &[2; 8])
}

fn reply(parts: Vec<Value>) -> Result<Reply, RedisStoreError> {
    let mut all = vec![
        Value::BulkString(tag().as_bytes().to_vec()),
        Value::Int(1_800_000_000_000),
    ];
    all.extend(parts);
    Reply::parse(Value::Array(all), &tag())
}

fn word(word: &str) -> Value {
    Value::BulkString(word.into())
}

#[test]
fn a_reply_says_what_was_done_and_when() {
    let reply = reply(vec![word("done")]).expect("a good reply");
    assert_eq!(reply.status().ok(), Some(Status::Done));
    assert_eq!(reply.now, 1_800_000_000_000);
}

#[test]
fn a_reply_to_another_request_is_refused() {
    let other = Tag::new(&[1; 16], &[3; 8]);
    let value = Value::Array(vec![
        Value::BulkString(other.as_bytes().to_vec()),
        Value::Int(1),
        word("done"),
    ]);
    let error = Reply::parse(value, &tag()).expect_err("not ours");
    assert_eq!(error.kind(), RedisStoreErrorKind::MismatchedReply);
}

#[test]
fn a_tag_alone_says_that_all_was_done() {
    let alone = |tag: Tag| Value::BulkString(tag.as_bytes().to_vec());
    let reply = Reply::parse(alone(tag()), &tag()).expect("a good reply");
    assert_eq!(reply.status().ok(), Some(Status::Done));
    assert!(!reply.is_slow());
    let other = Reply::parse(alone(Tag::new(&[1; 16], &[3; 8])), &tag());
    let error = other.expect_err("not ours");
    assert_eq!(error.kind(), RedisStoreErrorKind::MismatchedReply);
}

#[test]
fn what_was_left_to_the_full_script_is_no_status() {
    let slow = reply(vec![word("slow")]).expect("a good reply");
    assert!(slow.is_slow());
    assert!(slow.status().is_err());
}

#[test]
fn malformed_replies_are_errors() {
    let kind = |result: Result<Reply, RedisStoreError>| result.expect_err("malformed").kind();
    for value in [Value::Nil, Value::Okay, Value::Int(1), Value::Array(vec![])] {
        assert_eq!(
            kind(Reply::parse(value, &tag())),
            RedisStoreErrorKind::UnexpectedReply
        );
    }
    assert_eq!(kind(reply(vec![])), RedisStoreErrorKind::UnexpectedReply);

    let unknown = reply(vec![word("perhaps")]).expect("a reply");
    assert!(unknown.status().is_err());
    let without_record = reply(vec![word("record")]).expect("a reply");
    assert!(without_record.record().is_err());
    let of_wrong_type = reply(vec![word("done"), word("many")]).expect("a reply");
    assert!(of_wrong_type.count().is_err());
}

#[test]
fn a_record_of_the_future_is_told_from_garbage() {
    let kind = |record: &[u8]| {
        let reply = reply(vec![word("record"), Value::BulkString(record.to_vec())]);
        let record = reply.expect("a reply").record();
        record.expect_err("unreadable").kind()
    };
    assert_eq!(kind(&[0x80; 20]), RedisStoreErrorKind::FutureRecord);
    assert_eq!(kind(&[0x00; 20]), RedisStoreErrorKind::UnreadableRecord);
}
