/** Open tasks: what they are called, and how one of them is completed. */
import { useI18n } from 'vue-i18n'
import { api, taken, type Schemas } from '@/api/client'
import { useNames } from '@/lib/names'
import { keyed } from '@/lib/order'

export type Task = Required<Schemas['NextTask']>
export type Lamp = Task['lamp']

/** Return the same word for the same task. */
export const mark = (task: Task) => `${task.project}/${task.id}`

/** Return a function that says what a task is. */
export function useTitles() {
  const { t } = useI18n()
  const names = useNames()
  return (task: Task) =>
    task.item === null
      ? `${t('step.intake')} · ${t('clock.stage')} ${task.stage}`
      : `${names.item(task.item)} · ${t(`step.${task.step}`)}`
}

/** Complete a task; the one of a joint application files its stage. */
export function completed(task: Task, outcome: string, reason: string): Promise<Schemas['Answer']> {
  const { project: code, unit, item, attempt, step, stage } = task
  if (item === null) {
    return taken(
      api.POST('/api/v1/projects/{code}/stages/{stage}/file', {
        params: { path: { code, stage }, header: keyed() },
        body: { unit },
      }),
    )
  }
  return taken(
    api.POST('/api/v1/projects/{code}/tasks/{unit}/{item}/{attempt}/{step}/complete', {
      params: { path: { code, unit, item, attempt, step }, header: keyed() },
      body: { outcome, reason: reason || null },
    }),
  )
}
