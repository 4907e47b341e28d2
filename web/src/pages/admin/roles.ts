/** The roles that people may have; the clock's own is nobody's. */
export const ROLES = [
  'owner',
  'agent',
  'window',
  'reviewer',
  'inspector',
  'department_lead',
  'stage_lead',
  'supervisor',
  'planner',
  'administrator',
] as const
export type Role = (typeof ROLES)[number]
