/** A place within a page: what a link with a # leads to, once it is there. */

const PATIENCE = 20_000 // ms in which a page may read what it shows
const ACTS = 'button:not([disabled]), a[href], input, select, summary'

/** Bring the place named so into view when it has appeared, with the focus on what acts there. */
export function shown(name: string): void {
  const look = () => {
    const place = document.querySelector<HTMLElement>(`[data-place="${CSS.escape(name)}"]`)
    if (place === null) return false
    place.scrollIntoView({ block: 'center' })
    place.querySelector<HTMLElement>(ACTS)?.focus({ preventScroll: true })
    return true
  }
  if (look()) return
  const seen = new MutationObserver(() => look() && seen.disconnect())
  seen.observe(document.body, { childList: true, subtree: true })
  setTimeout(() => seen.disconnect(), PATIENCE)
}
