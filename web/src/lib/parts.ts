/** The parts of an attempt's time, in the order and the colours in which they are always shown. */
export const PARTS = [
  'documents',
  'filing',
  'intake',
  'queue',
  'work',
  'untold',
  'supplement',
  'procedure',
  'joint',
  'suspension',
  'delivery',
] as const

export type Part = (typeof PARTS)[number]

export const COLOURS: Record<Part, string> = {
  documents: '#7a5ea8',
  filing: '#b0a6c9',
  intake: '#9fb6d6',
  queue: '#d98c2b',
  work: '#1a5fb4',
  untold: '#8f8a5c',
  supplement: '#b3261e',
  procedure: '#c9726c',
  joint: '#d8a39f',
  suspension: '#50555d',
  delivery: '#5f9e7b',
}
