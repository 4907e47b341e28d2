/** Who the visitor is, asked for once and shared by all parts of the page. */
import { useQuery } from '@tanstack/vue-query'
import { api, taken, type Schemas } from '@/api/client'
import { persona } from './persona'

export type Role = Schemas['Me']['roles'][number]

/** Return the question who I am, whether I have one of some roles, and what they open to me. */
export function useMe() {
  const me = useQuery({
    queryKey: ['me', persona],
    queryFn: () => taken(api.GET('/api/v1/people/me')),
  })
  const is = (...roles: Role[]): boolean => me.data.value?.roles.some((role) => roles.includes(role)) ?? false
  const may = (command: string): boolean => me.data.value?.may.includes(command) ?? false
  return { me, is, may }
}
