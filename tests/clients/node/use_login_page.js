// Chromium at the login page, as a person would use it: what it looks like, and whether it can be used.
//
// Takes the address of an authorization request, that of one that is refused, and a folder for pictures, or nothing.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import path from 'node:path'

import { chromium } from 'playwright-core'

import { contrasts, height, isWithin, watch } from './login_page.js'

const [authorization, refused, pictures] = process.argv.slice(2)

// What the application is: a page at the address that the browser is sent back to.
const application = http.createServer((_, response) => {
  response.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,">Welcome')
})
application.listen(0, '127.0.0.1')
await once(application, 'listening')
const { port } = application.address()
const request = authorization.replace('49152', port)

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})

const desktop = { width: 1000, height: 760 }
const phone = { width: 390, height: 760 }
const narrow = { width: 320, height: 568 }

// A browser takes its time on a busy machine.
const limit = 10 * 60_000
setTimeout(() => assert.fail('the script hangs'), limit).unref()

function report(step, facts = {}) {
  console.log(JSON.stringify({ step, ...facts }))
}

/** A page of a browser of its own, and what it complains of. */
async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: desktop, colorScheme: 'light', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(limit)
  const complaints = watch(page)
  await page.goto(url)
  return { page, complaints, close: () => context.close() }
}

// Those of the documentation.
const wanted = ['desktop-light', 'desktop-dark', 'phone-light', 'phone-dark-error']

async function picture(page, name) {
  if (pictures && wanted.includes(name)) {
    await page.screenshot({ path: path.join(pictures, `login-${name}.png`), caret: 'hide' })
  }
}

async function logIn(page, password) {
  await page.getByLabel('Username').fill('bshaffer')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

async function arrive(page) {
  await page.waitForURL(`http://127.0.0.1:${port}/**`)
  return new URL(page.url()).searchParams.has('code')
}

// By keyboard, from one field to the next.
{
  const { page, complaints, close } = await open(request)
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.type)
  const order = [await focused()]
  for (let i = 0; i < 2; i++) {
    await page.keyboard.press('Tab')
    order.push(await focused())
  }
  const language = await page.locator('html').getAttribute('lang')
  const fields = await page
    .locator('input:not([type=hidden])')
    .evaluateAll((inputs) => inputs.map((input) => [input.type, input.autocomplete]))
  report('open', { title: await page.title(), language, order, fields })

  await page.getByLabel('Username').focus()
  await page.keyboard.type('bshaffer')
  await page.keyboard.press('Tab')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  const alert = page.getByRole('alert')
  await alert.waitFor()
  const password = page.getByLabel('Password')
  const described = await password.evaluate(
    (input) => document.getElementById(input.getAttribute('aria-describedby')).textContent,
  )
  assert.equal(described, await alert.textContent())
  report('wrong password', {
    title: await page.title(),
    alert: described,
    focus: await focused(),
    invalid: await password.getAttribute('aria-invalid'),
    username: await page.getByLabel('Username').inputValue(),
  })

  await page.keyboard.type('brent123')
  await page.keyboard.press('Enter')
  report('log in', { code: await arrive(page) })
  assert.deepEqual(complaints, [])
  await close()
}

// Without JavaScript.
{
  const { page, complaints, close } = await open(request, { javaScriptEnabled: false })
  await logIn(page, 'wrong')
  await page.getByRole('alert').waitFor()
  await logIn(page, 'brent123')
  report('log in without JavaScript', { code: await arrive(page) })
  assert.deepEqual(complaints, [])
  await close()
}

// By every look.
for (const colorScheme of ['light', 'dark']) {
  for (const [name, viewport] of Object.entries({ desktop, phone, narrow })) {
    const { page, complaints, close } = await open(request, { colorScheme, viewport })
    const controls = [page.getByLabel('Username'), page.getByLabel('Password'), page.getByRole('button')]
    for (const control of controls) {
      assert((await height(control)) >= 44, `${name}: too small to touch`)
    }
    assert(await isWithin(page), `${name}: it scrolls sideways`)
    await picture(page, `${name}-${colorScheme}`)
    let least = await contrasts(page)

    await logIn(page, 'wrong')
    await page.getByRole('alert').waitFor()
    await picture(page, `${name}-${colorScheme}-error`)
    const withError = await contrasts(page)
    least = { text: Math.min(least.text, withError.text), parts: Math.min(least.parts, withError.parts) }
    assert(await isWithin(page), `${name}: it scrolls sideways with an error`)
    assert(least.text >= 4.5, `${name} ${colorScheme}: text has ${least.text}:1`)
    assert(least.parts >= 3, `${name} ${colorScheme}: a part has ${least.parts}:1`)
    assert.deepEqual(complaints, [])
    report('look', { name, colorScheme })
    await close()
  }
}

// Where there is no way on.
for (const colorScheme of ['light', 'dark']) {
  const { page, complaints, close } = await open(refused, { colorScheme, viewport: phone })
  const least = await contrasts(page)
  assert(least.text >= 4.5, `${colorScheme}: text has ${least.text}:1`)
  assert(await isWithin(page), 'it scrolls sideways')
  report('be refused', { title: await page.title(), alert: await page.getByRole('alert').textContent() })
  assert.deepEqual(complaints, [])
  await close()
}

await browser.close()
application.close()
