/** The typed client: every call and answer has the types of the committed OpenAPI file. */
import createClient, { type Middleware } from 'openapi-fetch'
import { locale } from '@/i18n'
import { persona } from '@/lib/persona'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

/** What the server says when it refuses (RFC 9457). */
export interface Problem {
  title: string
  detail: string
  code: string
  status: number
}

/** A refusal as an error: its message is the server's own sentence in the user's language. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title)
  }
}

const who: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', locale())
    if (persona.value !== null) request.headers.set('X-Abreast-Persona', persona.value)
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID())
    }
    return request
  },
}

export const api = createClient<paths>({ baseUrl: '/' })
api.use(who)

/** Return the data of an answer, or throw what the server said. */
export async function taken<T>(answer: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data, error } = await answer
  if (error !== undefined) throw new Refused(error as Problem)
  return data as T
}
