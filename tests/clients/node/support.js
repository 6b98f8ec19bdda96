// What the scripts share: the report to the test, and the browser that logs in.

import assert from 'node:assert/strict'

// A script that hangs ends, and says so.
setTimeout(() => assert.fail('the script hangs'), 120_000).unref()

export const [issuer, ...others] = process.argv.slice(2)

/** Tells the test what the library made of the server's answer. */
export function report(step, facts = {}) {
  console.log(JSON.stringify({ step, ...facts }))
}

/** The next answer of the token endpoint will not arrive. */
export async function loseNextResponse() {
  const answer = await fetch(`${issuer}/lose-the-next-response`, { method: 'POST' })
  assert(answer.ok)
}

/** Does what a person does in a browser, and gives the address that the browser is sent to. */
export async function logIn(authorizationUrl) {
  const page = await fetch(authorizationUrl)
  assert(page.ok)
  const [cookie] = page.headers.getSetCookie()[0].split(';')
  const [, sealed] = /name="request" value="([^"]*)"/.exec(await page.text())
  const answer = await fetch(page.url.split('?')[0], {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ request: sealed, username: 'bshaffer', password: 'brent123' }),
    redirect: 'manual',
  })
  assert.equal(answer.status, 303)
  return new URL(answer.headers.get('location'))
}
