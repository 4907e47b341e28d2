/** Names of items, departments, stages, flow types and townships: read once, shown everywhere. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, taken, type Schemas } from '@/api/client'
import { said } from '@/i18n'

const AWHILE = 5 * 60_000 // ms; somebody may give a township another name
const FOREVER = { staleTime: Infinity, gcTime: Infinity }

const MOST = 200 // names of a page

/** Return functions that name codes in the language on screen; a code without a name is shown itself. */
export function useNames() {
  const { t, te } = useI18n()
  const items = useQuery({
    queryKey: ['catalogue', 'items'],
    queryFn: () => taken(api.GET('/api/v1/catalogue/items')),
    ...FOREVER,
  })
  const whole = useQuery({
    queryKey: ['catalogue'],
    queryFn: () => taken(api.GET('/api/v1/catalogue')),
    ...FOREVER,
  })
  const places = useQuery({
    queryKey: ['names', 'township'],
    queryFn: () => taken(api.GET('/api/v1/names', { params: { query: { kind: 'township', limit: MOST } } })),
    staleTime: AWHILE,
  })
  const townships = computed(
    () => new Map(places.data.value?.data.map((each) => [each.code ?? '', each.name!])),
  )
  const byCode = computed(() => new Map(items.data.value?.data.map((each) => [each.code, each.name])))
  const results = computed(() => new Map(items.data.value?.data.map((each) => [each.code, each.produces])))
  const departments = computed(
    () => new Map(whole.data.value?.departments.map((each) => [each.code, each.name])),
  )
  const procedures = computed(
    () =>
      new Map(items.data.value?.data.flatMap((each) => each.procedures.map((use) => [use.procedure, use.name]))),
  )
  const stages = computed(() => new Map(whole.data.value?.stages.map((each) => [String(each.code), each.name])))
  const flows = computed(() => new Map(whole.data.value?.flows.map((each) => [String(each.code), each.name])))
  const named = (known: Map<string, { zh: string; en: string }>, code: string) => {
    const name = known.get(code)
    return name ? said(name) : code
  }
  const department = (code: string) => named(departments.value, code)
  return {
    item: (code: string) => named(byCode.value, code),
    department,
    procedure: (code: string) => named(procedures.value, code),
    /** Tell whether an item makes a document, as the catalogue has it. */
    makes: (item: string, document: string) => results.value.get(item)?.includes(document) ?? false,
    stage: (code: number) => named(stages.value, String(code)),
    /** What a step is called; those of a catalogue of its own may have no word here. */
    step: (code: string) => (te(`step.${code}`) ? t(`step.${code as 'review'}`) : code),
    /** Whose turn it is: a department, or one of the parts that people play. */
    turn: (turn: Schemas['Turn']) =>
      turn.department ? department(turn.department) : t(`performer.${turn.performer as 'owner'}`),
    township: (code: string) => named(townships.value, code),
    townships: computed(() => [...townships.value.keys()]),
    flows: computed(() => [...flows.value.keys()]),
    flow: (code: string | number) => named(flows.value, String(code)),
  }
}
