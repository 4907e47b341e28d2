/** The typed client: every call and answer has the types of the committed OpenAPI file. */
import createClient, { type Middleware } from 'openapi-fetch'
import { i18n, joined, locale } from '@/i18n'
import { answered } from '@/lib/online'
import { ordered } from '@/lib/minutes'
import { persona } from '@/lib/persona'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

/** What the server says when it refuses (RFC 9457). */
export interface Problem {
  title: string
  detail: string
  code: string
  status: number
  errors?: { pointer: string; code: string; detail: string }[]
}

/** A refusal as an error: its message is the server's own sentence in the user's language. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    const each = problem.errors?.filter((error) => error.detail).map(told) ?? []
    super(each.length ? joined(each) : problem.detail || problem.title)
  }
}

/** Return what is wrong with a member of an order, with the member's name before it. */
function told({ pointer, detail }: { pointer: string; detail: string }): string {
  const { t, te } = i18n.global
  const name = pointer.split('/')[1] ?? ''
  const key = `field.${name}` as 'field.code'
  return name ? t('field.wrong', { name: te(key) ? t(key) : name, detail }) : detail
}

let guard: Promise<string | null> | null = null // of the session that the cookie stands for

/** Return what shows that a change comes from these pages, asked for once a session. */
export async function guarded(): Promise<string | null> {
  guard ??= fetch('/api/v1/session').then(async (answer) => {
    if (!answer.ok) return null
    return ((await answer.json()) as Schemas['Session']).guard
  })
  return guard
}

/** Return the headers that every request carries: the language, and whom a visitor plays. */
export function headers(): Record<string, string> {
  const said: Record<string, string> = { 'Accept-Language': locale() }
  if (persona.value !== null) said['X-Abreast-Persona'] = persona.value
  return said
}

/** Keep what is known of the server: any answer at all shows that it is there. */
const line: Middleware = {
  onResponse() {
    answered.value = true
  },
  onError({ error }) {
    if (error instanceof TypeError) answered.value = false
  },
}

const who: Middleware = {
  async onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) request.headers.set(name, value)
    if (persona.value === null && request.method !== 'GET') {
      const token = await guarded()
      if (token !== null) request.headers.set('X-CSRF-Token', token)
    }
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID())
    }
    return request
  },
  onResponse({ request, response, schemaPath }) {
    if (response.status === 401 || response.status === 403) guard = null
    if (response.ok && request.method === 'POST') ordered(schemaPath)
  },
}

export const api = createClient<paths>({ baseUrl: '/' })
api.use(who, line)

/** A list whose rows are whole: members are left out only where `fields` asks for it. */
type Whole<T> = T extends { data: (infer Row)[] } ? Omit<T, 'data'> & { data: Required<Row>[] } : T

/** Return the data of an answer, or throw what the server said. */
export async function taken<T>(answer: Promise<{ data?: T; error?: unknown }>): Promise<Whole<T>> {
  const { data, error } = await answer
  if (error !== undefined) throw new Refused(error as Problem)
  return data as Whole<T>
}
