/** Files that only those who say who they are may read: fetched, then opened from memory. */
import { headers, Refused, type Problem } from '@/api/client'

const KEPT = 60_000 // ms for which an opened file stays readable

/** Open a file of the interface in a new tab. */
export async function opened(address: string): Promise<void> {
  const answer = await fetch(address, { headers: headers() })
  if (!answer.ok) throw new Refused((await answer.json()) as Problem)
  const place = URL.createObjectURL(await answer.blob())
  window.open(place, '_blank', 'noopener')
  setTimeout(() => URL.revokeObjectURL(place), KEPT)
}
