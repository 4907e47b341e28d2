/** Files that only those who say who they are may read: fetched, then opened or kept from memory. */
import { headers, Refused, type Problem } from '@/api/client'
import { did } from './minutes'

const KEPT = 60_000 // ms for which an opened file stays readable

/** Open a file of the interface in a new tab. */
export async function opened(address: string): Promise<void> {
  const place = URL.createObjectURL(await fetched(address))
  window.open(place, '_blank', 'noopener')
  setTimeout(() => URL.revokeObjectURL(place), KEPT)
}

/** Save a file of the interface under a name. */
export async function saved(address: string, name: string): Promise<void> {
  keep(await fetched(address), name)
  did('file')
}

/** Save a text under a name, which says what it is. */
export function written(text: string, name: string): void {
  keep(new Blob([text], { type: name.endsWith('.json') ? 'application/json' : 'text/plain' }), name)
}

async function fetched(address: string): Promise<Blob> {
  const answer = await fetch(address, { headers: headers() })
  if (!answer.ok) throw new Refused((await answer.json()) as Problem)
  return answer.blob()
}

function keep(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT)
}
