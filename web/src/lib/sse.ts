/** Server-sent events out of the pieces in which they arrive. */

export interface Told {
  id: string
  data: string
}

/** Return a function that takes the next piece of a stream and gives the events it completes. */
export function reader(): (piece: string) => Told[] {
  let rest = ''
  return (piece) => {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.flatMap(event)
  }
}

function event(block: string): Told[] {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const [name, ...value] = line.split(':')
    if (name) fields.set(name, value.join(':').replace(/^ /, ''))
  }
  const data = fields.get('data')
  return data === undefined ? [] : [{ id: fields.get('id') ?? '', data }]
}
