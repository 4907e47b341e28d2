// What is wrong with how a page lies before its reader: evaluated with the first words of all keys.
(keys) => {
  const wrong = []
  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })
  const style = (element) => getComputedStyle(element)
  const scrolls = (element) => ['auto', 'scroll'].includes(style(element).overflowX)
  const unseen = (element) => style(element).clipPath !== 'none' || style(element).clip.startsWith('rect(0')
  const where = (element) => {
    const name = element.id ? `#${element.id}` : [...element.classList].map((each) => `.${each}`).join('')
    return `${element.tagName.toLowerCase()}${name} "${element.textContent.trim().slice(0, 30)}"`
  }
  const inside = (element, test) => {
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) if (test(at)) return true
    return false
  }

  const page = document.documentElement
  if (page.scrollWidth > innerWidth + 1) wrong.push(`page wider than the window: ${page.scrollWidth} > ${innerWidth}`)

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement
    if (!node.data.trim() || !visible(holder) || holder.closest('svg, select, script, style, code') || inside(holder, unseen)) continue
    let box = holder
    while (box.parentElement && style(box).display.startsWith('inline') && style(box).display === 'inline') box = box.parentElement
    const range = document.createRange()
    range.selectNodeContents(node)
    const right = Math.max(...[...range.getClientRects()].map((each) => each.right), 0)
    const bounds = box.getBoundingClientRect()
    if (bounds.right <= 0) continue // waits beside the page until it has the focus
    if (style(box).overflowX === 'hidden' && box.scrollWidth > box.clientWidth + 1) wrong.push(`text cut off: ${where(holder)}`)
    else if (right > bounds.right + 1.5 && !scrolls(box)) wrong.push(`text wider than its box: ${where(holder)}`)
    const raw = node.data.match(/\[object|\b(?:undefined|NaN|null)\b/)
    if (raw) wrong.push(`value without words: ${where(holder)}`)
    const key = node.data.match(/\b([a-z]+)\.[a-zA-Z_]+\b/)
    if (key && keys.includes(key[1]) && key[0] === node.data.trim()) wrong.push(`key without a text: ${node.data.trim()}`)
  }

  const clickable = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=tab], [role=button]')]
    .filter((each) => visible(each) && !inside(each, unseen) && style(each).pointerEvents !== 'none')
  const boxes = clickable.flatMap((element) => [...element.getClientRects()].map((box) => ({ element, box })))
    .filter(({ box }) => box.width > 0 && box.height > 0)
  for (let i = 0; i < boxes.length; i += 1) {
    for (let j = i + 1; j < boxes.length; j += 1) {
      const [a, b] = [boxes[i], boxes[j]]
      if (a.element === b.element || a.element.contains(b.element) || b.element.contains(a.element)) continue
      const label = a.element.closest('label')
      if (label && label === b.element.closest('label')) continue
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
      if (across <= 2 || down <= 2) continue
      // One over the other by design (a dialog over the page) hides it whole from the pointer.
      const at = document.elementFromPoint(Math.max(a.box.left, b.box.left) + across / 2, Math.max(a.box.top, b.box.top) + down / 2)
      const modal = [...document.querySelectorAll('[aria-modal=true]')].find(visible) ?? null
      if (modal && (modal.contains(a.element) !== modal.contains(b.element))) continue
      if (at !== null || modal === null) wrong.push(`clickable boxes overlap: ${where(a.element)} and ${where(b.element)}`)
    }
  }
  return wrong
}
