/** Whether the browser has a line to anywhere, and whether the server at its end answers. */
import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the last question got an answer, be it a refusal. */
export const answered = ref(true)

/** Return whether there is a line, kept true to what the browser says. */
export function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine)
  const look = () => (online.value = navigator.onLine)
  window.addEventListener('online', look)
  window.addEventListener('offline', look)
  onScopeDispose(() => {
    window.removeEventListener('online', look)
    window.removeEventListener('offline', look)
  })
  return online
}
