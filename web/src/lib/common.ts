/** What several choices have in common. */

/** Return the members that every list has, in the order of the first. */
export function shared(lists: string[][]): string[] {
  const [first = [], ...others] = lists
  return first.filter((each) => others.every((other) => other.includes(each)))
}

/** Return a set with *member* in it if it was not, and without it if it was. */
export function toggled<T>(set: ReadonlySet<T>, member: T): Set<T> {
  const changed = new Set(set)
  if (!changed.delete(member)) changed.add(member)
  return changed
}
