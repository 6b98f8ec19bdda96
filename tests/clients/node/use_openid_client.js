// openid-client as a confidential client with HTTP Basic: authorization code with PKCE, introspection.

import * as oauth from 'openid-client'

import { converse, rejection } from './conversation.js'
import { issuer, logIn, report } from './support.js'

const config = await oauth.discovery(
  new URL(issuer),
  'TestClient',
  { client_secret: 'TestSecret' },
  oauth.ClientSecretBasic('TestSecret'),
  // RFC 8414 in place of OpenID Connect Discovery; http on this machine.
  { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
)

const client = {
  Refused: oauth.ResponseBodyError,
  Challenged: oauth.WWWAuthenticateChallengeError,

  async logIn() {
    const pkceCodeVerifier = oauth.randomPKCECodeVerifier()
    const expectedState = oauth.randomState()
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: 'http://localhost:3000/callback',
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
    })
    const answer = await logIn(url)
    const checks = { pkceCodeVerifier, expectedState }

    // The metadata says that every answer names its issuer: one that does not is somebody else's (RFC 9207).
    const anonymous = new URL(answer)
    anonymous.searchParams.delete('iss')
    await rejection(oauth.authorizationCodeGrant(config, anonymous, checks), oauth.ClientError)
    report('refuse a response without issuer')

    return oauth.authorizationCodeGrant(config, answer, checks)
  },

  refresh: (tokens, parameters) =>
    oauth.refreshTokenGrant(config, tokens.refresh_token, parameters),
  get: (url, tokens) => oauth.fetchProtectedResource(config, tokens.access_token, url, 'GET'),
  revoke: (tokens) => oauth.tokenRevocation(config, tokens.refresh_token),
  introspect: (tokens) => oauth.tokenIntrospection(config, tokens.refresh_token),
}

await converse(client)
