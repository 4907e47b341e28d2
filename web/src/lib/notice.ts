/** A holiday notice as somebody types it: days in any of the usual ways of parting them. */

/** Return the days of a text, each once, in order; what is no day is left as it is. */
export function days(text: string): string[] {
  return [...new Set(text.split(/[\s,，、;；]+/).filter(Boolean))].sort()
}
