/** What a report is about: of which days, and of which township; left out, of all. */
export interface Chosen {
  since?: string
  until?: string
  township?: string
}
