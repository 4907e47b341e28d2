/** News as it happens: by the stream where there is room, else by asking again and again. */
import { useQueryClient, type Query } from '@tanstack/vue-query'
import { onScopeDispose, watch } from 'vue'
import { api, headers, taken } from '@/api/client'
import { answered } from './online'
import { persona } from './persona'
import { reader } from './sse'

const AGAIN = 10_000 // ms between two questions, and before the stream is tried again
const SOON = 2_000 // ms between two tries while the server does not answer
const TOGETHER = 400 // ms in which several events are one reason to read anew
// What no event changes; and what a planner works on, which must not change under his hands.
const LASTING = new Set(['catalogue', 'me', 'session', 'definitions', 'what-if'])

/** Tell whether what was asked may be answered otherwise after something happened. */
export const changing = (query: Query) => !LASTING.has(String(query.queryKey[0]))

/** Keep everything on screen at what the server knows, for as long as the caller lives. */
export function useLive(): void {
  const known = useQueryClient()
  let leave = new AbortController()
  let due: ReturnType<typeof setTimeout> | undefined

  const renew = () => {
    clearTimeout(due)
    due = setTimeout(() => void known.invalidateQueries({ predicate: changing }), TOGETHER)
  }

  async function listen(signal: AbortSignal): Promise<void> {
    let at = ''
    while (!signal.aborted) {
      const begun = Date.now()
      at = (await streamed(at, renew, signal)) || at
      // A stream that was cut is missed at once; where there was no room, there is time.
      const pause = Date.now() - begun > SOON ? SOON : AGAIN
      at = await asked(at, renew, signal, pause)
    }
  }

  const begin = () => {
    leave.abort()
    leave = new AbortController()
    void listen(leave.signal)
  }
  const stop = watch(persona, begin, { immediate: true })
  watch(answered, (now) => now && renew())
  onScopeDispose(() => {
    stop()
    leave.abort()
    clearTimeout(due)
  })
}

/** Follow the stream until it ends; return where it was, or nothing if there is no room. */
async function streamed(at: string, renew: () => void, signal: AbortSignal): Promise<string> {
  try {
    const answer = await fetch('/api/v1/news/stream', {
      headers: { ...headers(), ...(at ? { 'Last-Event-ID': at } : {}) },
      signal,
    })
    if (!answer.ok || answer.body === null) return ''
    const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    const read = reader()
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      for (const told of read(piece.value)) {
        at = told.id
        renew()
      }
    }
  } catch {
    // The line is down, or the visitor has gone: the caller asks, or stops.
    if (!signal.aborted) answered.value = false
  }
  return at
}

/** Ask once what is new, after a pause; return up to where is known. */
async function asked(at: string, renew: () => void, signal: AbortSignal, pause: number): Promise<string> {
  await new Promise((next) => setTimeout(next, answered.value ? pause : SOON))
  if (signal.aborted || !navigator.onLine) return at
  try {
    const query = at ? { after: at } : {}
    const found = await taken(api.GET('/api/v1/news', { params: { query }, signal }))
    if (found.data.length) renew()
    return found.next
  } catch {
    return at
  }
}
