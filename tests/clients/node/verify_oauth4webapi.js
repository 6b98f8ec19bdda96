// oauth4webapi as an API: verifies the access token of a request as RFC 9068 §4 says.

import * as oauth from 'oauth4webapi'

import { rejection } from './conversation.js'
import { issuer, others, report } from './support.js'

const [token, algorithm] = others
const insecure = { [oauth.allowInsecureRequests]: true }
const url = new URL(issuer)
const as = await oauth.processDiscoveryResponse(
  url,
  await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }),
)
const verify = (token, audience = issuer) => {
  const request = new Request('https://api.example', {
    headers: { authorization: `Bearer ${token}` },
  })
  const options = { signingAlgorithms: [algorithm], ...insecure }
  return oauth.validateJwtAccessToken(as, request, audience, options)
}

report('verify', { claims: await verify(token) })
const [header, claims, signature] = token.split('.')
const forged = [header, claims, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)].join('.')
await rejection(verify(forged), oauth.OperationProcessingError)
report('refuse a forgery')
await rejection(verify(token, 'https://api.example'), oauth.OperationProcessingError)
report('refuse another audience')
