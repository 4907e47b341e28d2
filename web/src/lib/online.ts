/** Whether the browser has a line to anywhere. */
import { onScopeDispose, ref, type Ref } from 'vue'

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
