// oauth4webapi as a public client: authorization code with PKCE, all answers checked by the library.

import * as oauth from 'oauth4webapi'

import { converse } from './conversation.js'
import { issuer, logIn } from './support.js'

// On this machine http will do.
const insecure = { [oauth.allowInsecureRequests]: true }
const redirectUri = 'http://127.0.0.1:49152/callback'

const url = new URL(issuer)
const as = await oauth.processDiscoveryResponse(
  url,
  await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }),
)
const app = { client_id: 'demo-app' }
const authentication = oauth.None()

const client = {
  Refused: oauth.ResponseBodyError,
  Challenged: oauth.WWWAuthenticateChallengeError,

  async logIn() {
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const url = new URL(as.authorization_endpoint)
    url.search = new URLSearchParams({
      client_id: app.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    })
    const parameters = oauth.validateAuthResponse(as, app, await logIn(url), state)
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      app,
      authentication,
      parameters,
      redirectUri,
      verifier,
      insecure,
    )
    return oauth.processAuthorizationCodeResponse(as, app, answer)
  },

  async refresh(tokens, additionalParameters) {
    const options = { additionalParameters, ...insecure }
    const answer = await oauth.refreshTokenGrantRequest(
      as,
      app,
      authentication,
      tokens.refresh_token,
      options,
    )
    return oauth.processRefreshTokenResponse(as, app, answer)
  },

  get: (url, tokens) =>
    oauth.protectedResourceRequest(tokens.access_token, 'GET', url, undefined, undefined, insecure),

  async revoke(tokens) {
    const token = tokens.refresh_token
    const answer = await oauth.revocationRequest(as, app, authentication, token, insecure)
    await oauth.processRevocationResponse(answer)
  },
}

await converse(client)
