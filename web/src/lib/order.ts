/** Orders to the server, one at a time; a refusal is shown in the server's own words. */
import { useQueryClient } from '@tanstack/vue-query'
import { ElMessage } from 'element-plus'
import 'element-plus/es/components/message/style/css'
import { ref } from 'vue'

/** Return the header that makes an order one order, however often it is sent. */
export const keyed = () => ({ 'Idempotency-Key': crypto.randomUUID() })

/** Return `order`, which sends and afterwards has everything on screen read anew, and `busy`. */
export function useOrder() {
  const known = useQueryClient()
  const busy = ref(false)
  async function order<T>(send: () => Promise<T>, done?: string): Promise<T | null> {
    busy.value = true
    try {
      const answer = await send()
      if (done) ElMessage.success(done)
      return answer
    } catch (refusal) {
      ElMessage.error((refusal as Error).message)
      return null
    } finally {
      busy.value = false
      void known.invalidateQueries()
    }
  }
  return { order, busy }
}
