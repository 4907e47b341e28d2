/** Single keys that act on a page, unless somebody is writing or a dialog is open. */
import { onBeforeUnmount, onMounted } from 'vue'

const WRITING = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]'

/** Tell whether a key press belongs to a field, a dialog or the browser, not to the page. */
export function elsewhere(event: KeyboardEvent): boolean {
  const target = event.target
  return (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    (target instanceof Element && (target.matches(WRITING) || target.closest('[role=dialog]') !== null))
  )
}

/** Have keys act while the calling component is on screen. */
export function useKeys(acts: Record<string, () => void>): void {
  const pressed = (event: KeyboardEvent) => {
    const act = acts[event.key]
    if (act === undefined || elsewhere(event)) return
    event.preventDefault()
    act()
  }
  onMounted(() => window.addEventListener('keydown', pressed))
  onBeforeUnmount(() => window.removeEventListener('keydown', pressed))
}
