// What can be measured of a page.

/** Everything that a page complains of, or loads beside itself. */
export function watch(page) {
  const complaints = []
  page.on('console', (message) => {
    // The browser itself reports a status of 400 and more.
    if (!/the server responded with a status of 40[03]/.test(message.text())) {
      complaints.push(`console: ${message.text()}`)
    }
  })
  page.on('pageerror', (error) => complaints.push(`error: ${error}`))
  page.on('request', (request) => {
    if (request.resourceType() !== 'document' && !request.url().startsWith('data:')) {
      complaints.push(`request: ${request.url()}`)
    }
  })
  return complaints
}

/** How high a control is. */
export async function height(locator) {
  return (await locator.boundingBox()).height
}

/** Whether nothing is wider than the screen. */
export function isWithin(page) {
  return page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
}

/** The least contrast of a text to what it stands on, and of the edge of a control to what is around it. */
export function contrasts(page) {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    const parsed = (colour) => {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      return [...canvas.getImageData(0, 0, 1, 1).data]
    }
    const luminance = ([red, green, blue]) => {
      const linear = [red, green, blue].map((channel) => {
        const value = channel / 255
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
    const contrast = (one, other) => {
      const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
      return (light + 0.05) / (dark + 0.05)
    }
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = parsed(getComputedStyle(at).backgroundColor)
        if (colour[3] === 255) return colour
        if (colour[3] !== 0) throw new Error(`${at.tagName} is half transparent`)
      }
      return [255, 255, 255, 255]
    }

    let text = Infinity
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement
      if (!walker.currentNode.data.trim() || element.closest('style')) continue
      const colour = parsed(getComputedStyle(element).color)
      text = Math.min(text, contrast(colour, ground(element)))
    }
    let parts = Infinity
    for (const control of document.querySelectorAll('input:not([type=hidden]), button')) {
      control.focus()
      const style = getComputedStyle(control)
      const around = ground(control.parentElement)
      const edge = control.tagName === 'INPUT' ? style.borderTopColor : style.backgroundColor
      parts = Math.min(parts, contrast(parsed(edge), around), contrast(parsed(style.outlineColor), around))
      text = Math.min(text, contrast(parsed(style.color), ground(control)))
      control.blur()
      const resting = getComputedStyle(control)
      const restingEdge = control.tagName === 'INPUT' ? resting.borderTopColor : resting.backgroundColor
      parts = Math.min(parts, contrast(parsed(restingEdge), around))
    }
    return { text, parts }
  })
}
