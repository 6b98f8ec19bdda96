// paseto as an API: opens v4.public with the keys that the server publishes. v4.local it leaves to others.

import assert from 'node:assert/strict'

import { ClaimValidationError, InvalidTokenError, PublicProtocol } from 'paseto'
import { PublicKeyFromCryptoKey, VerifyFactory } from 'paseto/v4/public'

import { rejection } from './conversation.js'
import { issuer, others, report } from './support.js'

const [token] = others
const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
const { keys } = await (await fetch(metadata.jwks_uri)).json()
assert.equal(keys.length, 1)
const [jwk] = keys
const key = await PublicKeyFromCryptoKey(
  await crypto.subtle.importKey('jwk', jwk, 'Ed25519', true, ['verify']),
)

const v4 = new PublicProtocol(VerifyFactory)
const verify = (token, others) => v4.Verify(key, token, { audience: issuer, issuer, ...others })

const { claims, footer } = await verify(token)
assert.deepEqual(JSON.parse(new TextDecoder().decode(footer)), { kid: jwk.kid })
report('verify', { claims })

const parts = token.split('.')
parts[2] = (parts[2][0] === 'A' ? 'B' : 'A') + parts[2].slice(1)
await rejection(verify(parts.join('.')), InvalidTokenError)
report('refuse a forgery')
const implicitAssertion = new TextEncoder().encode('access token of https://id.example')
await rejection(verify(token, { implicitAssertion }), InvalidTokenError)
report('refuse another assertion')
await rejection(verify(token, { audience: 'https://api.example' }), ClaimValidationError)
report('refuse another audience')
