//! A page of a list.

use reissue::store::{Cursor, Page, SubjectKey};
use reissue::{Sid, Timestamp};

use super::defect::Defect;
use super::state::{Family, State};

/// A page of the live families of a subject, in the order of their sids.
pub(crate) fn page(
    state: &mut State,
    subject: SubjectKey,
    cursor: Option<Cursor>,
    limit: usize,
    now: Timestamp,
) -> Page {
    if state.has(Defect::ListingsExtendTheDeadline) {
        state.extend(subject, now);
    }
    let after = cursor.map(|cursor| Sid::from_bytes(*cursor.as_bytes()));
    let offset = cursor.map_or(0, |cursor| usize::from(cursor.as_bytes()[0]));
    let skipped = match after {
        Some(_) if state.has(Defect::PagesMissAFamily) => 1,
        _ => 0,
    };
    let lists_all = state.has(Defect::ListsTheExpired);
    let ends_early = state.has(Defect::PagesEndAtTheExpired);
    let is_listed = |(_, family): &(Sid, &Family)| lists_all || state.is_live(family, now);
    let by_offset = state.has(Defect::PagesCountFromTheStart);
    let rest = state
        .families_of(subject)
        .filter(|(sid, _)| by_offset || after.is_none_or(|after| *sid > after))
        .skip(if by_offset { offset } else { skipped });
    let listed: Vec<_> = match ends_early {
        true => rest.take(limit).filter(is_listed).collect(),
        false => rest.filter(is_listed).take(limit).collect(),
    };
    let families: Vec<_> = listed
        .into_iter()
        .map(|(sid, family)| {
            let mut record = state.record(family, now);
            if state.has(Defect::ListsDetailsInPart) {
                record.details.truncate(64);
            }
            (sid, record)
        })
        .collect();
    let next = match families.last() {
        Some(_) if by_offset && families.len() == limit => {
            let offset = u8::try_from(offset + limit).unwrap_or(u8::MAX);
            Some(Cursor::from_bytes([offset; 16]))
        }
        _ if by_offset => None,
        Some((sid, _)) if families.len() == limit => Some(Cursor::from_bytes(*sid.as_bytes())),
        _ if state.has(Defect::PagesNeverEnd) => Some(Cursor::from_bytes([0xff; 16])),
        _ => None,
    };
    Page { families, next }
}
