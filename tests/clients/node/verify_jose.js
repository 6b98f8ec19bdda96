// jose as an API: verifies an access token with the keys that the server publishes.

import assert from 'node:assert/strict'

import * as jose from 'jose'

import { rejection } from './conversation.js'
import { issuer, others, report } from './support.js'

const [token, algorithm] = others
const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
const keys = jose.createRemoteJWKSet(new URL(metadata.jwks_uri))
const expected = {
  algorithms: [algorithm],
  audience: issuer,
  issuer,
  requiredClaims: ['sub', 'iat', 'exp', 'jti', 'client_id'],
  typ: 'at+jwt',
}
const verify = (token, others) => jose.jwtVerify(token, keys, { ...expected, ...others })

const { payload, protectedHeader } = await verify(token)
report('read the header', { alg: protectedHeader.alg, typ: protectedHeader.typ })
report('verify', { claims: payload })

const [header, claims, signature] = token.split('.')
const forged = [header, claims, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)].join('.')
await rejection(verify(forged), jose.errors.JWSSignatureVerificationFailed)
report('refuse a forgery')
for (const [name, claim, value] of [
  ['audience', 'aud', 'https://api.example'],
  ['issuer', 'iss', 'https://id.example'],
]) {
  const refused = await rejection(
    verify(token, { [name]: value }),
    jose.errors.JWTClaimValidationFailed,
  )
  assert.equal(refused.claim, claim)
  report(`refuse another ${name}`)
}
