//! Replacing keys while several servers run on one store.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::client::{AuthenticatedClient, Client, ClientMap};
use reissue::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use reissue::store::MemoryStore;
use reissue::token::{AccessTokenVerifier as _, Jwt, JwtVerifier, VerifyError};
use reissue::{
    Clock as _, Denial, ErrorCode, Grant, GrantType, KeepResponse, Keys, Lifetime, Policy,
    RefreshRequest, RefreshToken, Rotation, Server, Timestamp, Tokens,
};
use reissue_tests::{ManualClock, Recorder, confidential};

/// The old keys and the new ones.
struct Material {
    signing: [SigningKey; 2],
    sealing: [SymmetricKey; 2],
}

impl Material {
    fn new() -> Self {
        Self {
            signing: [(); 2].map(|()| SigningKey::generate(Algorithm::EdDsa).unwrap()),
            sealing: [(); 2].map(|()| SymmetricKey::generate().unwrap()),
        }
    }

    /// Before the edit.
    fn old(&self) -> Keys {
        let [signing, _] = self.signing.clone();
        let [sealing, _] = self.sealing.clone();
        Keys::new(Jwt::new(KeyRing::new(signing)), KeyRing::new(sealing))
    }

    /// After the edit.
    fn with_used_from(&self, used_from: Timestamp) -> Keys {
        let [old, new] = self.signing.clone();
        let signing = KeyRing::new(old).with_used_from(new, used_from).unwrap();
        let [old, new] = self.sealing.clone();
        let sealing = KeyRing::new(old).with_used_from(new, used_from).unwrap();
        Keys::new(Jwt::new(signing), sealing)
    }

    /// After the last edit, long after the new keys came into use.
    fn with_retired_until(&self, signing_until: Timestamp, sealing_until: Timestamp) -> Keys {
        let [old, new] = self.signing.clone();
        let signing = KeyRing::new(new).with_retired_until(old, signing_until);
        let [old, new] = self.sealing.clone();
        let sealing = KeyRing::new(new).with_retired_until(old, sealing_until);
        Keys::new(Jwt::new(signing.unwrap()), sealing.unwrap())
    }

    /// The order that is wrong: the new key first, the old one retired, no times.
    fn without_times(&self) -> Keys {
        let [old, new] = self.signing.clone();
        let signing = KeyRing::new(new).with_retired(old).unwrap();
        let [old, new] = self.sealing.clone();
        let sealing = KeyRing::new(new).with_retired(old).unwrap();
        Keys::new(Jwt::new(signing), sealing)
    }
}

/// What all servers share.
struct World {
    clock: ManualClock,
    store: MemoryStore,
    events: Recorder,
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::default();
        Self {
            store: MemoryStore::with_clock(clock.clone()),
            clock,
            events: Recorder::default(),
        }
    }

    fn server(&self, keys: Keys) -> Server {
        self.server_behind(Duration::ZERO, keys)
    }

    /// A server whose clock is behind that of the others.
    fn server_behind(&self, behind: Duration, keys: Keys) -> Server {
        let clock = self.clock.clone();
        let clock = move || earlier(clock.now(), behind);
        let clients = ClientMap::new([web(), kept()]).unwrap();
        Server::builder("https://id.example", keys, clients, self.store.clone())
            .with_clock(clock)
            .with_events(self.events.function())
            .build()
            .unwrap()
    }

    /// That no token ever named a key which its server did not have.
    fn assert_no_key_was_unknown(&self) {
        let names = self.events.take_names();
        assert!(!names.contains(&"UnknownKey".to_owned()), "{names:?}");
    }
}

/// Its tokens rotate.
fn web() -> Client {
    confidential("web")
}

/// Its refresh token stays the same.
fn kept() -> Client {
    let keep = Policy::builder()
        .with_rotation(Rotation::Keep(KeepResponse::Repeat))
        .with_idle_ttl(Lifetime::For(ABSOLUTE_TTL))
        .build()
        .unwrap();
    confidential("kept").with_policy(keep)
}

async fn login(server: &Server, client: Client) -> Tokens {
    let client = AuthenticatedClient::trust(client);
    let issued = server.issue(&client, GrantType::PASSWORD, Grant::new("alice"));
    issued.await.unwrap()
}

async fn refresh(server: &Server, client: Client, token: RefreshToken) -> Result<Tokens, Denial> {
    let client = AuthenticatedClient::trust(client);
    let refreshed = server.refresh(&client, RefreshRequest::new(token)).await;
    refreshed.map_err(Denial::from)
}

fn earlier(moment: Timestamp, by: Duration) -> Timestamp {
    Timestamp::default() + moment.since(Timestamp::default() + by)
}

/// The short id of the key that sealed a token.
fn footer(token: &RefreshToken) -> String {
    let encoded = token.expose().rsplit('.').next().unwrap();
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}

/// What a resource server has that fetched the keys now.
fn fetched(server: &Server) -> JwtVerifier {
    let published = server.jwks().expect("JWT has public keys");
    JwtVerifier::new(KeyRing::from_jwks(&published).unwrap())
}

/// A resource server that keeps the published keys for as long as it may.
struct Resource {
    verifier: JwtVerifier,
    fetched: Timestamp,
}

impl Resource {
    fn fetch(server: &Server, now: Timestamp) -> Self {
        Self {
            verifier: fetched(server),
            fetched: now,
        }
    }
}

/// How far the clock of the second server is behind.
const BEHIND: Duration = Duration::from_secs(40);
const STEP: Duration = Duration::from_secs(100);
const MAX_AGE: Duration = Duration::from_secs(300);
const ACCESS_TTL: Duration = Duration::from_secs(600);
const DAY: Duration = Duration::from_secs(86_400);
const ABSOLUTE_TTL: Duration = Duration::from_secs(90 * 86_400);

/// From the first edit to the last: every session refreshes at both servers in each step, and every
/// access token is presented until it expires.
#[tokio::test]
async fn one_edit_and_one_rolling_restart_log_nobody_out() {
    let (world, keys) = (World::new(), Material::new());
    let edited = world.clock.now();
    let used_from = edited + 12 * STEP;
    let removed = used_from + ACCESS_TTL + MAX_AGE;
    let server = |at: usize, keys| world.server_behind([Duration::ZERO, BEHIND][at], keys);
    let mut servers = [0, 1].map(|at| server(at, keys.old()));
    // In each step, one of them fetches.
    let mut resources = [0, 1, 2].map(|ago| {
        let fetched = earlier(edited, ago * STEP);
        Resource::fetch(&servers[0], fetched)
    });
    let (mut sessions, mut presented) = (Vec::new(), Vec::new());
    for step in 0..30 {
        let now = world.clock.now();
        match step {
            // The last restart is as late as it may be.
            2 => servers[0] = server(0, keys.with_used_from(used_from)),
            9 => servers[1] = server(1, keys.with_used_from(used_from)),
            22 => servers[1] = server(1, keys.with_retired_until(removed, removed)),
            25 => servers[0] = server(0, keys.with_retired_until(removed, removed)),
            _ => {}
        }
        for (at, resource) in resources.iter_mut().enumerate() {
            if now.since(resource.fetched) >= MAX_AGE {
                *resource = Resource::fetch(&servers[(step + at) % 2], now);
            }
        }
        if step < 25 {
            sessions.push(login(&servers[step % 2], web()).await);
        }
        for session in &mut sessions {
            for server in &servers {
                let token = session.refresh_token.clone().unwrap();
                *session = refresh(server, web(), token).await.unwrap();
                presented.push((session.access_token.clone(), now + session.expires_in));
            }
        }
        presented.retain(|(_, expires_at)| now <= *expires_at);
        for (token, _) in &presented {
            for resource in &resources {
                resource.verifier.verify(token.expose(), now).unwrap();
            }
        }
        // The second server was the last.
        let key = &keys.sealing[usize::from(earlier(now, BEHIND) >= used_from)];
        let token = sessions[0].refresh_token.as_ref().unwrap();
        assert_eq!(footer(token), key.short_id(), "step {step}");
        world.clock.advance(STEP);
    }
    assert!(world.clock.now() > removed, "the old keys are gone");
    world.assert_no_key_was_unknown();
}

/// A token that never rotates may be presented until the last moment of its session.
#[tokio::test]
async fn the_old_seal_key_stays_for_the_absolute_lifetime() {
    let (world, keys) = (World::new(), Material::new());
    let used_from = world.clock.now() + Duration::from_millis(1);
    let before = world.server(keys.with_used_from(used_from));
    let login = login(&before, kept()).await;
    let token = login.refresh_token.unwrap();
    assert_eq!(footer(&token), keys.sealing[0].short_id());

    let end = used_from + ABSOLUTE_TTL;
    let after = world.server(keys.with_retired_until(end, end));
    world.clock.advance(Duration::from_millis(1));
    for _ in 0..5 {
        let refreshed = refresh(&after, kept(), token.clone()).await.unwrap();
        assert_eq!(refreshed.refresh_token.unwrap().expose(), token.expose());
        world.clock.advance(17 * DAY);
    }
    let almost = end.since(world.clock.now()) - Duration::from_millis(2);
    world.clock.advance(almost);
    refresh(&after, kept(), token.clone()).await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    let denial = refresh(&after, kept(), token).await.unwrap_err();
    assert_eq!(denial, Denial::TokenExpired, "not for its key");
    world.assert_no_key_was_unknown();
}

/// What this replaces: each server uses the new key from its own restart on.
#[tokio::test]
async fn without_times_a_server_denies_what_the_restarted_one_sealed() {
    let (world, keys) = (World::new(), Material::new());
    let [restarted, other] = [keys.without_times(), keys.old()].map(|keys| world.server(keys));
    let resource = Resource::fetch(&other, world.clock.now());
    let session = login(&restarted, web()).await;
    let token = session.refresh_token.unwrap();
    drop(world.events.take());

    let denial = refresh(&other, web(), token.clone()).await.unwrap_err();
    assert_eq!(denial, Denial::TokenKeyUnknown);
    assert_eq!(
        denial.code(),
        ErrorCode::InvalidGrant,
        "so clients delete it"
    );
    assert_eq!(world.events.take_names(), ["UnknownKey", "Denied"]);
    let access_token = session.access_token.expose();
    let opened = resource.verifier.verify(access_token, world.clock.now());
    assert_eq!(opened, Err(VerifyError::UnknownKey));
    // It was valid all the time.
    refresh(&restarted, web(), token).await.unwrap();
}

/// Why the time of a signing key must lie further ahead than `max-age` when it is published.
#[tokio::test]
async fn verifiers_deny_a_key_that_is_used_before_they_have_to_fetch_it() {
    for (lead, opens) in [
        (MAX_AGE, Ok(())),
        (
            MAX_AGE - Duration::from_millis(1),
            Err(VerifyError::UnknownKey),
        ),
    ] {
        let (world, keys) = (World::new(), Material::new());
        // Fetched in the moment before the server restarts, so kept for as long as possible.
        let resource = Resource::fetch(&world.server(keys.old()), world.clock.now());
        let server = world.server(keys.with_used_from(world.clock.now() + lead));
        world.clock.advance(lead);
        let token = login(&server, web()).await.access_token;
        let now = world.clock.now();
        let verifier = if now.since(resource.fetched) < MAX_AGE {
            resource.verifier
        } else {
            fetched(&server)
        };
        let opened = verifier.verify(token.expose(), now).map(drop);
        assert_eq!(opened, opens, "{lead:?}");
    }
}
