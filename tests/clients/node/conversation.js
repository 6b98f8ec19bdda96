// What every client does, step by step.

import assert from 'node:assert/strict'

import { issuer, loseNextResponse, report } from './support.js'

const whoami = new URL('/whoami', issuer)

export async function converse(client) {
  const login = await client.logIn()
  report('log in', { scope: login.scope })
  const { sub } = await (await client.get(whoami, login)).json()
  report('whoami', { sub })
  await introspect(client, login)

  const refreshed = await client.refresh(login)
  report('refresh', { scope: refreshed.scope })
  const narrowed = await client.refresh(refreshed, { scope: 'read' })
  report('narrow', { scope: narrowed.scope })
  const widened = await client.refresh(narrowed)
  report('widen', { scope: widened.scope })

  await loseNextResponse()
  await assert.rejects(client.refresh(widened), isLostResponse)
  report('lose a response')
  const retried = await client.refresh(widened)
  report('retry', { scope: retried.scope })
  const late = await client.refresh(narrowed)
  report('come late', { scope: late.scope })

  const last = await client.refresh(retried)
  const still = await (await client.get(whoami, last)).json()
  report('go on', { scope: last.scope, sub: still.sub })

  await client.revoke(last)
  report('revoke')
  await introspect(client, last)
  report('be refused', { error: await refusal(client, last) })
  const challenge = await rejection(client.get(whoami, last), client.Challenged)
  report('be refused by the API', { status: challenge.status })
}

async function introspect(client, token) {
  if (client.introspect) {
    const { active } = await client.introspect(token)
    report('introspect', { active })
  }
}

async function refusal(client, token) {
  const { error } = await rejection(client.refresh(token), client.Refused)
  return error
}

/** The error of this class that a promise ends in. */
export async function rejection(promise, kind) {
  let reason
  await assert.rejects(promise, (error) => {
    reason = error
    return error instanceof kind
  })
  return reason
}

/** The connection ended in place of an answer, as undici says it and libraries wrap it. */
function isLostResponse(error) {
  for (let cause = error; cause; cause = cause.cause) {
    if (cause.code === 'UND_ERR_SOCKET') return true
  }
  return false
}
